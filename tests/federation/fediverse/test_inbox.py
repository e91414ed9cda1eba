"""What hostile and broken servers send, over real sockets: none of it has an effect, and each gets a plain answer."""

import json
from datetime import timedelta

import httpx
import pytest

from col_core.badges.credentials.records import KeyKind
from col_core.federation.fediverse import cavage, message_signatures, proofs
from col_core.federation.fediverse.tables import ActorRow, FollowerRow, ItemRow, SeenRow

from .conftest import key


@pytest.fixture
def town(quiet_town):
    return quiet_town


@pytest.fixture
def peer(quiet_peer):
    quiet_peer.serve_actor()
    return quiet_peer


def follow(town, peer, **changes):
    return peer.says("Follow", town.url("/ap/actor"), **changes)


def refused(town, answer, status=401):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert town.count(FollowerRow) == 0


def test_what_is_not_signed_has_no_effect(town, peer):
    refused(town, peer.send(town, follow(town, peer), headers={"Signature": None}))


@pytest.mark.parametrize(
    "headers",
    [
        {"Date": "Wed, 07 Jan 2026 09:00:00 GMT"},
        {"Date": "yesterday"},
        {"Date": None},
        {"Digest": "SHA-256=AAAA"},
        {"Digest": None},
        {"Host": "other.example"},
        {"Signature": "keyId=1"},
    ],
)
def test_what_was_signed_otherwise_has_no_effect(town, peer, headers):
    answer = peer.send(town, follow(town, peer), headers=headers)
    assert answer.status_code in (401, 421), answer.text
    assert town.count(FollowerRow) == 0


@pytest.mark.parametrize("how", [cavage, message_signatures])
def test_a_signature_by_a_key_that_the_actor_does_not_have_has_no_effect(town, peer, how):
    refused(town, peer.send(town, follow(town, peer), how=how, signer=key(KeyKind.RSA, 9).signer(peer.key_id)))


@pytest.mark.parametrize("how", [cavage, message_signatures])
def test_an_old_signature_has_no_effect(town, peer, how):
    refused(town, peer.send(town, follow(town, peer), how=how, now=town.clock.now() - timedelta(hours=3)))


def test_a_request_for_another_address_has_no_effect(town, peer):
    body = json.dumps(follow(town, peer)).encode()
    headers = peer.headers(town.url("/ap/outbox"), body)
    refused(town, httpx.post(town.url("/ap/inbox"), content=body, headers=headers))


def test_a_key_on_another_server_than_the_actor_has_no_effect(town, peer):
    stranger = "http://127.0.0.1:9/actor"
    refused(town, peer.send(town, follow(town, peer, actor=stranger, id="http://127.0.0.1:9/1")))


def test_a_key_whose_owner_is_somebody_else_has_no_effect(town, peer):
    other = {"id": peer.key_id, "owner": peer.web.url("/other"), "publicKeyPem": peer.rsa.public.pem()}
    document = peer.document(id=peer.web.url("/wrong-owner"), publicKey=other)
    peer.serve("/wrong-owner", document)
    activity = follow(town, peer, actor=peer.web.url("/wrong-owner"))
    refused(town, peer.send(town, activity))


@pytest.mark.parametrize(
    ("path", "changes", "options"),
    [
        ("/other-id", {"id": "http://127.0.0.1:1/actor"}, {}),
        ("/html", {}, {"content_type": "text/html"}),
        ("/json", {}, {"content_type": "application/json"}),
        ("/note", {"type": "Note"}, {}),
        ("/inbox-elsewhere", {"inbox": "https://other.example/inbox"}, {}),
        ("/gone", {}, {"status": 410}),
    ],
)
def test_an_actor_that_is_not_what_it_says_is_not_believed(town, peer, path, changes, options):
    url = peer.web.url(path)
    peer.serve(path, peer.document(**({"id": url} | changes)), **options)
    refused(town, peer.send(town, follow(town, peer, actor=url)))


@pytest.mark.parametrize("address", ["http://127.0.0.1:22/actor", "http://10.0.0.1/actor", "http://[::1]/actor"])
def test_no_key_is_fetched_from_inside_some_network(town, peer, address):
    activity = follow(town, peer, actor=address, id=address + "/1")
    signer = peer.rsa.signer(f"{address}#main-key")
    answer = peer.send(town, activity, signer=signer)
    assert answer.status_code in (400, 401)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"type":"Follow"}',
        b'{"type":"Follow","id":5,"actor":"x"}',
        b'{"type":"Follow","id":"http://a/1","actor":["x"]}',
        b'{"type":"Follow","type":"Undo","id":"http://a/1","actor":"http://a/2"}',
        b'{"type":"Follow","id":"http://a/\\u0000","actor":"http://a/2"}',
        b'{"type":"Follow","id":"http://a/1","actor":"http://a/2","n":NaN}',
        b'{"type":"Follow","id":"http://a/1","actor":"http://a/2","n":1180591620717411303424}',
        b'{"type":"Follow","id":"http://a/1","actor":"javascript:alert(1)"}',
        b"[" * 5_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_activity_is_refused_with_a_reason(town, peer, body):
    refused(town, peer.send(town, body), 400)


