// The two identities: the app's own, and the one that training jobs run under, which reaches nothing but the workspace's data.

param location string
param tags object
param appName string
param trainingName string

resource app 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: appName
  location: location
  tags: tags
}

resource training 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: trainingName
  location: location
  tags: tags
}

output appId string = app.id
output appClientId string = app.properties.clientId
output appPrincipalId string = app.properties.principalId
output trainingId string = training.id
output trainingClientId string = training.properties.clientId
output trainingPrincipalId string = training.properties.principalId
