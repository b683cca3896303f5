"""requests. Arguments: `told` (urllib3's Retry, which keeps to Retry-After), `at-once` (a loop around a session) or `fixed`, tries."""

import os
import sys
import time

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

name, value = os.environ["CLIENT_HEADER"].split(": ", 1)
url = os.environ["MOCK429_URL"] + os.environ["CLIENT_PATH"]
session = requests.Session()

if sys.argv[1] == "told":
    retries = Retry(total=int(sys.argv[2]), backoff_factor=0.1, status_forcelist=[429, 500, 502, 503, 504])
    session.mount("http://", HTTPAdapter(max_retries=retries))
    session.get(url, headers={name: value})
else:
    for _ in range(int(sys.argv[2])):
        if session.get(url, headers={name: value}).status_code < 400:
            break
        if sys.argv[1] == "fixed":
            time.sleep(0.2)
