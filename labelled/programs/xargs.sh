# Loops of curl under xargs. Arguments: as for curl_loop.sh; how many; how many at a time.
here=$(dirname "$0")
seq "$3" | xargs -P "$4" -I{} env CLIENT_PATH="$CLIENT_PATH?page={}" bash "$here/curl_loop.sh" "$1" "$2"
exit 0
