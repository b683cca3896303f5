"""A pytest plugin for mock429, in one file. It needs nothing but pytest 7 or newer and Python 3.9 or newer.

Copy it beside your tests and name it in conftest.py:

    pytest_plugins = ["pytest_mock429"]

Then a test takes the fixture `mock429`, a sandbox of its own:

    def test_waits(mock429):
        client = Klinky(mock429.url, key="klinky_live_a", sleep=mock429.sleep)
        mock429.set_quota(policy="account-hour", partition={"account": "default"}, remaining=0)
        assert client.links() is not None

When the test has passed, the verdict on its client is asserted: it fails, with the report, if the client broke a rule of the provider. To leave that out:

    @pytest.mark.mock429(verdict=False)

The server is the one at MOCK429_URL, such as http://127.0.0.1:4290. Without that variable the plugin starts one for the run, on a free port, with the command in
MOCK429_COMMAND (default: node_modules/.bin/mock429) and the profile of the ini option `mock429_profile` (default: klinky). Set MOCK429_CONTROL_TOKEN for a server
on another machine. With pytest-xdist each worker starts a server of its own, or all share that of MOCK429_URL.
"""

import hashlib
import json
import os
import shlex
import subprocess
import urllib.error
import urllib.request

import pytest

CONTROL = "/__mock429"


class Sandbox:
    """An isolated copy of the provider, clock included. Its clock is frozen: it moves when the test says so."""

    def __init__(self, base, name):
        #: The base URL for the client: put it in the place of the provider's.
        self.url = f"{base}/~{name}"
        # A proxy of the environment must not come between the tests and the mock.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._base = base
        self._name = name

    def control(self, method, path, body=None, accept="application/json"):
        """Calls the control API (docs/control.md). Returns its JSON, or its text where `accept` asks for another format."""
        return self._send(method, self.url + CONTROL + path, body, accept)

    def sleep(self, seconds):
        """A sleep for clients: it moves the sandbox's clock, so that an hour takes no time."""
        self.control("POST", "/clock/advance", {"ms": round(seconds * 1000)})

    def set_quota(self, **change):
        """Seeds a bucket: set_quota(policy="account-hour", partition={"account": "default"}, remaining=3)."""
        return self.control("PUT", "/quotas", change)

    def requests(self, query=""):
        """The journal, oldest first: requests("?status=429")."""
        return self.control("GET", f"/requests{query}")["requests"]

    def report(self, ended=True):
        """The verdict as JSON."""
        return self.control("GET", f"/report?ended={'true' if ended else 'false'}")

    def assert_behaved(self):
        """Fails, with the report, if a client broke a rule of the provider."""
        # What fails in the test should be the sentence of the report, not a traceback of this file.
        __tracebackhide__ = True
        verdict = self.report()["verdict"]
        if verdict == "fail":
            pytest.fail(self.control("GET", "/report?ended=true", accept="text/plain"), pytrace=False)

    def remove(self):
        """Removes the sandbox from the server."""
        self._send("DELETE", f"{self._base}{CONTROL}/sandboxes/{self._name}")

    def _send(self, method, url, body=None, accept="application/json"):
        headers = {"Accept": accept}
        token = os.environ.get("MOCK429_CONTROL_TOKEN")
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        request = urllib.request.Request(url, data=data, headers=headers, method=method)
        try:
            with self._opener.open(request, timeout=30) as response:
                text = response.read().decode()
        except urllib.error.HTTPError as error:
            problem = error.read().decode()
            raise AssertionError(f"{method} {url} was answered {error.code}: {problem}") from None
        return json.loads(text) if accept == "application/json" and text else text


def pytest_addoption(parser):
    parser.addini("mock429_profile", "The profile that mock429 serves", default="klinky")


def pytest_configure(config):
    config.addinivalue_line("markers", "mock429(verdict=False): do not assert the verdict on the client")


@pytest.fixture(scope="session")
def mock429_server(pytestconfig):
    """The base URL of a server: that of MOCK429_URL, or one that lives as long as the run."""
    given = os.environ.get("MOCK429_URL")
    if given:
        yield given.rstrip("/")
        return
    command = shlex.split(os.environ.get("MOCK429_COMMAND", "node_modules/.bin/mock429"))
    options = ["--profile", pytestconfig.getini("mock429_profile"), "--port", "0", "--quiet"]
    server = subprocess.Popen(command + options, stdout=subprocess.PIPE, text=True)
    # It prints one line when it is ready: mock429 <profile> <url>.
    line = server.stdout.readline().split()
    if len(line) != 3:
        server.kill()
        pytest.fail(f"mock429 did not start: {' '.join(command + options)}", pytrace=False)
    yield line[2]
    server.terminate()
    server.wait(timeout=30)


@pytest.fixture
def mock429(mock429_server, request):
    """A sandbox for this test alone, with a frozen clock."""
    name = "pytest-" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:16]
    sandbox = Sandbox(mock429_server, name)
    # A server that outlives the run may still have the sandbox of an earlier one.
    sandbox.control("POST", "/reset", {"clock": True, "accounts": True, "profiles": True})
    sandbox.control("PUT", "/clock", {"frozen": True})
    yield sandbox
    sandbox.remove()


# Runs after the test itself, and not at all if that has failed.
@pytest.hookimpl(trylast=True)
def pytest_runtest_call(item):
    sandbox = getattr(item, "funcargs", {}).get("mock429")
    marker = item.get_closest_marker("mock429")
    if sandbox is not None and (marker is None or marker.kwargs.get("verdict", True)):
        sandbox.assert_behaved()
