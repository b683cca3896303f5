#!/bin/sh
# A client by curl with the provider's real URL in it.
curl --silent --show-error --output /dev/null --write-out 'curl %{http_code}\n' \
  --header 'X-API-Key: klinky_live_a' https://klinky-api.fly.dev/api/v1/public/links
