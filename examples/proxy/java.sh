#!/bin/sh
# Java heeds no variables for proxies and certificates: it gets them as properties.
set -e
here=$(cd "$(dirname "$0")" && pwd)
store=$(mktemp -d)
trap 'rm -r "$store"' EXIT
keytool -importcert -noprompt -alias mock429 -file "$MOCK429_CA" -keystore "$store/trust.p12" -storetype PKCS12 -storepass changeit 2>/dev/null
proxy=${MOCK429_PROXY_URL#http://}
java -Dhttps.proxyHost="${proxy%:*}" -Dhttps.proxyPort="${proxy##*:}" \
  -Djavax.net.ssl.trustStore="$store/trust.p12" -Djavax.net.ssl.trustStorePassword=changeit "$here/Client.java"
