# One wget after another. Arguments: told or a number of seconds, tries.
wait=$1
for _ in $(seq "$2"); do
  head=$(wget -q -S -O /dev/null --tries=1 --header "$CLIENT_HEADER" "$MOCK429_URL$CLIENT_PATH" 2>&1) && break
  told=$(awk 'tolower($1) == "retry-after:" { print $2 }' <<< "$head")
  if [ "$wait" = told ]; then sleep "${told:-0.3}.1"; else sleep "$wait"; fi
done
exit 0
