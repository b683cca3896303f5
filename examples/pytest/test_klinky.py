"""The client against Klinky: each test has a sandbox, and the verdict on the client is asserted when it has passed."""

from klinky import Klinky


def client(mock429):
    return Klinky(mock429.url, key="klinky_live_growth", sleep=mock429.sleep)


def test_reads_links(mock429):
    assert client(mock429).links()
    assert [entry["status"] for entry in mock429.requests()] == [200]


def test_waits_for_the_next_hour_when_it_is_refused(mock429):
    mock429.set_quota(policy="account-hour", partition={"account": "growth"}, remaining=0)
    assert client(mock429).links()
    assert mock429.requests("?status=429") and mock429.requests("?status=200")


def test_has_a_sandbox_of_its_own(mock429):
    assert mock429.requests() == []
