#!/bin/sh
# A client by curl. It trusts the certificates that CURL_CA_BUNDLE names.
curl --silent --show-error --output /dev/null --write-out 'curl %{http_code}\n' \
  --header 'X-API-Key: klinky_live_a' "${KLINKY_URL:-https://klinky-api.fly.dev}/api/v1/public/links"
