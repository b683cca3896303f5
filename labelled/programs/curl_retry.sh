# curl's own retries, so many.
curl -s --retry "$1" -H "$CLIENT_HEADER" "$MOCK429_URL$CLIENT_PATH" > /dev/null
exit 0
