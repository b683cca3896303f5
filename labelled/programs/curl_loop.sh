# One curl after another. Arguments: told, told-and-jitter or a number of seconds; tries.
wait=$1
for _ in $(seq "$2"); do
  head=$(curl -s -o /dev/null -D - -H "$CLIENT_HEADER" "$MOCK429_URL$CLIENT_PATH")
  status=$(awk 'NR == 1 { print $2 }' <<< "$head")
  [ "$status" -lt 400 ] && break
  told=$(tr -d '\r' <<< "$head" | awk 'tolower($1) == "retry-after:" { print $2 }')
  case "$wait" in
    told) sleep "${told:-0.3}.1" ;;
    told-and-jitter) sleep "${told:-0}.$((RANDOM % 4 + 1))" ;;
    *) sleep "$wait" ;;
  esac
done
exit 0
