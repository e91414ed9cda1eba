"""Both kinds of HTTP signatures and the proofs within activities, without a network."""

import base64
import hashlib
from datetime import timedelta

import pytest

from col_core.badges.credentials.records import KeyKind
from col_core.base.errors import Unauthenticated
from col_core.federation.fediverse import cavage, message_signatures, proofs
from col_core.federation.fediverse.signed import Arrived
from col_core.testing.clock import START

from .conftest import AS, key

URL, BODY = "https://city.example/ap/inbox", b'{"type":"Follow"}'
KEY_ID = "https://them.example/actor#main-key"
KINDS = [cavage, message_signatures]


def arrived(how, *, url=URL, body=BODY, signer=None, **changes):
    signer = signer or key().signer(KEY_ID)
    made = {name.lower(): value for name, value in how.sign("POST", URL, BODY, signer, now=START).items()}
    headers = {**made, "host": "city.example"} | changes
    return Arrived(method="POST", url=url, headers={k: v for k, v in headers.items() if v is not None}, body=body)


def holds(how, request, *, now=START, public=None):
    try:
        claim = how.read(request, now=now)
    except Unauthenticated:
        return False
    assert claim.key_id == KEY_ID
    return claim.holds(public or key().public)


@pytest.mark.parametrize("how", KINDS)
def test_what_was_signed_is_believed(how):
    assert holds(how, arrived(how))


@pytest.mark.parametrize("how", KINDS)
def test_what_somebody_else_signed_is_not(how):
    assert not holds(how, arrived(how, signer=key(KeyKind.RSA, 1).signer(KEY_ID)))
    assert not holds(how, arrived(how), public=key(KeyKind.ED25519).public)


@pytest.mark.parametrize("how", KINDS)
@pytest.mark.parametrize(
    "url", ["https://city.example/ap/outbox", "https://other.example/ap/inbox", "https://city.example/ap/inbox?x=1"]
)
def test_what_was_signed_for_another_address_is_not(how, url):
    changes = {"host": "other.example"} if "other" in url else {}
    assert not holds(how, arrived(how, url=url, **changes))


@pytest.mark.parametrize("how", KINDS)
def test_another_body_is_not_what_was_signed(how):
    assert not holds(how, arrived(how, body=BODY + b" "))


@pytest.mark.parametrize("how", KINDS)
def test_an_old_signature_and_one_of_the_future_are_not_believed(how):
    for span in (timedelta(hours=2), timedelta(hours=-2), timedelta(days=4000)):
        assert not holds(how, arrived(how), now=START + span)


def test_a_digest_that_was_put_in_the_place_of_the_signed_one_is_noticed():
    body = b"other"
    digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
    assert not holds(cavage, arrived(cavage, body=body, digest=digest))


@pytest.mark.parametrize("left_out", ["(request-target)", "host", "date", "digest"])
def test_what_must_be_signed_cannot_be_left_out(left_out):
    signer = key().signer(KEY_ID)
    whole = arrived(cavage)
    names = [each for each in ("(request-target)", "host", "date", "digest") if each != left_out]
    lines = {"(request-target)": "post /ap/inbox", **{name: whole.headers.get(name) for name in names}}
    text = "\n".join(f"{name}: {lines[name]}" for name in names)
    signature = base64.b64encode(signer.sign(text.encode())).decode()
    said = f'keyId="{KEY_ID}",algorithm="rsa-sha256",headers="{" ".join(names)}",signature="{signature}"'
    with pytest.raises(Unauthenticated, match=r"must cover"):
        cavage.read(arrived(cavage, signature=said), now=START)


def test_date_alone_is_not_enough_where_no_headers_are_named():
    signature = base64.b64encode(key().signer(KEY_ID).sign(b"date: x")).decode()
    with pytest.raises(Unauthenticated):
        cavage.read(arrived(cavage, signature=f'keyId="{KEY_ID}",signature="{signature}"'), now=START)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "x",
        'keyId="a"' * 2_000,
        'keyId="a",keyId="b"',
        'keyId="https://a",algorithm="hmac-sha256",headers="date",signature="eA=="',
        'keyId="https://a",algorithm="none",headers="date",signature=""',
        'keyId="https://a\\"b",headers="date"',
    ],
)
def test_a_header_that_cannot_be_read_is_refused(signature):
    with pytest.raises(Unauthenticated):
        cavage.read(arrived(cavage, signature=signature), now=START)


