import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import KeyKind, Signer

KINDS = list(KeyKind)


def pkcs8(key):
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_is_stored_and_lent(keys, kind):
    key = keys[kind]
    again = PrivateKey.of_pkcs8(key.pkcs8())
    signer: Signer = again.signer("did:web:x.example#1")
    signature = signer.sign(b"data")
    assert (signer.kind, signer.method, again.public) == (kind, "did:web:x.example#1", key.public)
    assert key.public.verifies(signature, b"data")
    assert not key.public.verifies(signature, b"Data")
    assert not key.public.verifies(signature[:-1], b"data")
    assert not key.public.verifies(b"", b"data")


@pytest.mark.parametrize("kind", KINDS)
def test_a_public_key_reads_what_it_writes(keys, kind):
    public = keys[kind].public
    assert PublicKey.of_multibase(public.multibase()) == public
    assert PublicKey.of_jwk(public.jwk()) == public
    assert PublicKey.of_jwk({**public.jwk(), "alg": "RS256", "kid": "1", "use": "sig"}) == public


@pytest.mark.parametrize("kind", KINDS)
def test_the_private_half_is_shown_nowhere(keys, kind):
    key = keys[kind]
    shown = repr(key) + repr(key.signer("m")) + repr(key.public) + str(key.public.jwk())
    assert "d" not in key.public.jwk()
    assert key.pkcs8().hex() not in shown


def test_the_thumbprint_is_that_of_the_standard():
    # RFC 8037, appendix A.3
    public = PublicKey.of_jwk({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
    assert public.thumbprint() == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_prefixes_are_those_of_the_multicodec_table(keys):
    # Controlled Identifiers 1.0, section 2.2.2
    assert keys[KeyKind.ED25519].public.multibase().startswith("z6Mk")
    assert keys[KeyKind.P256].public.multibase().startswith("zDn")


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        "",
        "z",
        "z6Mk",
        "6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi",
        "z1111",
        "zQ3shokFTS3brHcDQrn82RUDfCZ",
    ],
)
def test_what_is_no_multikey_is_refused(text):
    with pytest.raises(Unreadable):
        PublicKey.of_multibase(text)


def test_keys_that_are_too_weak_or_of_another_kind_are_refused(keys):
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    with pytest.raises(Unreadable):
        PublicKey.of_rsa(weak.public_key())
    for other in (weak, ec.generate_private_key(ec.SECP384R1()), x25519.X25519PrivateKey.generate()):
        with pytest.raises(Unreadable):
            PrivateKey.of_pkcs8(pkcs8(other))
    with pytest.raises(Unreadable):
        PrivateKey.of_pkcs8(b"")


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "oct", "k": "AA"},
        {"d": "AA"},
        {"x": "AA"},
        {"x": 7},
        {"x": None},
        {"crv": "X25519"},
        {"kty": "EC", "crv": "P-256", "y": "AA"},
        {"kty": "RSA", "n": "AQ", "e": "AQAB"},
        {"kty": "RSA", "n": "A" * 100_000, "e": "AQAB"},
    ],
)
def test_what_is_no_key_or_shows_its_private_half_is_refused(keys, change):
    with pytest.raises(Unreadable):
        PublicKey.of_jwk({**keys[KeyKind.ED25519].public.jwk(), **change})


def test_an_rsa_key_with_an_exponent_of_one_is_refused(keys):
    with pytest.raises(Unreadable):
        PublicKey.of_jwk({**keys[KeyKind.RSA].public.jwk(), "e": "AQ"})


def test_a_point_off_the_curve_is_refused(keys):
    jwk = keys[KeyKind.P256].public.jwk()
    with pytest.raises(Unreadable):
        PublicKey.of_jwk({**jwk, "y": jwk["x"]})


def test_an_ed25519_signature_is_deterministic(keys):
    signer = keys[KeyKind.ED25519].signer("m")
    assert len({hashlib.sha256(signer.sign(b"x")).digest() for _ in range(3)}) == 1