def test_what_is_too_long_is_refused_before_it_is_read(town, peer):
    assert peer.send(town, b" " * 300_000).status_code == 413
    assert peer.send(town, follow(town, peer), headers={"Content-Type": "text/plain"}).status_code == 415


def test_many_deletes_of_strangers_cost_no_question(town, peer):
    asked = len(peer.web.requests)
    for number in range(100):
        gone = f"http://127.0.0.1:9/users/{number}"
        activity = peer.says("Delete", gone, actor=gone, id=f"{gone}#delete")
        answer = peer.send(town, activity, signer=peer.rsa.signer(f"{gone}#main-key"))
        assert answer.status_code == 202
    assert len(peer.web.requests) == asked
    assert town.count(SeenRow) == town.count(ItemRow) == 0


@pytest.mark.parametrize("kind", ["Like", "Block", "Nonsense", "Add", "Create", "Announce", "Accept", "Undo"])
def test_what_is_nothing_to_a_city_is_taken_and_left(town, peer, kind):
    assert peer.send(town, peer.says(kind, peer.event())).status_code == 202
    assert town.count(ItemRow) == 0


def test_whoever_follows_somebody_else_is_not_noted(town, peer):
    assert peer.send(town, peer.says("Follow", "http://127.0.0.1:9/actor")).status_code == 202
    assert town.count(FollowerRow) == 0


def test_an_answer_is_given_to_what_only_asks(town):
    assert town.get("/ap/inbox").status_code == 405


def test_an_activity_of_another_server_than_its_actor_is_refused(town, peer):
    refused(town, peer.send(town, follow(town, peer, id="http://127.0.0.1:9/1")), 403)


def test_what_a_partner_pushes_has_its_feed_read_and_a_replay_changes_nothing(town, peer):
    town.make_partner(peer)
    created = peer.says("Create", peer.event())
    body = json.dumps(created).encode()
    headers = peer.headers(town.url("/ap/inbox"), body)
    for _ in range(3):
        assert httpx.post(town.url("/ap/inbox"), content=body, headers=headers).status_code == 202
    assert town.jobs("exchange.harvest") == [{"host": peer.host}]
    assert town.count(ItemRow) == 0
    assert town.count(SeenRow) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"attributedTo": "http://127.0.0.1:9/actor"},
        {"id": "http://127.0.0.1:9/events/1"},
        {"actor": "http://127.0.0.1:9/actor"},
    ],
)
def test_what_a_partner_says_of_things_of_another_is_refused(town, peer, changes):
    town.make_partner(peer)
    assert peer.send(town, peer.says("Create", peer.event(**changes))).status_code == 403


def test_a_proof_within_that_does_not_hold_is_refused_whoever_signed_the_request(town, peer):
    town.make_partner(peer)
    signed = proofs.sign(
        peer.says("Create", peer.event()), peer.ed25519.signer(peer.proof_id), created=town.clock.now()
    )
    assert peer.send(town, signed).status_code == 202
    broken = {**signed, "id": peer.web.url("/activities/broken")}
    assert peer.send(town, broken).status_code == 401


def test_a_new_key_of_a_known_actor_is_asked_for_once(town, peer):
    town.make_partner(peer)
    assert peer.send(town, peer.says("Create", peer.event())).status_code == 202
    assert town.count(ActorRow) >= 1
    town.clock.advance(minutes=2)
    new = key(KeyKind.RSA, 5)
    peer.serve_actor(publicKey={"id": peer.key_id, "owner": peer.actor, "publicKeyPem": new.public.pem()})
    asked = peer.asked("/actor")
    assert peer.send(town, peer.says("Create", peer.event()), signer=new.signer(peer.key_id)).status_code == 202
    assert peer.asked("/actor") == asked + 1
    wrong = key(KeyKind.RSA, 9).signer(peer.key_id)
    for _ in range(3):
        assert peer.send(town, peer.says("Create", peer.event()), signer=wrong).status_code == 401
    assert peer.asked("/actor") == asked + 1
    peer.serve_actor()
    town.clock.advance(minutes=2)
    assert peer.send(town, peer.says("Create", peer.event())).status_code == 202
