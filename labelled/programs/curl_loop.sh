# One curl after another. Arguments: told or a number of seconds, tries.
wait=$1
for _ in $(seq "$2"); do
  head=$(curl -s -o /dev/null -D - -H "$CLIENT_HEADER" "$MOCK429_URL$CLIENT_PATH")
  status=$(awk 'NR == 1 { print $2 }' <<< "$head")
  [ "$status" -lt 400 ] && break
  told=$(tr -d '\r' <<< "$head" | awk 'tolower($1) == "retry-after:" { print $2 }')
  if [ "$wait" = told ]; then sleep "${told:-0.3}.1"; else sleep "$wait"; fi
done
exit 0
