# So many things, one curl after another; where one is refused the loop waits as told.
here=$(dirname "$0")
for n in $(seq "$1"); do
  CLIENT_PATH="$CLIENT_PATH?page=$n" bash "$here/curl_loop.sh" told 5
done
exit 0
