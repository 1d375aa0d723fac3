# Runs after `azd provision`: says what was made and what comes next. It changes nothing.
$ErrorActionPreference = 'Stop'

Write-Output @"

Made in resource group ${env:AZURE_RESOURCE_GROUP}:
  host        ${env:SERVICE_API_URI}
  store       ${env:STORE}
  models      ${env:OPENAI_ENDPOINT} (deployment: teacher)
  training    workspace ${env:ML_WORKSPACE_NAME}
  engine      ${env:DTS_ENDPOINT}, hub ${env:TASKHUB_NAME}

Next, once the host is deployed: put an agent's manifest, add its first version, send traffic and feedback.
docs/azure.md has each step.

"@
