# Runs before `azd provision`: makes the first API key where there is none. The key is shown this once; azd, and the app's settings,
# keep its SHA-256 alone. To take it away later: azd env set API_KEYS 'other:roles:sha256', azd provision.
$ErrorActionPreference = 'Stop'

if ($env:API_KEYS -or $env:ENTRA_AUDIENCE) { exit 0 }

if ($env:CI) {
  [Console]::Error.WriteLine("There is no API key, and a key made here would stand in the pipeline's log.")
  [Console]::Error.WriteLine('Set the variable API_KEYS (name:roles:sha256) or ENTRA_AUDIENCE; docs/azure.md tells how to make one.')
  exit 1
}

$bytes = [byte[]]::new(32)
[System.Security.Cryptography.RandomNumberGenerator]::Fill($bytes)
$key = 'si_' + [System.Convert]::ToHexString($bytes).ToLowerInvariant()
$hash = [System.Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData([System.Text.Encoding]::UTF8.GetBytes($key))).ToLowerInvariant()
azd env set API_KEYS "admin:ingest+operate+approve:$hash"
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }

Write-Output @"

The first API key, named admin, with all roles. Keep it now: it is not shown again.
  $key
Send it as 'Authorization: Bearer <key>'. docs/azure.md tells how to make keys with fewer roles.

"@
