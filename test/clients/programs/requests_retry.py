import requests
from live import live
from requests.adapters import HTTPAdapter
from urllib3.util import Retry


def make_session():
    session = requests.Session()
    retries = Retry(total=5, backoff_factor=0.1, status_forcelist=[429, 500, 502, 503, 504])
    session.mount("http://", HTTPAdapter(max_retries=retries))
    return session


live(make_session)
