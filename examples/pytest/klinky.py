"""A small client for Klinky that waits as long as it is told."""

import json
import time
import urllib.error
import urllib.request


class Klinky:
    def __init__(self, url="https://klinky-api.fly.dev", key="", sleep=time.sleep):
        self.url, self.key, self.sleep = url, key, sleep

    def links(self):
        request = urllib.request.Request(f"{self.url}/api/v1/public/links?per_page=100", headers={"X-API-Key": self.key})
        while True:
            try:
                with urllib.request.urlopen(request, timeout=30) as response:
                    return json.load(response)
            except urllib.error.HTTPError as error:
                if error.code != 429:
                    raise
                self.sleep(int(error.headers["Retry-After"]))
