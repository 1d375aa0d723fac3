// Everything that the loop runs on in Azure; docs/azure.md tells what is made, what it costs and how to bound that.
targetScope = 'subscription'

@minLength(1)
@maxLength(64)
@description('Name of the azd environment; names of resources are made from it.')
param environmentName string

@minLength(1)
@description('Region of all resources: those where Flex Consumption and Durable Task Scheduler are. Models and GPUs differ between them.')
@allowed([
  'australiaeast'
  'centralus'
  'eastasia'
  'eastus2'
  'northeurope'
  'southeastasia'
  'swedencentral'
  'uksouth'
  'westus2'
])
@metadata({
  azd: {
    type: 'location'
  }
})
param location string

@description('Who deploys: gets to see data, runs and the dashboard. Empty for nobody.')
param principalId string = ''

@description('What that is: User, or ServicePrincipal in a pipeline.')
@allowed([
  'User'
  'ServicePrincipal'
])
param principalType string = 'User'

@description('Storage and models on a private network, without public access.')
param vnetEnabled bool = false

@description('The teacher\'s model.')
param teacherModel string = 'gpt-5'

@description('Its version.')
param teacherModelVersion string = '2025-08-07'

@description('Its deployment type.')
param teacherSku string = 'GlobalStandard'

@description('Its quota, in thousands of tokens a minute: a bound on what can be spent in a minute too.')
@minValue(1)
param teacherCapacity int = 30

@description('The model that students grow from, deployed as the first version; none for no such deployment.')
param studentModel string = 'none'

@description('Its version.')
param studentModelVersion string = '2025-04-14'

@description('Its deployment type.')
param studentSku string = 'GlobalStandard'

@description('Its quota, in thousands of tokens a minute.')
@minValue(1)
param studentCapacity int = 30

@description('Size of the GPU nodes for training; none for no cluster. Nodes exist, and cost, only while a job runs.')
param gpuVmSize string = 'Standard_NC24ads_A100_v4'

@description('The most GPU nodes at once.')
@minValue(1)
param gpuMaxNodes int = 1

@description('Dedicated; or LowPriority, which is cheaper and may be taken away in the middle: training goes on from its last checkpoint.')
@allowed([
  'Dedicated'
  'LowPriority'
])
param gpuPriority string = 'Dedicated'

@description('Image of the training environment.')
param trainingImage string = 'mcr.microsoft.com/azureml/curated/acpt-pytorch-2.8-cuda12.6:17'

@description('Version of the training environment: another one with another image.')
param trainingEnvironmentVersion string = '17'

@description('The base model that GPU training grows students from: a name at Hugging Face.')
param trainingBaseModel string = 'Qwen/Qwen3-4B-Instruct-2507'

@description('Kind of deployment of a fine-tuned model; Standard is billed by the hour, DeveloperTier is not and has no guarantees.')
param tunedSku string = 'Standard'

@description('The teacher\'s price in USD per million tokens read: budgets are kept by these prices, so set them to your own.')
param teacherInputPrice string = '1.25'

@description('The same for tokens written.')
param teacherOutputPrice string = '10'

@description('The student\'s price in USD per million tokens read.')
param studentInputPrice string = '0.4'

@description('The same for tokens written.')
param studentOutputPrice string = '1.6'

@description('What fine-tuning takes for a million trained tokens, in USD.')
param studentTrainingPrice string = '5'

@description('What a GPU node costs an hour, in USD.')
param gpuPricePerHour string = '3.67'

@description('API keys by their hashes: name:roles:sha256, separated by semicolons; roles joined by plus signs. The keys themselves are kept nowhere.')
param apiKeys string = ''

@description('Application id, or api:// URI, that Entra ID tokens of callers have to be for; empty takes API keys alone.')
param entraAudience string = ''

@description('Memory of an instance of the app, in MB.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('The most instances of the app at once.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances kept warm for requests, and billed; 0 for none.')
@minValue(0)
param alwaysReadyHttp int = 0

@description('Durable Task Scheduler: Consumption is paid by action, Dedicated by the hour.')
@allowed([
  'Consumption'
  'Dedicated'
])
param schedulerSku string = 'Consumption'

@description('Telemetry that a day may bring in, in GB.')
@minValue(1)
param telemetryDailyCapGb int = 1

@description('A month\'s budget that mails when it is nearly spent; 0 for none.')
@minValue(0)
param monthlyBudget int = 0

@description('Where it mails to, separated by commas.')
param budgetEmails string = ''

@description('First day of the month in which the budget begins.')
param budgetStart string = utcNow('yyyy-MM-01')

var abbreviations = loadJsonContent('./abbreviations.json')
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = {
  'azd-env-name': environmentName
}
var packageContainer = 'app-package'
var storeContainer = 'selfimprove'
var openAiName = '${abbreviations.cognitiveServicesAccounts}${token}'
var blobZone = 'privatelink.blob.${environment().suffixes.storage}'
var openAiZone = 'privatelink.openai.azure.com'

var teacher = {
  name: 'teacher'
  model: teacherModel
  version: teacherModelVersion
  sku: teacherSku
  capacity: teacherCapacity
}
var student = {
  name: 'student'
  model: studentModel
  version: studentModelVersion
  sku: studentSku
  capacity: studentCapacity
}

resource group 'Microsoft.Resources/resourceGroups@2021-04-01' = {
  name: '${abbreviations.resourcesResourceGroups}${environmentName}'
  location: location
  tags: tags
}

module identity './app/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    location: location
    tags: tags
    appName: '${abbreviations.managedIdentityUserAssignedIdentities}app-${token}'
    trainingName: '${abbreviations.managedIdentityUserAssignedIdentities}training-${token}'
  }
}

