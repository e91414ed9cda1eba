import hashlib
import json
import time
from dataclasses import replace

import pytest
from marshmallow import ValidationError

from col_core.plugin import BackgroundIssuer, FetchError, InvalidInput, building, data_integrity, json_text
from col_core.testing.badges import a_badge
from col_core.testing.contracts import BadgeIssuerContract
from col_plugin_vc_api import Settings


class TestOutsideService(BadgeIssuerContract):
    """The contract, against a service that answers over HTTP; its fixture `issuer` stands in conftest.py."""

    @pytest.fixture
    def issuer(self, made):
        return made()


def issue(issuer, badge=None):
    (signed,) = issuer.issue([badge or a_badge()], signer=None)
    return signed


def forged(signed, document):
    """Return other words under the same reference, with the digest that fits them."""
    body = json_text.written(document)
    reference = json.loads(signed.reference) | {"sha256": hashlib.sha256(body).hexdigest()}
    return replace(signed, body=body, reference=json.dumps(reference))


def test_the_service_signs_all_that_the_badge_says_in_its_own_name(issuer, service):
    signed = issue(issuer)
    document, plain = json.loads(signed.body), building.unsigned(a_badge())
    assert document["issuer"] == {**plain["issuer"], "id": service.did}
    assert document["credentialSubject"] == plain["credentialSubject"]
    assert document["credentialStatus"]["statusListCredential"] == "https://service.example/status/1"
    sent = json.loads(service.web.bodies[0])
    assert sent["options"] == {}
    assert "credentialStatus" not in sent["credential"], "our lists are signed by another issuer"


def test_it_is_made_in_the_background_unless_the_city_wants_to_wait(made):
    assert isinstance(made(), BackgroundIssuer)
    assert (made().at_once, made().in_background) == (False, True)
    assert (made(at_once=True).at_once, made(at_once=True).in_background) == (True, False)


@pytest.mark.parametrize("knows_keys", [True, False])
def test_the_same_badge_asked_again_is_issued_once(issuer, service, knows_keys):
    service.knows_keys = knows_keys
    assert issue(issuer) == issue(issuer)
    assert len(service.issued) == 1
    keys = [headers.get("idempotency-key") for path, headers in service.web.requests if path.endswith("/issue")]
    assert keys == [f'"{a_badge().id}"'] * 2


@pytest.mark.parametrize("knows_keys", [True, False])
def test_an_answer_that_got_lost_is_asked_for_again_and_gives_no_second_badge(issuer, service, knows_keys):
    service.knows_keys, service.loses_answers = knows_keys, True
    with pytest.raises(FetchError) as caught:
        issue(issuer)
    assert not caught.value.permanent
    service.loses_answers = False
    assert issuer.verify(issue(issuer), key=None)
    assert len(service.issued) == 1


@pytest.mark.parametrize(("status", "permanent"), [(500, False), (503, False), (429, False), (400, True), (403, True)])
def test_a_service_that_refuses_is_asked_again_where_that_may_help(issuer, service, status, permanent):
    service.status = status
    with pytest.raises(FetchError, match=f"{status}: Not today") as caught:
        issue(issuer)
    assert caught.value.permanent is permanent


def test_a_service_that_is_not_there_or_does_not_know_us_is_told_in_words(made, service):
    with pytest.raises(FetchError, match="401: Who are you"):
        issue(made(token="guess"))
    with pytest.raises(FetchError, match="private network"):
        issue(made(url="http://127.0.0.1:1/"))


@pytest.mark.parametrize(
    "said", [b"", b"<html>", b"[]", b"null", b'{"verifiableCredential":"x"}', b'{"verifiableCredential":{}}', b"\xff"]
)
def test_nonsense_is_no_badge_and_may_pass(issuer, service, said):
    service.nonsense = said
    with pytest.raises(FetchError, match="badge service answered") as caught:
        issue(issuer)
    assert not caught.value.permanent
    service.nonsense = None
    assert issuer.verify(issue(issuer), key=None)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "Another"}, "name differs"),
        ({"id": "https://elsewhere.example/1"}, "id differs"),
        ({"termsOfUse": [{"id": "https://x.example/t", "type": "https://x.example/Policy"}]}, "termsOfUse was added"),
        ({"issuer": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"}, "another issuer"),
    ],
)
def test_a_badge_that_says_something_else_is_not_taken(issuer, service, changes, told):
    service.changes = changes
    with pytest.raises(FetchError, match=told):
        issue(issuer)


def test_a_badge_that_another_key_signed_is_not_taken(made, service):
    other = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
    with pytest.raises(FetchError, match="proof does not hold"):
        issue(made(issuer=other))


def test_the_digest_alone_proves_nothing(issuer):
    signed = issue(issuer)
    document = json.loads(signed.body)
    assert issuer.verify(forged(signed, document), key=None)
    document["credentialSubject"]["narrative"] = "Something else."
    assert issuer.verify(forged(signed, document), key=None) is False
    assert issuer.verify(replace(signed, reference=None), key=None) is False


def test_the_service_is_told_what_does_not_hold_any_more_by_a_reference_that_tells_of_nobody(issuer, service):
    signed = issue(issuer)
    known = json.loads(signed.reference)
    assert known.keys() == {"credentialId", "credentialStatus", "sha256"}
    issuer.revoke("7", replace(signed, body=b""))
    (told,) = service.revoked
    assert told == {
        "credentialId": a_badge().id,
        "status": True,
        "credentialStatus": {
            "id": "https://service.example/status/1#0", "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation", "statusListIndex": "0",
            "statusListCredential": "https://service.example/status/1",
        },
    }  # fmt: skip


def test_what_the_service_does_not_know_needs_no_telling_and_what_it_refuses_is_told_again(issuer, service):
    signed = issue(issuer)
    service.status = 503
    with pytest.raises(FetchError):
        issuer.revoke(a_badge().id, signed)
    service.status = None
    service.issued.clear()
    issuer.revoke(a_badge().id, signed)
    issuer.revoke(a_badge().id, replace(signed, reference=None))
    assert service.revoked == []


def test_a_service_that_names_no_entry_is_told_the_purpose(issuer, service):
    service.changes = {"credentialStatus": []}
    issuer.revoke(a_badge().id, issue(issuer))
    assert service.revoked[0]["credentialStatus"] == {
        "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
    }  # fmt: skip


def test_a_slow_service_takes_its_time_and_no_more(issuer, service):
    service.delay_s = 0.3
    begun = time.monotonic()
    assert issue(issuer)
    assert 0.3 <= time.monotonic() - begun < 5


def test_what_nobody_would_read_the_same_way_is_not_even_sent(issuer, service):
    with pytest.raises(InvalidInput, match="control characters"):
        issue(issuer, a_badge(narrative="\x07"))
    assert service.number_asked == 0


def test_what_came_back_holds_for_other_readers_of_the_standard(issuer, service):
    document = json.loads(issue(issuer).body)
    (proof,) = data_integrity.read_proofs(document)
    assert data_integrity.holds(document, proof, service.key.public)


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"url": "ftp://x.example"}, "url"),
        ({"issuer": "did:elsewhere:1"}, "issuer"),
        ({"at_once": "perhaps"}, "at_once"),
        ({"tokn": "x"}, "tokn"),
    ],
)
def test_a_wrong_setting_is_named(settings, key):
    right = {"url": "https://service.example/issuers/1", "issuer": "did:web:service.example"}
    assert Settings().load(right) == right | {"token": "", "at_once": False}
    with pytest.raises(ValidationError) as caught:
        Settings().load(right | settings)
    assert set(caught.value.messages) == {key}
