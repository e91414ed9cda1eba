import threading

import pytest

from col_core.badges.credentials import issuer_documents
from col_core.badges.credentials.records import KeyKind
from col_core.badges.keyring import documents
from col_core.badges.keyring.identities import Identities
from col_core.badges.keyring.keyring import Keyring
from col_core.badges.keyring.sealing import Box
from col_core.badges.keyring.tables import IssuerKeyRow
from col_core.base.config import load_city
from col_core.base.errors import ConfigError, Conflict, NotFound
from col_core.organisers import directory
from col_core.testing.towns import write_town

DID = "did:web:city.example"


@pytest.fixture
def keyring(clock):
    return Keyring(Box("s" * 40), clock=clock)


def a_signer(database, keyring, kind=KeyKind.ED25519):
    with database.write() as session:
        return keyring.signer(session, issuer="city", did=DID, kind=kind)


@pytest.mark.parametrize("kind", KeyKind)
def test_a_key_is_made_when_it_is_first_needed_and_stays(database, keyring, kind):
    signer, key = a_signer(database, keyring, kind)
    again, same = a_signer(database, keyring, kind)
    assert key == same
    assert signer.method.startswith(f"{DID}#")
    assert key.public.verifies(again.sign(b"tea"), b"tea")
    assert not key.public.verifies(again.sign(b"tea"), b"coffee")


def test_private_keys_lie_encrypted_and_each_in_its_own_place(database, keyring, clock):
    a_signer(database, keyring)
    a_signer(database, keyring, KeyKind.P256)
    with database.write() as session:
        one, other = session.query(IssuerKeyRow).all()
        assert b"PRIVATE" not in one.sealed
        one.sealed, other.sealed = other.sealed, one.sealed
    with pytest.raises(ConfigError, match="another secret"):
        a_signer(database, keyring)


def test_with_another_secret_no_key_opens_and_the_error_says_what_to_put_back(database, keyring, clock):
    a_signer(database, keyring)
    with pytest.raises(ConfigError, match="Put back the COL_BADGE_KEY"):
        a_signer(database, Keyring(Box("t" * 40), clock=clock))


def test_keys_are_moved_under_another_secret(database, keyring, clock):
    _, key = a_signer(database, keyring)
    moved = Keyring(Box("t" * 40), clock=clock)
    with database.write() as session:
        assert moved.reseal(session, before=Box("s" * 40)) == 1
    assert a_signer(database, moved)[1] == key


def test_a_rotated_key_signs_no_more_and_stays_in_the_document(database, keyring, clock, tmp_path):
    old, old_key = a_signer(database, keyring)
    clock.advance(days=1)
    with database.write() as session:
        keyring.rotate(session, issuer="city", kind=KeyKind.ED25519)
    new, new_key = a_signer(database, keyring)
    assert old.method != new.method
    city = Identities(load_city(write_town(tmp_path / "town"))).city()
    with database.read() as session:
        document = documents.did_document(session, city, keyring=keyring)
    listed = issuer_documents.keys_in(document, issuer=city.did)
    assert {each.key.multibase() for each in listed.values()} == {
        old_key.public.multibase(),
        new_key.public.multibase(),
    }
    assert {each.expires for each in listed.values()} == {None, clock.now()}


def test_two_who_sign_first_at_once_make_one_key(database, keyring):
    made = []
    hands = [threading.Thread(target=lambda: made.append(a_signer(database, keyring)[1].id)) for _ in range(8)]
    for each in hands:
        each.start()
    for each in hands:
        each.join(30)
    assert len(made) == 8
    assert len(set(made)) == 1


def test_a_key_that_was_given_up_signs_no_more_and_proves_nothing(database, keyring, tmp_path):
    _, lost = a_signer(database, keyring)
    with database.write() as session:
        keyring.compromise(session, lost.id)
        with pytest.raises(Conflict, match="given up"):
            keyring.compromise(session, lost.id)
        with pytest.raises(NotFound):
            keyring.compromise(session, "key-0")
    assert a_signer(database, keyring)[1].id != lost.id
    city = Identities(load_city(write_town(tmp_path / "town"))).city()
    with database.read() as session:
        document = documents.did_document(session, city, keyring=keyring)
    assert len(document["assertionMethod"]) == 1
    assert len(document["verificationMethod"]) == 2


def test_an_organisation_is_named_below_its_city(database, clock, tmp_path):
    identities = Identities(load_city(write_town(tmp_path / "town", base_url="http://localhost:8001")))
    with database.write() as session:
        directory.find_or_create(session, ["Mladinski center"], clock=clock)
        found = identities.by_slug(session, "mladinski-center")
        assert identities.of(session, found.key) == found
        assert identities.of(session, "nobody") is None
    assert found.did == "did:web:localhost%3A8001:organisations:mladinski-center"
    assert identities.city().did == "did:web:localhost%3A8001"
