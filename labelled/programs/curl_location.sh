# Follows redirects.
curl -s -o /dev/null --location -H "$CLIENT_HEADER" "$MOCK429_URL$CLIENT_PATH"
exit 0