module monitoring './app/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    location: location
    tags: tags
    logAnalyticsName: '${abbreviations.operationalInsightsWorkspaces}${token}'
    applicationInsightsName: '${abbreviations.insightsComponents}${token}'
    dailyCapGb: telemetryDailyCapGb
  }
}

// The store and the deployment package.
module storage './app/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    location: location
    tags: tags
    name: '${abbreviations.storageStorageAccounts}${token}'
    containers: [
      packageContainer
      storeContainer
    ]
    publicAccess: !vnetEnabled
    recoveryDays: 7
  }
}

// The workspace's own: datasets, logs and models of jobs.
module mlStorage './app/storage.bicep' = {
  name: 'ml-storage'
  scope: group
  params: {
    location: location
    tags: tags
    name: '${abbreviations.storageStorageAccounts}ml${token}'
    containers: []
    publicAccess: !vnetEnabled
    recoveryDays: 7
  }
}

module dts './app/dts.bicep' = {
  name: 'dts'
  scope: group
  params: {
    location: location
    tags: tags
    name: '${abbreviations.durableTaskSchedulers}${token}'
    hubName: '${abbreviations.durableTaskHubs}${token}'
    skuName: schedulerSku
    capacity: 1
    ipAllowlist: [
      '0.0.0.0/0'
    ]
  }
}

module openAi './app/openai.bicep' = {
  name: 'openai'
  scope: group
  params: {
    location: location
    tags: tags
    name: openAiName
    publicAccess: !vnetEnabled
    deployments: studentModel == 'none' ? [teacher] : [teacher, student]
  }
}

module ml './app/ml.bicep' = {
  name: 'ml'
  scope: group
  params: {
    location: location
    tags: tags
    workspaceName: '${abbreviations.machineLearningServicesWorkspaces}${token}'
    keyVaultName: '${abbreviations.keyVaultVaults}${token}'
    storageId: mlStorage.outputs.id
    applicationInsightsId: monitoring.outputs.applicationInsightsId
    trainingIdentityId: identity.outputs.trainingId
    publicAccess: !vnetEnabled
    trainingImage: trainingImage
    environmentVersion: trainingEnvironmentVersion
    gpuVmSize: gpuVmSize
    gpuMaxNodes: gpuMaxNodes
    gpuPriority: gpuPriority
  }
}

module rbac './app/rbac.bicep' = {
  name: 'rbac'
  scope: group
  params: {
    storageName: storage.outputs.name
    mlStorageName: mlStorage.outputs.name
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    schedulerName: dts.outputs.name
    hubName: dts.outputs.hubName
    openAiName: openAi.outputs.name
    workspaceName: ml.outputs.workspaceName
    appPrincipalId: identity.outputs.appPrincipalId
    trainingPrincipalId: identity.outputs.trainingPrincipalId
    workspacePrincipalId: ml.outputs.workspacePrincipalId
    developerPrincipalId: principalId
    developerPrincipalType: principalType
  }
}

module network './app/network.bicep' = if (vnetEnabled) {
  name: 'network'
  scope: group
  params: {
    location: location
    tags: tags
    name: '${abbreviations.networkVirtualNetworks}${token}'
    zones: [
      blobZone
      openAiZone
    ]
  }
}

module storageEndpoint './app/private-endpoint.bicep' = if (vnetEnabled) {
  name: 'storage-endpoint'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'pe-storage-${token}'
    subnetId: vnetEnabled ? network!.outputs.endpointSubnetId : ''
    targetId: storage.outputs.id
    groupId: 'blob'
    zoneName: blobZone
  }
}

module mlStorageEndpoint './app/private-endpoint.bicep' = if (vnetEnabled) {
  name: 'ml-storage-endpoint'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'pe-mlstorage-${token}'
    subnetId: vnetEnabled ? network!.outputs.endpointSubnetId : ''
    targetId: mlStorage.outputs.id
    groupId: 'blob'
    zoneName: blobZone
  }
}

module openAiEndpoint './app/private-endpoint.bicep' = if (vnetEnabled) {
  name: 'openai-endpoint'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'pe-openai-${token}'
    subnetId: vnetEnabled ? network!.outputs.endpointSubnetId : ''
    targetId: openAi.outputs.id
    groupId: 'account'
    zoneName: openAiZone
  }
}

