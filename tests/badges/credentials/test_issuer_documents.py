from datetime import UTC, datetime

import pytest

from col_core.badges.credentials import dids
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.issuer_documents import HeldKey, document, key_set, keys_in, keys_in_set
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.records import KeyKind

DID = "did:web:city.example"
ROTATED = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def held(keys):
    old, stolen = PrivateKey.made(KeyKind.ED25519), PrivateKey.made(KeyKind.ED25519)
    return {
        "current": HeldKey(key=keys[KeyKind.ED25519].public),
        "rsa": HeldKey(key=keys[KeyKind.RSA].public),
        "old": HeldKey(key=old.public, retired=ROTATED),
        "stolen": HeldKey(key=stolen.public, revoked=ROTATED),
    }


@pytest.fixture(scope="module")
def listed(held):
    found = keys_in(document(DID, list(held.values())), issuer=DID)
    return {name: found[dids.method_id(DID, each.key)] for name, each in held.items()}


def test_a_document_tells_the_history_of_its_keys(held, listed):
    assert {name: each.key for name, each in listed.items()} == {name: each.key for name, each in held.items()}
    assert [name for name, each in listed.items() if "assertionMethod" in each.purposes] == ["current", "rsa", "old"]
    assert [name for name, each in listed.items() if each.revoked] == ["stolen"]
    assert {name: each.expires for name, each in listed.items() if each.expires} == {"old": ROTATED}


def test_a_rotated_key_does_not_expire_for_others(held):
    made = document(DID, list(held.values()), also_known_as=["https://city.example"])
    assert not any("expires" in each for each in made["verificationMethod"])
    assert made["alsoKnownAs"] == ["https://city.example"]


def test_the_document_of_another_is_not_trusted(held):
    made = document(DID, list(held.values()))
    for issuer in ("did:web:evil.example", "did:web:city.example:library", ""):
        with pytest.raises(Unreadable):
            keys_in(made, issuer=issuer)
    with pytest.raises(Unreadable):
        keys_in({}, issuer=DID)


def test_keys_of_others_odd_ones_and_doubtful_ones_are_left_out(keys):
    public, other = keys[KeyKind.ED25519].public, keys[KeyKind.P256].public
    good = {
        "id": "#one",
        "type": "Ed25519VerificationKey2020",
        "controller": DID,
        "publicKeyMultibase": public.multibase(),
    }
    methods = [
        good,
        {**good, "id": f"{DID}#theirs", "controller": "did:web:evil.example"},
        {**good, "id": "did:web:evil.example#x"},
        {**good, "id": f"{DID}#unread", "publicKeyMultibase": "z6Mk"},
        {**good, "id": f"{DID}#type", "type": "X509"},
        {**good, "id": f"{DID}#date", "revoked": "yesterday"},
        {**good, "id": f"{DID}#twice"},
        {**good, "id": f"{DID}#twice", "publicKeyMultibase": other.multibase()},
        {**good, "id": 7},
        "nothing",
        7,
    ]
    jwk = {"id": f"{DID}#jwk", "type": "JsonWebKey2020", "controller": DID, "publicKeyJwk": other.jwk()}
    found = keys_in({"id": DID, "verificationMethod": methods, "assertionMethod": ["#one", jwk]}, issuer=DID)
    assert {name: each.key for name, each in found.items()} == {f"{DID}#one": public, f"{DID}#jwk": other}
    assert all(each.purposes == {"assertionMethod"} for each in found.values())


def test_a_vast_document_is_refused():
    with pytest.raises(Unreadable):
        keys_in({"id": DID, "verificationMethod": [{}] * 1000}, issuer=DID)


def test_a_key_set_names_its_issuer(held):
    made = key_set(DID, list(held.values()))
    found = keys_in_set(made, issuer=DID)
    assert {each.key for each in found.values()} == {held[each].key for each in ("current", "rsa", "old")}
    assert keys_in_set(made, issuer="did:web:evil.example") == {}
    assert keys_in_set({"keys": [{}, 7, {"kid": 1}]}, issuer=DID) == {}
