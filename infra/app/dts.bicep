// Durable Task Scheduler: the engine of the orchestrations.

param location string
param tags object
param name string
param hubName string

@allowed([
  'Consumption'
  'Dedicated'
])
param skuName string

@description('Of Dedicated: capacity units.')
@minValue(1)
param capacity int

@description('Addresses that may reach it; every call needs an Entra ID token all the same.')
param ipAllowlist array

resource scheduler 'Microsoft.DurableTask/schedulers@2025-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    ipAllowlist: ipAllowlist
    sku: skuName == 'Dedicated' ? {
      name: skuName
      capacity: capacity
    } : {
      name: skuName
    }
  }
}

resource hub 'Microsoft.DurableTask/schedulers/taskHubs@2025-11-01' = {
  parent: scheduler
  name: hubName
}

output name string = scheduler.name
output hubName string = hub.name
output endpoint string = scheduler.properties.endpoint
