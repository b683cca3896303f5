# So many things with one curl, all at once.
curl -s --parallel --retry 4 -H "$CLIENT_HEADER" "$MOCK429_URL$CLIENT_PATH?page=[1-$1]" > /dev/null
exit 0
