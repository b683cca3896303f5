# HTTP/1.1 by bash's own sockets, on one connection. Arguments: told or a number of seconds, tries.
wait=$1
host=${MOCK429_URL#http://}
exec 3<> "/dev/tcp/${host%:*}/${host#*:}"
for _ in $(seq "$2"); do
  printf 'GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n\r\n' "$CLIENT_PATH" "$host" "$CLIENT_HEADER" >&3
  read -r _ status _ <&3
  length=0 told=0
  while IFS=$': \r' read -r name value _ <&3 && [ -n "$name" ]; do
    case ${name,,} in
      content-length) length=$value ;;
      retry-after) told=$value ;;
    esac
  done
  [ "$length" -gt 0 ] && read -r -N "$length" _ <&3
  [ "$status" -lt 400 ] && break
  if [ "$wait" = told ]; then sleep "$told.1"; else sleep "$wait"; fi
done
exit 0
