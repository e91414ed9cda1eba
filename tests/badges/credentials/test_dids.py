import pytest

from col_core.badges.credentials import dids, issuer_documents
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import KeyKind
from col_core.testing.issuing import jwk_did


@pytest.mark.parametrize(
    ("address", "did", "document"),
    [
        ("https://city.example", "did:web:city.example", "https://city.example/.well-known/did.json"),
        ("https://city.example/", "did:web:city.example", "https://city.example/.well-known/did.json"),
        (
            "https://city.example:8443/issuers/library",
            "did:web:city.example%3A8443:issuers:library",
            "https://city.example:8443/issuers/library/did.json",
        ),
        (
            "https://xn--mesto-9ua.example/a",
            "did:web:xn--mesto-9ua.example:a",
            "https://xn--mesto-9ua.example/a/did.json",
        ),
    ],
)
def test_an_address_and_its_did_web_lead_to_each_other(address, did, document):
    assert dids.web_did(address) == did
    assert dids.document_address(did) == document


@pytest.mark.parametrize(
    "address", ["ftp://x.example", "https://x.example/?a", "https://u@x.example", "https:///a", "x"]
)
def test_other_addresses_have_no_did(address):
    with pytest.raises(ValueError, match="is no address"):
        dids.web_did(address)


@pytest.mark.parametrize(
    "did",
    [
        "did:web:", "did:web:a@b", "did:web:x.example%2F..", "did:web:x.example:..:etc", "did:web:x.example%3A",
        "did:web:x/y", "did:web:x.example%3A99999999", "did:web:x.example:a%2Fb", "did:web:x.example:", "did:key:z6Mk", "https://x.example",
    ],
)  # fmt: skip
def test_no_did_web_leads_astray(did):
    with pytest.raises(Unreadable):
        dids.document_address(did)


@pytest.mark.parametrize("kind", [KeyKind.ED25519, KeyKind.P256, KeyKind.RSA])
def test_did_key_and_did_jwk_hold_their_own_key(keys, kind):
    public = keys[kind].public
    for did in (dids.key_did(public), jwk_did(public)):
        assert dids.is_of_itself(did)
        (listed,) = issuer_documents.keys_in(dids.own_document(did), issuer=did).values()
        assert listed.key == public
        assert "assertionMethod" in listed.purposes


@pytest.mark.parametrize(
    "did", ["did:key:", "did:key:z6Mk", "did:jwk:", "did:jwk:e30", "did:jwk:!", "did:web:x.example"]
)
def test_a_did_without_a_key_is_refused(did):
    with pytest.raises(Unreadable):
        dids.own_document(did)


def test_a_method_is_named_by_its_key_and_the_name_is_short(keys):
    for key in keys.values():
        name = dids.method_id("did:web:x.example", key.public)
        assert name == dids.method_id("did:web:x.example", PublicKey.of_jwk(key.public.jwk()))
        assert len(name) < 100
    assert dids.method_id("did:web:x.example", keys[KeyKind.ED25519].public).partition("#")[2].startswith("z6Mk")
