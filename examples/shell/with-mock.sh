#!/usr/bin/env bash
# Runs a command while mock429 stands in for Klinky: ./with-mock.sh npm test
set -euo pipefail
port=${MOCK429_PORT:-4290}

# Not by npx: a signal would end npx and leave the server running.
node_modules/.bin/mock429 --profile klinky --port "$port" --quiet > mock429.log 2>&1 &
mock=$!
trap 'kill "$mock" && wait "$mock"' EXIT

until curl -sf -o /dev/null "http://127.0.0.1:$port/__mock429/health"; do
  kill -0 "$mock" 2> /dev/null || { trap - EXIT; cat mock429.log >&2; exit 2; }
  sleep 0.1
done

KLINKY_URL="http://127.0.0.1:$port" "$@"
