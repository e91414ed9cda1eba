import gzip
import threading
from datetime import timedelta

import pytest

from col_core.badges.checking.documents import KEEP, FetchedDocuments
from col_core.badges.credentials import asking
from col_core.badges.credentials.records import Got, NotReached, NotThere, Verdict
from col_core.badges.credentials.verify import verify
from col_core.base.fetch import HttpClient
from col_core.testing.badges import a_badge
from col_core.testing.clock import FixedClock
from col_core.testing.issuing import NOW, TestIssuer, text
from col_core.testing.web_server import web_server


@pytest.fixture
def server():
    with web_server() as running:
        yield running


@pytest.fixture
def clock():
    return FixedClock(NOW)


@pytest.fixture
def documents(server, clock):
    return FetchedDocuments(
        HttpClient(allow_hosts=(server.host,), user_agent="test"), clock=clock, plain_hosts=(server.host,)
    )


class OwnBadges:
    def __init__(self):
        self.asked = []

    def get(self, url):
        self.asked.append(url)
        return Got(body=b"{}", media_type="application/json") if url.endswith("/did.json") else None


def test_a_document_is_fetched_with_what_is_wanted_and_nothing_about_the_visitor(documents, server):
    server.put("/did.json", b"{}", Content_Type="application/did+json")
    got = documents.get(server.url("/did.json#key"), accept=asking.ISSUER)
    assert (got.body, got.media_type) == (b"{}", "application/did+json")
    path, headers = server.requests[0]
    assert path == "/did.json"
    assert headers["accept"] == asking.ISSUER
    assert not {"cookie", "referer", "x-forwarded-for"} & headers.keys()


def test_not_there_and_not_reached_are_told_apart(documents, server):
    for status, expected in ((404, NotThere), (410, NotThere), (403, NotReached), (500, NotReached)):
        url = server.put(f"/{status}", b"", status=status)
        with pytest.raises(expected):
            documents.get(url, accept=asking.BADGE)
    for url in ("https://[::1", "ftp://example.org/", "http://127.0.0.1:1/", "file:///etc/passwd"):
        with pytest.raises(NotReached):
            documents.get(url, accept=asking.BADGE)


def test_a_redirect_into_a_private_network_is_not_followed(documents, server):
    secret = server.put("/secret", b"secret")
    for to in (secret.replace("127.0.0.1", "127.0.0.2"), "http://10.0.0.1/", "http://[64:ff9b::7f00:1]/"):
        url = server.put("/away", b"", status=302, Location=to)
        with pytest.raises(NotReached):
            documents.get(url, accept=asking.ISSUER)


def test_only_lists_are_kept_and_not_for_long(documents, server, clock):
    url = server.put("/list", b"1")
    for accept, requests in ((asking.ISSUER, 2), (asking.STATUS_LIST, 1), (asking.REVOCATION_LIST, 1)):
        before = len(server.requests)
        for _ in range(2):
            documents.get(url, accept=accept)
        assert len(server.requests) - before == requests
    server.put("/list", b"2")
    assert documents.get(url, accept=asking.STATUS_LIST).body == b"1"
    clock.advance(seconds=KEEP.total_seconds())
    assert documents.get(url, accept=asking.STATUS_LIST).body == b"2"


def test_what_stands_in_this_city_is_answered_without_the_network(server, clock):
    own = OwnBadges()
    documents = FetchedDocuments(
        HttpClient(user_agent="test"), clock=clock, base_url="http://localhost:8001", local=own
    )
    for url in ("https://localhost:8001/organisations/a/did.json", "http://LOCALHOST:8001/organisations/a/did.json"):
        assert documents.get(url, accept=asking.ISSUER).body == b"{}"
    with pytest.raises(NotThere):
        documents.get("http://localhost:8001/elsewhere", accept=asking.ISSUER)
    assert own.asked[0] == "http://localhost:8001/organisations/a/did.json"
    with pytest.raises(NotReached):
        documents.get("http://localhost:8002/organisations/a/did.json", accept=asking.ISSUER)


def test_a_city_beside_this_one_is_reached_by_its_did(documents, server):
    """A DID always means https; two cities on one machine have none."""
    issuer = TestIssuer(NoWeb(), did=f"did:web:{server.host.replace(':', '%3A')}")
    server.put("/.well-known/did.json", issuer.web.there)
    badge = issuer.signed(issuer.unsigned(a_badge(1, status=[])))
    assert verify(text(badge), documents=documents, now=NOW).verdict == Verdict.VALID


class NoWeb:
    """Keeps what an issuer publishes last."""

    def put(self, url, what):
        self.there = text(what)


def test_an_issuer_that_drips_its_answer_does_not_hold_up_a_check(server, clock):
    stop = threading.Event()

    def drip(request):
        request.send_response(200)
        request.end_headers()
        for _ in range(300):
            if stop.wait(0.2):
                return
            request.wfile.write(b" ")

    server.answer("/slow", drip)
    documents = FetchedDocuments(HttpClient(allow_hosts=(server.host,), user_agent="test"), clock=clock)
    try:
        with pytest.raises(NotReached):
            documents.get(server.url("/slow"), accept=asking.ISSUER)
    finally:
        stop.set()


def test_an_answer_that_is_too_long_or_unpacks_too_large_is_left(documents, server):
    bomb = gzip.compress(bytes(60_000_000))
    url = server.put("/bomb", bomb, Content_Encoding="gzip")
    with pytest.raises(NotReached):
        documents.get(url, accept=asking.STATUS_LIST)
    assert timedelta(0) < KEEP <= timedelta(minutes=5)
