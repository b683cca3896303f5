"""What live.js is to programs in JavaScript."""

import json
import os
from concurrent.futures import ThreadPoolExecutor


def live(make_session):
    days = json.loads(os.environ["DAYS"])
    with ThreadPoolExecutor(len(days)) as pool:
        list(pool.map(lambda steps: one_day(make_session(), steps), days))


def one_day(session, steps):
    for step in steps:
        try:
            session.request(step["method"], step["url"], headers=step["headers"], data=step.get("body"))
        except Exception as error:
            print(step["method"], step["url"], error)
