"""Threads of one process. Arguments: `gate` (nobody goes on while any waits), `told` (each waits by itself) or `at-once`; threads; jobs."""

import http.client
import os
import sys
import threading
import time
import urllib.parse

manner, threads, jobs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
url = urllib.parse.urlsplit(os.environ["MOCK429_URL"])
name, value = os.environ["CLIENT_HEADER"].split(": ", 1)
lock = threading.Lock()
left = list(range(jobs))
closed_until = 0.0


def pass_gate():
    while manner == "gate":
        with lock:
            wait = closed_until - time.monotonic()
        if wait <= 0:
            return
        time.sleep(wait)


def work(number):
    global closed_until
    connection = http.client.HTTPConnection(url.hostname, url.port)
    while True:
        with lock:
            if not left:
                return
            job = left.pop()
        for _ in range(8):
            pass_gate()
            path = os.environ["CLIENT_PATH"]
            connection.request("GET", f"{path}{'&' if '?' in path else '?'}page={job}", headers={name: value})
            response = connection.getresponse()
            response.read()
            if response.status != 429:
                break
            if manner == "at-once":
                continue
            until = time.monotonic() + float(response.headers["Retry-After"]) + 0.1
            with lock:
                closed_until = max(closed_until, until)
            if manner == "told":
                time.sleep(until - time.monotonic())
        # Threads that do something else in between, each for a time of its own.
        time.sleep(0.06 * (number + 1) if manner == "told" else 0.06)


workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
