import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from joserfc import jws
from joserfc.jwk import import_key

from col_core.badges.credentials import base64url, building, jwt
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.records import HashedEmail, KeyKind, Recipient
from col_core.testing.badges import a_badge

KINDS = [(KeyKind.RSA, "RS256"), (KeyKind.P256, "ES256"), (KeyKind.ED25519, "EdDSA")]


@pytest.fixture
def document():
    return building.unsigned(a_badge(valid_until=datetime(2036, 1, 7, tzinfo=UTC)))


@pytest.fixture
def token(document, signers):
    return jwt.sign(document, signers[KeyKind.RSA])


def made(header, payload, key, *, signature=None):
    """Return a token signed by `key`, whatever it says."""
    parts = (each if isinstance(each, bytes) else json.dumps(each).encode() for each in (header, payload))
    signed = ".".join(base64url.encoded(each) for each in parts)
    signature = key.signer("m").sign(signed.encode()) if signature is None else signature
    return f"{signed}.{base64url.encoded(signature)}"


def refused(token):
    with pytest.raises(Unreadable) as caught:
        jwt.read(token)
    return caught.value.reason


@pytest.mark.parametrize(("kind", "alg"), KINDS)
def test_a_token_is_signed_read_and_holds(document, keys, signers, kind, alg):
    token = jwt.read(jwt.sign(document, signers[kind]))
    assert (token.alg, token.kid, token.jwk) == (alg, signers[kind].method, None)
    assert set(token.header) == {"alg", "kid", "typ"}
    assert token.credential == document
    assert {name: token.payload[name] for name in ("iss", "jti", "sub", "nbf", "exp")} == {
        "iss": document["issuer"]["id"],
        "jti": document["id"],
        "sub": document["credentialSubject"]["id"],
        "nbf": 1767787200,
        "exp": 2083276800,
    }
    assert jwt.holds(token, keys[kind].public)
    assert not jwt.holds(token, PrivateKey.made(kind).public)
    assert not any(jwt.holds(token, key.public) for other, key in keys.items() if other != kind)


@pytest.mark.parametrize(("kind", "alg"), KINDS)
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # joserfc prefers its newer name; badges of today say EdDSA
def test_another_library_verifies_it(document, keys, signers, kind, alg):
    token = jwt.sign(document, signers[kind])
    read = jws.deserialize_compact(token, import_key(keys[kind].public.jwk()), algorithms=[alg])
    assert json.loads(read.payload)["name"] == document["name"]


@pytest.mark.parametrize(("kind", "alg"), KINDS)
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_what_another_library_signs_is_verified(keys, token, kind, alg):
    pem = keys[kind]._key.private_bytes(*pem_format())
    key = import_key(pem, "RSA" if kind == KeyKind.RSA else "EC" if kind == KeyKind.P256 else "OKP")
    theirs = jws.serialize_compact({"alg": alg}, json.dumps(jwt.read(token).payload), key, algorithms=[alg])
    assert jwt.holds(jwt.read(theirs), keys[kind].public)


def pem_format():
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()


def test_no_algorithm_and_hmacs_are_refused(keys, token):
    payload = jwt.read(token).payload
    key = keys[KeyKind.RSA]
    for alg in ("none", "None", "NONE", "HS256", "HS512", "RS1", "PS256", "ES384", "", None, 7, ["RS256"]):
        assert refused(made({"alg": alg}, payload, key)) == "alg"
    assert refused(made({}, payload, key)) == "alg"
    assert refused(made({"alg": "none"}, payload, key, signature=b"")) == "alg"
    # The public key as the secret of an HMAC, the confusion of old libraries (RFC 8725, section 2.1).
    signed = made({"alg": "RS256"}, payload, key).rpartition(".")[0]
    mark = hmac.digest(key.public.raw, signed.encode(), hashlib.sha256)
    assert not jwt.holds(jwt.read(f"{signed}.{base64url.encoded(mark)}"), key.public)


def test_an_algorithm_that_does_not_fit_the_key_does_not_hold(keys, token):
    payload = jwt.read(token).payload
    for kind, _ in KINDS:
        for _, alg in KINDS:
            read = jwt.read(made({"alg": alg}, payload, keys[kind]))
            assert jwt.holds(read, keys[kind].public) == ((kind, alg) in KINDS)


