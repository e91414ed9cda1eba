"""What others say of our badges, and we of theirs: libraries that are not ours, with our contexts and no connection."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from col_core.badges.credentials import (
    building,
    data_integrity,
    dids,
    issuer_documents,
    json_text,
    jwt,
    status_lists,
)
from col_core.badges.credentials.issuer_documents import HeldKey
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.records import HashedEmail, KeyKind, Recipient
from col_core.badges.credentials.templates import Templates
from col_core.testing.badges import ISSUER, a_badge

FOLDER = Path(__file__).parent / "foreign"
CONTEXTS = str(files("col_core.badges.credentials") / "bundled" / "contexts.json")
START = datetime(2026, 1, 7, tzinfo=UTC)
STATUS = "https://city.example/status/7"

pytestmark = pytest.mark.foreign("foreign")


@pytest.fixture(scope="module")
def run(node):
    def run(script, **given):
        done = subprocess.run(
            [node, FOLDER / script],
            input=json.dumps({"contexts": CONTEXTS, **given}),
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="module")
def key():
    return PrivateKey.made(KeyKind.ED25519)


@pytest.fixture(scope="module")
def signer(key):
    return key.signer(dids.method_id(ISSUER.id, key.public))


@pytest.fixture(scope="module")
def badge(signer):
    (body,) = Templates().sign([a_badge()], signer)
    return json.loads(body)


def documents(key, **history):
    other = PrivateKey.made(KeyKind.ED25519).public
    held = [HeldKey(key=other), HeldKey(key=key.public, **history)]
    return {ISSUER.id: issuer_documents.document(ISSUER.id, held)}


def status_list(signer, *indexes):
    bits = status_lists.Bitstring()
    for each in indexes:
        bits.set(each)
    made = status_lists.bitstring_credential(
        url=STATUS,
        issuer=ISSUER.id,
        purpose="revocation",
        bits=bits,
        valid_from=START,
        valid_until=START + timedelta(days=9999),
    )
    return {STATUS: data_integrity.sign(made, signer, created=START)}


def test_our_badge_is_verified(run, badge, key):
    assert run("verify.mjs", credential=badge, documents=documents(key)) == {"verified": True, "error": ""}


def test_a_badge_with_a_salted_address_and_an_endorsement_is_verified(run, key, signer):
    endorsement = building.endorsement(
        id="urn:uuid:2", issuer=ISSUER, subject=a_badge().id, subject_type="OpenBadgeCredential", name="Potrditev",
        valid_from=START, comment="Videli smo.",
    )  # fmt: skip
    inner = data_integrity.sign(endorsement, signer, created=START)
    recipient = Recipient(id="urn:uuid:1", email=HashedEmail(digest_hex="ab" * 32, salt="sol"))
    (body,) = Templates().sign([a_badge(recipient=recipient, endorsements=[inner])], signer)
    for each in (json.loads(body), inner):
        assert run("verify.mjs", credential=each, documents=documents(key))["verified"]


def test_an_altered_badge_is_not(run, badge, key):
    altered = json_text.parsed(json_text.written(badge).replace(b"za za", b"za zza"))
    answer = run("verify.mjs", credential=altered, documents=documents(key))
    assert not answer["verified"]
    assert "signature" in answer["error"].lower()


def test_a_revoked_badge_is_told_by_its_list(run, badge, key, signer):
    for indexes, revoked in ([], False), ([1], True), ([0, 2], False):
        answer = run(
            "verify.mjs", credential=badge, status=True, documents=documents(key) | status_list(signer, *indexes)
        )
        assert (answer["verified"], answer["revoked"]) == (True, [revoked])


def test_a_badge_outlives_the_rotation_of_its_key_but_not_its_theft(run, badge, key):
    assert run("verify.mjs", credential=badge, documents=documents(key, retired=START))["verified"]
    answer = run("verify.mjs", credential=badge, documents=documents(key, revoked=START))
    assert not answer["verified"]
    assert "not authorized" in answer["error"]


def test_a_badge_of_an_issuer_that_is_its_own_key_is_verified(run, key):
    did = dids.key_did(key.public)
    signer = key.signer(dids.method_id(did, key.public))
    from_key = a_badge(issuer=type(ISSUER)(id=did, name="Ključ"))
    (body,) = Templates().sign([from_key], signer)
    assert run("verify.mjs", credential=json.loads(body), documents={}) == {"verified": True, "error": ""}


def test_our_token_is_verified_and_an_altered_one_is_not(run):
    key = PrivateKey.made(KeyKind.RSA)
    token = jwt.sign(building.unsigned(a_badge()), key.signer(dids.method_id(ISSUER.id, key.public)))
    answer = run("verify.mjs", token=token, documents=documents(key))
    assert answer["verified"]
    assert answer["payload"]["name"] == a_badge().achieved.name
    head, body, signature = token.split(".")
    other = f"{head}.{body[:-8]}{'A' * 8}.{signature}"
    assert not run("verify.mjs", token=other, documents=documents(key))["verified"]


def test_what_they_issue_is_verified_by_us(run):
    made = run("reference.mjs", credential=building.unsigned(a_badge()), times=1)
    credential = made["credential"]
    (proof,) = data_integrity.read_proofs(credential)
    listed = issuer_documents.keys_in(made["issuer"], issuer=ISSUER.id)[proof.method]
    assert "assertionMethod" in listed.purposes
    assert data_integrity.holds(credential, proof, listed.key)
    assert not data_integrity.holds({**credential, "name": "x"}, proof, listed.key)
