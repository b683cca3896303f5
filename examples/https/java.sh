#!/bin/sh
# Java heeds no variable for certificates: it gets a trust store as a property.
set -e
here=$(cd "$(dirname "$0")" && pwd)
store=$(mktemp -d)
trap 'rm -r "$store"' EXIT
keytool -importcert -noprompt -alias mock429 -file "$MOCK429_CA" -keystore "$store/trust.p12" -storetype PKCS12 -storepass changeit 2>/dev/null
java -Djavax.net.ssl.trustStore="$store/trust.p12" -Djavax.net.ssl.trustStorePassword=changeit "$here/Client.java"
