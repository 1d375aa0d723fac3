// Logs, metrics and traces, with a daily cap on what may be ingested.

param location string
param tags object
param logAnalyticsName string
param applicationInsightsName string

@description('The most that a day may bring in, in GB; what comes after is dropped until the next day.')
@minValue(1)
param dailyCapGb int

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: logAnalyticsName
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: 30
    workspaceCapping: {
      dailyQuotaGb: dailyCapGb
    }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: applicationInsightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: logs.id
    DisableLocalAuth: true
  }
}

output applicationInsightsName string = insights.name
output applicationInsightsId string = insights.id
// Names the resource and its endpoints; with local authentication off it opens nothing by itself.
output connectionString string = insights.properties.ConnectionString
