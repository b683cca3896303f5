# wget's own retries, of answers with that status.
wget -q -O /dev/null --tries=3 --waitretry=1 --retry-on-http-error="$1" --header "$CLIENT_HEADER" "$MOCK429_URL$CLIENT_PATH"
exit 0
