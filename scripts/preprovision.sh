#!/bin/sh
# Runs before `azd provision`: makes the first API key where there is none. The key is shown this once; azd, and the app's settings,
# keep its SHA-256 alone. To take it away later: azd env set API_KEYS 'other:roles:sha256', azd provision.
set -eu

if [ -n "${API_KEYS:-}" ] || [ -n "${ENTRA_AUDIENCE:-}" ]; then exit 0; fi

if [ -n "${CI:-}" ]; then
  echo "There is no API key, and a key made here would stand in the pipeline's log." >&2
  echo "Set the variable API_KEYS (name:roles:sha256) or ENTRA_AUDIENCE; docs/azure.md tells how to make one." >&2
  exit 1
fi

key="si_$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')"
if command -v sha256sum >/dev/null 2>&1; then
  hash=$(printf %s "$key" | sha256sum)
else
  hash=$(printf %s "$key" | shasum -a 256)
fi
azd env set API_KEYS "admin:ingest+operate+approve:${hash%% *}"

cat <<END

The first API key, named admin, with all roles. Keep it now: it is not shown again.
  $key
Send it as 'Authorization: Bearer <key>'. docs/azure.md tells how to make keys with fewer roles.

END
