// Azure OpenAI: the teacher, and the student's base model where one is asked for. Entra ID tokens only.

param location string
param tags object
param name string

@description('Without: reached through a private endpoint alone.')
param publicAccess bool

@description('Deployments to make: name, model, version, sku, capacity (thousands of tokens a minute).')
param deployments array

resource account 'Microsoft.CognitiveServices/accounts@2024-10-01' = {
  name: name
  location: location
  tags: tags
  kind: 'OpenAI'
  sku: {
    name: 'S0'
  }
  properties: {
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      defaultAction: publicAccess ? 'Allow' : 'Deny'
    }
  }
}

// One after the other: the account takes no two changes at once.
@batchSize(1)
resource models 'Microsoft.CognitiveServices/accounts/deployments@2024-10-01' = [
  for deployment in deployments: {
    parent: account
    name: deployment.name
    sku: {
      name: deployment.sku
      capacity: deployment.capacity
    }
    properties: {
      model: {
        format: 'OpenAI'
        name: deployment.model
        version: deployment.version
      }
      versionUpgradeOption: 'NoAutoUpgrade'
    }
  }
]

output name string = account.name
output id string = account.id
output v1Endpoint string = 'https://${name}.openai.azure.com/openai/v1/'
