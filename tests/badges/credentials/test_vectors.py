"""What 1EdTech publishes: genuine badges are accepted, and their hashes come out."""

import hashlib
import json
from pathlib import Path

import pytest

from col_core.badges.credentials import data_integrity, json_text, jsonld, status_lists
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import BitstringEntry, KeyKind

VECTORS = Path(__file__).parent / "vectors"


def document(name):
    return json_text.parsed((VECTORS / f"{name}.json").read_bytes())


def key_of(method):
    return PublicKey.of_multibase(method.rpartition("#")[2].removeprefix("did:key:"))


@pytest.fixture(scope="module")
def vector():
    return document("eddsa-rdfc-2022")


def test_the_hashes_of_the_implementation_guide_come_out(vector):
    credential, proof = vector["credential"], dict(vector["proof"])
    value = proof.pop("proofValue")
    config = {**proof, "@context": credential["@context"]}
    assert hashlib.sha256(jsonld.canonical(credential)).hexdigest() == vector["document_hash"]
    assert hashlib.sha256(jsonld.canonical(config)).hexdigest() == vector["proof_hash"]
    assert data_integrity.signed_data(credential, proof).hex() == vector["proof_hash"] + vector["document_hash"]
    secured = {**credential, "proof": {**proof, "proofValue": value}}
    (read,) = data_integrity.read_proofs(secured)
    assert key_of(read.method) == PublicKey(kind=KeyKind.ED25519, raw=bytes.fromhex(vector["public_key_hex"]))
    assert data_integrity.holds(secured, read, key_of(read.method))


@pytest.mark.parametrize(
    ("name", "suite"),
    [
        ("simple", "eddsa-rdfc-2022"),
        ("simple-did-key-method", "eddsa-rdfc-2022"),
        ("simple-did-web-method", "eddsa-rdfc-2022"),
        ("simple-multiple-proofs", "eddsa-rdfc-2022"),
        ("simple-context-alias", "eddsa-rdfc-2022"),
        ("simple-eddsa-2022", "eddsa-2022"),
        ("simple_v1", "Ed25519Signature2020"),
        ("complete", "eddsa-rdfc-2022"),
        ("credential-status-revoked", "Ed25519Signature2020"),
        ("credential-status-revoked-blank-nodes", "eddsa-rdfc-2022"),
        ("endorsement-valid", "eddsa-rdfc-2022"),
        ("bitstring-list", "eddsa-rdfc-2022"),
    ],
)
def test_genuine_badges_hold_and_hold_for_nobody_else(name, suite):
    credential = document(name)
    (proof,) = data_integrity.read_proofs(credential)
    assert proof.suite == suite
    assert data_integrity.holds(credential, proof, key_of(proof.method))
    assert not data_integrity.holds(credential, proof, PrivateKey.made(KeyKind.ED25519).public)
    altered = json.loads(json.dumps(credential).replace(proof.method, f"{proof.method}x"))
    assert not data_integrity.holds(altered, data_integrity.read_proofs(altered)[0], key_of(proof.method))


def test_a_badge_whose_proof_was_spoilt_does_not_hold():
    credential = document("simple-err-proof-value")
    (proof,) = data_integrity.read_proofs(credential)
    assert not data_integrity.holds(credential, proof, key_of(proof.method))


def test_the_list_of_others_is_read():
    read = status_lists.read_bitstring(document("bitstring-list"))
    assert len(read.bits) == 131_072
    assert read.purposes == {"revocation"}
    entry = BitstringEntry(list_url=read.url, index=1)
    assert [index for index in range(len(read.bits)) if read.bits[index]] or not status_lists.is_set(read, entry)
