"""One request at a time with urllib, each on a connection of its own. Arguments: `told` or `at-once`, tries."""

import os
import sys
import time
import urllib.error
import urllib.request

name, value = os.environ["CLIENT_HEADER"].split(": ", 1)
request = urllib.request.Request(os.environ["MOCK429_URL"] + os.environ["CLIENT_PATH"], headers={name: value})

for attempt in range(int(sys.argv[2])):
    try:
        with urllib.request.urlopen(request) as response:
            response.read()
        break
    except urllib.error.HTTPError as error:
        error.read()
        if error.code != 429 and error.code < 500:
            break
        if sys.argv[1] == "told":
            time.sleep(float(error.headers.get("Retry-After") or 0.1 * 2**attempt) + 0.05)
        elif sys.argv[1] != "at-once":
            time.sleep(float(sys.argv[1]))
