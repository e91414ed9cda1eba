import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from col_core.badges.credentials import building, data_integrity, jsonld
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.records import (
    BitstringEntry,
    Evidence,
    HashedEmail,
    KeyKind,
    Recipient,
    RevocationListEntry,
)
from col_core.badges.credentials.templates import Template, Templates
from col_core.testing.badges import ACHIEVED, ISSUER, a_badge

KEY = PrivateKey.made(KeyKind.ED25519)
SIGNER = KEY.signer("did:web:city.example:issuers:library#key")
START = datetime(2026, 1, 7, tzinfo=UTC)

ODD = st.sampled_from(
    ['"', "\\", "\n", "\t", "\r", "<", ">", "_:c14n0", "_:b0", "č", "😀", "urn:x-place:1", '"urn:x-place:2"', "\u2028"]
)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12),
    st.lists(ODD, min_size=1, max_size=6).map("".join),
)
SALTS = st.text("abcdef0123456789", min_size=2, max_size=4)
ADDRESSES = st.sampled_from(
    ["https://x.example/1", "https://x.example/2", "urn:uuid:3", "https://city.example/badges/1", "https://x.example/č"]
)
EVIDENCE = st.builds(Evidence, name=TEXTS, narrative=st.none() | TEXTS, url=st.none() | ADDRESSES)
EMAILS = st.none() | st.builds(HashedEmail, digest_hex=SALTS, salt=SALTS)
STATUS = st.lists(
    st.builds(
        BitstringEntry, list_url=ADDRESSES, index=st.integers(0, 131_071),
        purpose=st.sampled_from(["revocation", "suspension"]),
    )
    | st.builds(RevocationListEntry, list_url=ADDRESSES),
    max_size=3,
)  # fmt: skip
INNER = [
    data_integrity.sign(
        building.endorsement(
            id=f"urn:uuid:{each}", issuer=ISSUER, subject=ACHIEVED.id, subject_type="Achievement", name="Potrditev",
            comment=f"Videli smo {each}.", valid_from=START,
        ),
        SIGNER,
        created=START,
    )
    for each in range(2)
]  # fmt: skip
BADGES = st.builds(
    a_badge,
    st.integers(1, 5),
    achieved=st.sampled_from([ACHIEVED, replace(ACHIEVED, names={}, abilities={}, micro_credential=None)])
    | st.builds(lambda text: replace(ACHIEVED, description=text), TEXTS),
    recipient=st.builds(Recipient, id=ADDRESSES, email=EMAILS),
    valid_from=st.integers(0, 10**6).map(lambda seconds: START + timedelta(seconds=seconds)),
    valid_until=st.none() | st.just(START + timedelta(days=4000)),
    narrative=st.none() | TEXTS,
    evidence=st.lists(EVIDENCE, max_size=3),
    status=STATUS,
    endorsements=st.sampled_from([(), INNER[:1], INNER, [INNER[0], INNER[0]]]),
)


def the_long_way(badge):
    """Return the signed badge as nothing but the plain functions make it, or why they refuse it."""
    try:
        signed = data_integrity.sign(building.unsigned(badge), SIGNER, created=badge.valid_from)
    except Unreadable as error:
        return error.reason
    return json.dumps(signed, ensure_ascii=False, separators=(",", ":")).encode()


def made(templates, badge):
    try:
        (body,) = templates.sign([badge], SIGNER)
    except Unreadable as error:
        return error.reason
    return body


@settings(max_examples=100)
@given(st.lists(BADGES, min_size=1, max_size=6))
def test_each_byte_is_that_of_the_long_way(badges):
    templates = Templates(check_every=10**9)
    for badge in badges:
        assert made(templates, badge) == the_long_way(badge)


def test_many_badges_of_one_achievement_take_the_short_way():
    badges = [a_badge(each) for each in range(50)]
    templates = Templates(check_every=10**9)
    bodies = templates.sign(badges, SIGNER)
    assert len(templates._kept) == 1
    (template,) = templates._kept.values()
    for badge, body in zip(badges, bodies, strict=True):
        signed = json.loads(body)
        (proof,) = data_integrity.read_proofs(signed)
        assert data_integrity.holds(signed, proof, KEY.public)
        assert signed["id"] == badge.id
    assert isinstance(template, Template)


def test_salted_identifiers_change_the_order_of_nodes_and_all_come_out_right():
    emails = [HashedEmail(digest_hex=f"{each:064x}", salt=str(each)) for each in range(120)]
    salted = [a_badge(n, recipient=Recipient(id=f"urn:uuid:{n}", email=email)) for n, email in enumerate(emails)]
    bodies = Templates(check_every=10**9).sign(salted, SIGNER)
    assert bodies == [the_long_way(each) for each in salted]
    forms = [jsonld.canonical(building.unsigned(each)).decode() for each in salted]
    assert len({re.search(r"(_:c14n\d+) \S+identityHash>", each)[1] for each in forms}) > 1


def test_the_same_badge_gives_the_same_bytes_again():
    badge = a_badge()
    assert Templates().sign([badge], SIGNER) == Templates(check_every=1).sign([badge], SIGNER)


def test_an_achievement_that_was_changed_gets_a_template_of_its_own():
    templates = Templates(check_every=10**9)
    for description in ("prej", "potem", "prej"):
        badge = a_badge(achieved=replace(ACHIEVED, description=description))
        assert made(templates, badge) == the_long_way(badge)


def test_a_badge_that_differs_from_itself_is_noticed_and_signed_the_long_way(caplog):
    templates = Templates(check_every=1)
    templates.sign([a_badge(1)], SIGNER)
    (template,) = templates._kept.values()
    template._fixed.append("<https://x.example/1> <https://x.example/2> <https://x.example/3> .\n")
    badge = a_badge(2)
    assert made(templates, badge) == the_long_way(badge)
    assert "differs from itself" in caplog.text
    assert not templates._trusted
    assert made(templates, a_badge(3)) == the_long_way(a_badge(3))


@pytest.mark.parametrize(
    "change",
    [
        {"id": "relative"},
        {"narrative": "\u0001"},
        {"recipient": Recipient(id="no address")},
        {"id": "https://x.example/a b"},
    ],
)
def test_what_cannot_be_signed_is_refused_by_either_way(change):
    templates = Templates(check_every=10**9)
    templates.sign([a_badge(9)], SIGNER)
    assert made(templates, a_badge(**change)) == the_long_way(a_badge(**change)) in ("term", "characters")
