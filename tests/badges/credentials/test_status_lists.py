import gzip
import time
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.badges.credentials import base64url, data_integrity, jsonld, status_lists
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.records import BitstringEntry, KeyKind, RevocationListEntry
from col_core.badges.credentials.status_lists import Bitstring
from col_core.testing.badges import ISSUER

URL = "https://city.example/status/7"
FROM, UNTIL = datetime(2026, 1, 7, tzinfo=UTC), datetime(2026, 1, 8, tzinfo=UTC)


def credential(*indexes, purpose="revocation"):
    bits = Bitstring()
    for each in indexes:
        bits.set(each)
    return status_lists.bitstring_credential(
        url=URL, issuer=ISSUER.id, purpose=purpose, bits=bits, valid_from=FROM, valid_until=UNTIL
    )


@given(st.sets(st.integers(0, 131_071), max_size=20))
def test_bits_survive_being_packed(indexes):
    bits = Bitstring()
    for each in indexes:
        bits.set(each)
    read = Bitstring.decoded(bits.encoded())
    assert all(read[each] for each in indexes)
    assert sum(read[each] for each in range(0, len(read), 97)) == sum(each % 97 == 0 for each in indexes)
    assert read.encoded() == bits.encoded()


def test_the_first_bit_is_the_highest_of_the_first_byte():
    bits = Bitstring()
    bits.set(0)
    bits.set(9)
    bits.set(9, False)
    assert gzip.decompress(base64url.decoded(bits.encoded()[1:]))[:2] == b"\x80\x00"
    for beyond in (-1, 131_072):
        with pytest.raises(IndexError):
            bits.set(beyond)
        with pytest.raises(IndexError):
            bits[beyond]
    for size in (1_000, 131_073):
        with pytest.raises(ValueError, match="at least"):
            Bitstring(entries=size)


def test_a_list_is_signed_and_read(keys, signers):
    signed = data_integrity.sign(credential(7), signers[KeyKind.ED25519], created=FROM)
    (proof,) = data_integrity.read_proofs(signed)
    assert data_integrity.holds(signed, proof, keys[KeyKind.ED25519].public)
    read = status_lists.read_bitstring(signed)
    assert (read.url, read.issuer, read.valid_from, read.valid_until) == (URL, ISSUER.id, FROM, UNTIL)
    assert [status_lists.is_set(read, BitstringEntry(list_url=URL, index=each)) for each in (6, 7, 8)] == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "entry",
    [
        BitstringEntry(list_url=URL, index=7, purpose="suspension"),
        BitstringEntry(list_url="https://city.example/status/8", index=7),
        BitstringEntry(list_url=URL, index=131_072),
    ],
)
def test_a_list_does_not_speak_of_what_is_not_in_it(entry):
    with pytest.raises(Unreadable):
        status_lists.is_set(status_lists.read_bitstring(credential(7)), entry)


def packed(data):
    return f"u{base64url.encoded(gzip.compress(data, mtime=0))}"


def test_a_list_that_unpacks_to_much_is_refused_in_little_time():
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join(bomb.compress(bytes(1_000_000)) for _ in range(500)) + bomb.flush()
    before = time.process_time()
    with pytest.raises(Unreadable, match="longer"):
        Bitstring.decoded(f"u{base64url.encoded(data)}")
    assert time.process_time() - before < 1


@pytest.mark.parametrize(
    "text",
    [
        None, 7, "", "u", "z1", packed(b""), packed(bytes(100)), packed(bytes(16_384))[:-8], "uAAAA",
        f"u{base64url.encoded(gzip.compress(bytes(16_384)) * 2)}", packed(bytes(16_384))[1:],
        f"u{base64url.encoded(zlib.compress(bytes(16_384)))}", "u" + "A" * 3_000_000,
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused(text):
    with pytest.raises(Unreadable):
        Bitstring.decoded(text)


@pytest.mark.parametrize(
    "change",
    [
        {"type": ["VerifiableCredential"]}, {"issuer": None}, {"issuer": {}}, {"credentialSubject": None},
        {"credentialSubject": {"type": "StatusList2021", "encodedList": packed(bytes(16_384))}}, {"validUntil": "soon"},
    ],
)  # fmt: skip
def test_another_credential_is_no_list(change):
    with pytest.raises(Unreadable):
        status_lists.read_bitstring({**credential(), **change})


ENTRY = {
    "id": f"{URL}#7", "type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "7",
    "statusListCredential": URL,
}  # fmt: skip


def test_entries_are_read():
    assert status_lists.read_entry(ENTRY) == BitstringEntry(list_url=URL, index=7)
    assert status_lists.read_entry({**ENTRY, "statusListIndex": 7}) == BitstringEntry(list_url=URL, index=7)
    assert status_lists.read_entry({"id": URL, "type": "1EdTechRevocationList"}) == RevocationListEntry(list_url=URL)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "StatusList2021Entry"}, {"type": None}, {"type": 7},
        {"statusListIndex": "-1"}, {"statusListIndex": "x"}, {"statusListIndex": "²"}, {"statusListIndex": True},
        {"statusListIndex": "9" * 5_000}, {"statusListIndex": None},
        {"statusListCredential": None}, {"statusPurpose": None}, {"statusSize": 2}, {"statusSize": True},
        {"type": ["BitstringStatusListEntry", "1EdTechRevocationList"]},
    ],
)  # fmt: skip
def test_an_entry_that_we_do_not_read_is_not_taken_for_good(change):
    with pytest.raises(Unreadable):
        status_lists.read_entry({**ENTRY, **change})


def test_the_list_of_1edtech_names_badges():
    made = status_lists.revocation_list(url=URL, issuer=ISSUER.id, revoked=["urn:uuid:1"])
    assert made == {"id": URL, "issuer": ISSUER.id, "revokedCredential": [{"id": "urn:uuid:1", "revoked": True}]}
    assert status_lists.is_revoked(made, "urn:uuid:1")
    assert not status_lists.is_revoked(made, "urn:uuid:2")
    # Without a value, being in the list is enough; only a plain false takes it back.
    assert status_lists.is_revoked({"revokedCredential": [{"id": "a"}]}, "a")
    assert status_lists.is_revoked({"revokedCredential": [{"id": "a", "revoked": "2026-01-07T00:00:00Z"}]}, "a")
    assert not status_lists.is_revoked({"revokedCredential": [{"id": "a", "revoked": False}]}, "a")
    for odd in ({}, {"revokedCredential": "a"}, {"revokedCredential": [7]}):
        with pytest.raises(Unreadable):
            status_lists.is_revoked(odd, "a")


def test_nothing_of_a_list_is_dropped_when_it_is_signed():
    assert b"encodedList" in jsonld.canonical(credential(1))