module api './app/api.bicep' = {
  name: 'api'
  scope: group
  params: {
    location: location
    tags: tags
    name: '${abbreviations.webSitesFunctions}${token}'
    planName: '${abbreviations.webServerFarms}${token}'
    serviceName: 'api'
    identityId: identity.outputs.appId
    identityClientId: identity.outputs.appClientId
    storageBlobEndpoint: storage.outputs.blobEndpoint
    packageContainer: packageContainer
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    schedulerEndpoint: dts.outputs.endpoint
    hubName: dts.outputs.hubName
    subnetId: vnetEnabled ? network!.outputs.appSubnetId : ''
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyHttp: alwaysReadyHttp
    appSettings: appSettings
  }
  dependsOn: [
    rbac
  ]
}

module budget './app/budget.bicep' = if (monthlyBudget > 0 && !empty(budgetEmails)) {
  name: 'budget'
  scope: group
  params: {
    name: 'selfimprove'
    amount: monthlyBudget
    emails: split(budgetEmails, ',')
    startDate: budgetStart
  }
}

// The product's settings, by the paths that the host reads ('__' stands for ':'). The training profile is lora, the deployment profile main.
var store = 'azure:${storage.outputs.blobEndpoint}${storeContainer}'
var hostSettings = {
  SelfImprove__Store: store
}
var entraSettings = empty(entraAudience) ? {} : {
  SelfImprove__Entra__TenantId: tenant().tenantId
  SelfImprove__Entra__Audience: entraAudience
}
var keyRows = [for row in split(apiKeys, ';'): split(row, ':')]
var keyNumbers = empty(apiKeys) ? [] : range(0, length(keyRows))
var keySettings = union(
  toObject(keyNumbers, n => 'SelfImprove__Keys__${n}__Name', n => keyRows[n][0]),
  toObject(keyNumbers, n => 'SelfImprove__Keys__${n}__Roles', n => replace(keyRows[n][1], '+', ',')),
  toObject(keyNumbers, n => 'SelfImprove__Keys__${n}__Sha256', n => keyRows[n][2])
)
var modelSettings = {
  models__entra__clientId: identity.outputs.appClientId
  models__endpoints__main__url: openAi.outputs.v1Endpoint
  models__endpoints__main__auth: 'entra'
  // Behind a private endpoint its name leads to a private address, which the app otherwise refuses to call.
  models__endpoints__main__allowPrivate: vnetEnabled ? 'true' : 'false'
  models__endpoints__main__prices__teacher__input: teacherInputPrice
  models__endpoints__main__prices__teacher__output: teacherOutputPrice
}
var studentSettings = studentModel == 'none' ? {} : {
  models__endpoints__main__prices__student__input: studentInputPrice
  models__endpoints__main__prices__student__output: studentOutputPrice
  training__openai__endpoint: 'main'
  training__openai__url: openAi.outputs.v1Endpoint
  training__openai__auth: 'entra'
  training__openai__profiles__tuned__baseModel: '${studentModel}-${studentModelVersion}'
  training__openai__profiles__tuned__trainingType: 'GlobalStandard'
  training__openai__profiles__tuned__pricePerMillionTokens: studentTrainingPrice
}
var gpuSettings = gpuVmSize == 'none' ? {} : {
  training__azureml__workspace: ml.outputs.workspaceId
  training__azureml__blobEndpoint: mlStorage.outputs.blobEndpoint
  training__azureml__profiles__lora__baseModel: trainingBaseModel
  training__azureml__profiles__lora__environment: ml.outputs.environmentId
  training__azureml__profiles__lora__compute: ml.outputs.clusterName
  training__azureml__profiles__lora__identity: 'Managed'
  training__azureml__profiles__lora__clientId: identity.outputs.trainingClientId
  training__azureml__profiles__lora__installRequirements: 'true'
  training__azureml__profiles__lora__timeout: '08:00:00'
  training__azureml__profiles__lora__pricePerHour: gpuPricePerHour
}
var deploymentSettings = {
  deployment__subscription: subscription().subscriptionId
  deployment__resourceGroup: group.name
  deployment__workspace: ml.outputs.workspaceName
  deployment__location: location
  deployment__account: openAi.outputs.name
  deployment__openAiProfiles__main__modelEndpoint: 'main'
  deployment__openAiProfiles__main__sku: tunedSku
  deployment__openAiProfiles__main__teacherModels__0: teacherModel
  deployment__openAiProfiles__main__teacherCapacity: string(teacherCapacity)
}
var appSettings = union(hostSettings, entraSettings, keySettings, modelSettings, studentSettings, gpuSettings, deploymentSettings)

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = group.name
output SERVICE_API_NAME string = api.outputs.name
output SERVICE_API_URI string = api.outputs.uri
output STORE string = store
output OPENAI_ENDPOINT string = openAi.outputs.v1Endpoint
output OPENAI_ACCOUNT_NAME string = openAi.outputs.name
output ML_WORKSPACE_NAME string = ml.outputs.workspaceName
output ML_COMPUTE string = ml.outputs.clusterName
output DTS_ENDPOINT string = dts.outputs.endpoint
output TASKHUB_NAME string = dts.outputs.hubName