def test_the_key_in_the_header_must_fit_and_not_be_private(keys, token):
    payload, key = jwt.read(token).payload, keys[KeyKind.RSA]
    read = jwt.read(made({"alg": "RS256", "jwk": key.public.jwk()}, payload, key))
    assert read.jwk == key.public
    assert jwt.holds(read, key.public)
    evil = PrivateKey.made(KeyKind.RSA)
    forged = jwt.read(made({"alg": "RS256", "jwk": evil.public.jwk()}, payload, evil))
    assert not jwt.holds(forged, key.public)
    assert refused(made({"alg": "RS256", "jwk": keys[KeyKind.P256].public.jwk()}, payload, key)) == "alg"
    assert refused(made({"alg": "RS256", "jwk": {**key.public.jwk(), "d": "AA"}}, payload, key)) == "key"
    assert refused(made({"alg": "RS256", "jwk": {"kty": "oct", "k": "AA"}}, payload, key)) == "key"


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["exp"]}, {"crit": []}, {"b64": False}, {"b64": True}, {"kid": 7}, {"typ": "at+jwt"}, {"typ": 7},
    ],
)  # fmt: skip
def test_critical_extensions_and_other_kinds_of_tokens_are_refused(keys, token, header):
    assert refused(made({"alg": "RS256", **header}, jwt.read(token).payload, keys[KeyKind.RSA])) == "jwt"


def test_names_that_stand_twice_are_refused(keys, token):
    payload = json.dumps(jwt.read(token).payload)
    key = keys[KeyKind.RSA]
    assert refused(made(b'{"alg":"RS256","alg":"RS256"}', payload.encode(), key)) == "jwt"
    twice = payload[:-1] + ', "iss": "did:web:evil.example"}'
    assert refused(made({"alg": "RS256"}, twice.encode(), key)) == "jwt"


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "e30.e30.",
        "č.č.č",
        b"\xff",
        "{}",
        '{"payload":"","signatures":[{},{}]}',
        "e30.e30.e30.e30",
    ],
)
def test_what_is_no_compact_token_is_refused(text):
    assert refused(text) in ("jwt", "alg")


def test_a_token_is_written_in_one_way_only(token):
    head, body, signature = token.split(".")
    for other in (f" {token}", f"{token}\n", f"{token}=", f"{head}=.{body}.{signature}", f"{token}.{signature}"):
        assert refused(other) == "jwt"
    # The last letter of a signature has bits that stand for nothing.
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = letters[letters.index(signature[-1]) ^ 1]
    if len(signature) % 4:
        assert refused(f"{head}.{body}.{signature[:-1]}{last}") == "jwt"


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "did:web:evil.example"}, {"iss": None}, {"jti": "urn:uuid:9"}, {"jti": None}, {"sub": "urn:uuid:9"},
        {"sub": None}, {"nbf": 0}, {"nbf": None}, {"nbf": True}, {"nbf": "1767787200"}, {"exp": 0}, {"exp": "never"},
        {"credentialSubject": []}, {"credentialSubject": None}, {"issuer": 7}, {"id": None}, {"validFrom": "x"},
        {"vc": 7}, {"vc": {}}, {"validUntil": 7},
    ],
)  # fmt: skip
def test_claims_that_disagree_with_the_badge_are_refused(keys, token, change):
    payload = {**jwt.read(token).payload, **change}
    without = {name: value for name, value in payload.items() if value is not None}
    for each in (payload, without):
        assert refused(made({"alg": "RS256"}, each, keys[KeyKind.RSA])) in ("claims", "date", "jwt")


def test_a_badge_of_an_address_alone_has_no_subject(signers, keys):
    badge = a_badge(recipient=Recipient(id="urn:uuid:1", email=HashedEmail(digest_hex="ab", salt="x")))
    document = building.unsigned(badge)
    del document["credentialSubject"]["id"]
    token = jwt.read(jwt.sign(document, signers[KeyKind.RSA]))
    assert "sub" not in token.payload
    assert token.credential == document


def test_an_end_that_only_the_claims_know_counts(keys, token):
    payload = dict(jwt.read(token).payload)
    del payload["validUntil"]
    read = jwt.read(made({"alg": "RS256"}, payload, keys[KeyKind.RSA]))
    assert read.credential["validUntil"] == "2036-01-07T00:00:00Z"


def test_a_badge_on_verifiable_credentials_1_1_is_read(keys):
    credential = {
        "@context": ["https://www.w3.org/2018/credentials/v1"], "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:web:x.example"}, "credentialSubject": {"type": ["AchievementSubject"]},
    }  # fmt: skip
    claims = {"iss": "did:web:x.example", "jti": "urn:uuid:1", "sub": "urn:uuid:2", "nbf": 0, "exp": 10}
    full = {**credential, "id": "urn:uuid:1", "issuanceDate": "1970-01-01T00:00:00Z"}
    read = jwt.read(made({"alg": "RS256"}, {**claims, "vc": full}, keys[KeyKind.RSA])).credential
    assert read["expirationDate"] == "1970-01-01T00:00:10Z"
    assert read["credentialSubject"]["id"] == "urn:uuid:2"
    assert (
        jwt.read(made({"alg": "RS256"}, {**claims, "vc": credential}, keys[KeyKind.RSA])).credential["id"]
        == "urn:uuid:1"
    )
    other = {**full, "issuer": "did:web:evil.example"}
    assert refused(made({"alg": "RS256"}, {**claims, "vc": other}, keys[KeyKind.RSA])) == "claims"
