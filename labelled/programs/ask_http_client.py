"""One request at a time with http.client, on one connection. Arguments: `told` or `at-once`, tries."""

import http.client
import os
import sys
import time
import urllib.parse

url = urllib.parse.urlsplit(os.environ["MOCK429_URL"])
name, value = os.environ["CLIENT_HEADER"].split(": ", 1)
connection = http.client.HTTPConnection(url.hostname, url.port)

for attempt in range(int(sys.argv[2])):
    connection.request("GET", os.environ["CLIENT_PATH"], headers={name: value})
    response = connection.getresponse()
    response.read()
    if response.status != 429 and response.status < 500:
        break
    if sys.argv[1] == "told":
        time.sleep(float(response.headers.get("Retry-After") or 0.1 * 2**attempt) + 0.05)
