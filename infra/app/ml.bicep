// Azure Machine Learning: the workspace, its key vault, the environment that training runs in, and a GPU cluster that scales to zero.

param location string
param tags object
param workspaceName string
param keyVaultName string
param storageId string
param applicationInsightsId string
param trainingIdentityId string

@description('Without: the workspace runs its jobs in a managed network, with private endpoints to its storage and key vault.')
param publicAccess bool

@description('Image of the training environment, with its tag.')
param trainingImage string

@description('Version of the training environment; another one wherever the image changes, for versions are immutable.')
param environmentVersion string

@description('Size of the cluster\'s nodes, or none for no cluster.')
param gpuVmSize string

@minValue(1)
param gpuMaxNodes int

@allowed([
  'Dedicated'
  'LowPriority'
])
param gpuPriority string

var environmentName = 'selfimprove-training'
var clusterName = 'gpu'
var makeCluster = gpuVmSize != 'none'

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: keyVaultName
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    // The workspace writes its own access policy.
    accessPolicies: []
    enableSoftDelete: true
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: publicAccess ? 'Allow' : 'Deny'
    }
  }
}

resource workspace 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: workspaceName
  location: location
  tags: tags
  kind: 'Default'
  sku: {
    name: 'Basic'
    tier: 'Basic'
  }
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    friendlyName: workspaceName
    keyVault: vault.id
    storageAccount: storageId
    applicationInsights: applicationInsightsId
    // Its datastores are reached by identity: the storage account takes no keys.
    systemDatastoresAuthMode: 'identity'
    // Job submission goes through Azure Resource Manager; Entra ID guards the workspace's own endpoints.
    publicNetworkAccess: 'Enabled'
    managedNetwork: {
      isolationMode: publicAccess ? 'Disabled' : 'AllowInternetOutbound'
    }
  }
}

resource environmentContainer 'Microsoft.MachineLearningServices/workspaces/environments@2024-10-01' = {
  parent: workspace
  name: environmentName
  properties: {
    description: 'PyTorch on CUDA; a job installs src/training/requirements.txt on top.'
  }
}

resource environmentImage 'Microsoft.MachineLearningServices/workspaces/environments/versions@2024-10-01' = {
  parent: environmentContainer
  name: environmentVersion
  properties: {
    image: trainingImage
    osType: 'Linux'
  }
}

resource cluster 'Microsoft.MachineLearningServices/workspaces/computes@2024-10-01' = if (makeCluster) {
  parent: workspace
  name: clusterName
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${trainingIdentityId}': {}
    }
  }
  properties: {
    computeType: 'AmlCompute'
    disableLocalAuth: true
    properties: {
      osType: 'Linux'
      vmSize: gpuVmSize
      vmPriority: gpuPriority
      remoteLoginPortPublicAccess: 'Disabled'
      enableNodePublicIp: publicAccess
      scaleSettings: {
        // Nothing is billed while nothing trains.
        minNodeCount: 0
        maxNodeCount: gpuMaxNodes
        nodeIdleTimeBeforeScaleDown: 'PT5M'
      }
    }
  }
}

output workspaceId string = workspace.id
output workspaceName string = workspace.name
output workspacePrincipalId string = workspace.identity.principalId
output environmentId string = environmentImage.id
output clusterName string = makeCluster ? cluster.name : ''
