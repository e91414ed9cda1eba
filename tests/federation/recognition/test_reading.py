"""A partner lists what it likes: what is another's, endless or no list costs little and brings nothing."""

import json
from datetime import UTC, datetime

import pytest

from col_core.base.errors import FetchError, Malformed
from col_core.base.fetch import HttpClient
from col_core.federation.recognition import own_issuers, reading
from col_core.federation.recognition.records import Kind
from col_core.federation.records import Peer
from col_core.testing.web_server import web_server

PAGE = reading.PATH


@pytest.fixture
def server():
    with web_server() as running:
        yield running


@pytest.fixture
def ask(server):
    peer = Peer(host=server.host, key="lj", base_url=server.url(""), created=datetime(2026, 1, 7, tzinfo=UTC))
    http = HttpClient(allow_hosts=(server.host,), user_agent="test")
    return lambda: reading.issuers_of(peer, http)


def an_issuer(server, slug="library", **said):
    id_ = f"did:web:{server.host.replace(':', '%3A')}:organisations:{slug}"
    document = server.url(f"/organisations/{slug}/did.json")
    return {"id": id_, "name": "Library", "document": document} | said


def put(server, *items, next=None):
    server.put(PAGE, json.dumps({"items": items, "next": next}).encode())


def test_what_is_on_another_host_or_another_s_is_left_out(server, ask):
    own = server.url("/status/1")
    foreign = ["https://evil.example/1", "http://127.0.0.1:1/x", "file:///etc/passwd", f"{own}#x", 7, None, "x" * 999]
    put(
        server,
        an_issuer(server, status_lists=[own, *foreign], revocation_lists="none", profiles={"a": 1}),
        an_issuer(server, "other", id="did:web:evil.example"),
        an_issuer(server, "third", document="https://evil.example/did.json"),
        "nothing",
        {"id": 7},
        {},
    )
    (found,) = ask()
    assert (found.status_lists, found.revocation_lists, found.profiles) == ([own], [], [])
    assert reading.documents(found) == [(found.document, Kind.KEYS), (own, Kind.STATUS)]


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>", b'{"items": 7}', b'{"items": null}', b"[" * 90_000])
def test_what_is_no_list_is_refused(server, ask, body):
    server.put(PAGE, body)
    with pytest.raises(Malformed):
        ask()


def test_what_is_too_large_is_not_read(server, ask):
    server.put(PAGE, b" " * 600_000)
    with pytest.raises(FetchError, match="larger"):
        ask()


def test_a_list_that_never_ends_does(server, ask):
    def page(request):
        number = len(server.requests)
        body = json.dumps({"items": [an_issuer(server, f"n{number}")], "next": server.url(f"{PAGE}?after={number}")})
        request.send_response(200)
        request.end_headers()
        request.wfile.write(body.encode())

    for number in range(100):
        server.answer(f"{PAGE}?after={number}" if number else PAGE, page)
    assert len(ask()) == len(server.requests) == 40
    put(server, an_issuer(server), next=server.url(PAGE))
    assert len(ask()) == 1


def test_the_city_lists_its_issuers_in_parts(towns):
    town, _, _ = towns
    town.give("tea")
    town.give("books")
    answer = town.app.test_client().get(PAGE, base_url=town.url).json
    assert answer["next"] is None
    assert {each["id"].rpartition(":")[2] for each in answer["items"]} >= {town.slug}
    assert all(len(each["status_lists"]) == 2 and len(each["revocation_lists"]) == 1 for each in answer["items"])
    found, after = [], ""
    with town.database.read() as session:
        for _ in range(3):
            part = own_issuers.page(
                session, town.city.house.config, keyring=town.office.keyring, formats=[], after=after or "", limit=1
            )
            found += [each.id for each in part.issuers]
            after = part.after
            if after is None:
                break
    assert sorted(found) == sorted(each["id"] for each in answer["items"])
    assert len(found) == 2
    again = town.app.test_client().get(PAGE, base_url=town.url, headers={"If-None-Match": "x"})
    tag = {"If-None-Match": again.headers["ETag"]}
    assert town.app.test_client().get(PAGE, base_url=town.url, headers=tag).status_code == 304
    for query in ("after=%00", "after=" + "x" * 200, "page=2"):
        assert town.app.test_client().get(f"{PAGE}?{query}", base_url=town.url).status_code == 422