def test_the_name_hs2019_stands_for_the_same():
    request = arrived(cavage)
    assert holds(cavage, arrived(cavage, signature=request.headers["signature"].replace("rsa-sha256", "hs2019")))


@pytest.mark.parametrize(
    "changes",
    [
        {"created": "1767787200", "expires": "1"},
        {"expires": "x"},
        {"created": "1"},
    ],
)
def test_an_expired_signature_is_refused(changes):
    said = arrived(cavage).headers["signature"]
    more = "".join(f',{name}="{value}"' for name, value in changes.items())
    with pytest.raises(Unauthenticated):
        cavage.read(arrived(cavage, signature=said + more), now=START)


@pytest.mark.parametrize(
    "changes",
    [
        {"content-digest": None},
        {"content-digest": "sha-256=:AAAA:"},
        {"signature-input": "x"},
        {"signature-input": "sig1=()"},
        {"signature-input": 'sig1=("@method");created=1'},
        {"signature-input": "sig1=" + "(" * 5_000},
        {"signature": "sig2=:AAAA:"},
    ],
)
def test_what_is_not_whole_by_the_standard_is_refused(changes):
    assert not holds(message_signatures, arrived(message_signatures, **changes))


def test_by_the_standard_the_method_the_address_and_the_digest_must_be_covered():
    from http_message_signatures import HTTPMessageSigner

    from col_core.federation.fediverse.message_signatures import _algorithm, _Message

    signer = key().signer(KEY_ID)
    for covered in (("@method", "content-digest"), ("@target-uri", "content-digest"), ("@method", "@target-uri")):
        headers = {"content-digest": arrived(message_signatures).headers["content-digest"]}
        message = _Message("POST", URL, headers)
        made = HTTPMessageSigner(signature_algorithm=_algorithm(KeyKind.RSA))
        ready = made.prepare(
            message, key_id=KEY_ID, created=START, covered_component_ids=covered, use_existing_digest=True
        )
        made.apply(message, ready, signer.sign(ready.signature_base))
        request = Arrived(method="POST", url=URL, headers={k.lower(): v for k, v in headers.items()}, body=BODY)
        assert not holds(message_signatures, request)


def proven(**changes):
    signer = key(KeyKind.ED25519).signer("https://them.example/actor#ed")
    said = {"@context": [AS], "id": "https://them.example/1", "type": "Note", "content": "č", "latitude": 46.05}
    return proofs.sign(said | changes, signer, created=START)


KEYS = {"https://them.example/actor#ed": key(KeyKind.ED25519).public}


def test_a_proof_holds_as_long_as_nothing_of_what_it_is_about_changes():
    assert proofs.holds(proven(), KEYS, now=START) is True
    assert proofs.holds({**proven(), "content": "x"}, KEYS, now=START) is False
    assert proofs.holds({**proven(), "@context": "x"}, KEYS, now=START) is False


def test_a_signature_of_older_servers_beside_it_is_no_part_of_what_is_proven():
    assert proofs.holds({**proven(), "signature": {"type": "RsaSignature2017"}}, KEYS, now=START) is True


def test_a_proof_whose_context_was_left_out_on_the_way_holds():
    said = proven()
    bare = {name: value for name, value in said["proof"].items() if name != "@context"}
    assert proofs.holds({**said, "proof": bare}, KEYS, now=START) is True


def test_a_proof_by_nobody_known_says_nothing_and_one_of_the_future_does_not_hold():
    assert proofs.holds(proven(), {}, now=START) is None
    assert proofs.holds({"type": "Note"}, KEYS, now=START) is None
    assert proofs.holds(proven(), KEYS, now=START - timedelta(days=2)) is False
    other = {"https://them.example/actor#ed": key(KeyKind.ED25519, 1).public}
    assert proofs.holds(proven(), other, now=START) is False


@pytest.mark.parametrize("proof", [None, [], "x", {}, {"type": "x"}, [{}] * 50])
def test_what_is_no_proof_does_not_hold(proof):
    assert proofs.holds({**proven(), "proof": proof}, KEYS, now=START) is False
