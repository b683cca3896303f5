"""A client in Python that takes its provider's URL from the environment. What it trusts comes from there as well."""
import os
import sys

URL = os.environ.get("KLINKY_URL", "https://klinky-api.fly.dev") + "/api/v1/public/links"
KEY = {"X-API-Key": "klinky_live_a"}

library = sys.argv[1] if len(sys.argv) > 1 else "urllib"
if library == "requests":
    import requests

    status = requests.get(URL, headers=KEY, timeout=10).status_code
elif library == "httpx":
    import httpx

    status = httpx.get(URL, headers=KEY, timeout=10).status_code
else:
    from urllib.request import Request, urlopen

    status = urlopen(Request(URL, headers=KEY), timeout=10).status
print(library, status)
