#!/bin/sh
# Runs after `azd provision`: says what was made and what comes next. It changes nothing.
set -eu

cat <<END

Made in resource group $AZURE_RESOURCE_GROUP:
  host        $SERVICE_API_URI
  store       $STORE
  models      $OPENAI_ENDPOINT (deployment: teacher)
  training    workspace $ML_WORKSPACE_NAME
  engine      $DTS_ENDPOINT, hub $TASKHUB_NAME

Next, once the host is deployed: put an agent's manifest, add its first version, send traffic and feedback.
docs/azure.md has each step.

END
