import copy
from datetime import UTC, datetime

import pytest
import rfc8785

from col_core.badges.credentials import base58, building, data_integrity, jsonld
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.records import KeyKind
from col_core.testing.badges import a_badge

CREATED = datetime(2026, 1, 7, 12, 30, tzinfo=UTC)


@pytest.fixture
def public(keys):
    return keys[KeyKind.ED25519].public


def holds(document, key):
    return [data_integrity.holds(document, each, key) for each in data_integrity.read_proofs(document)]


def outcome(document, key):
    try:
        return holds(document, key)
    except Unreadable as error:
        return error.reason


def with_proof(document, **changes):
    made = copy.deepcopy(document)
    made["proof"] = {name: value for name, value in (made["proof"] | changes).items() if value is not None}
    return made


def test_a_badge_is_signed_and_holds(signed, public, signers):
    (proof,) = data_integrity.read_proofs(signed)
    assert (proof.suite, proof.purpose, proof.created) == ("eddsa-rdfc-2022", "assertionMethod", CREATED)
    assert proof.method == signers[KeyKind.ED25519].method
    assert holds(signed, public) == [True]


def test_signing_twice_gives_the_same(signed, signers):
    again = data_integrity.sign(building.unsigned(a_badge()), signers[KeyKind.ED25519], created=CREATED)
    assert again == signed


def test_p256_signs_too_and_rsa_does_not(keys, signers):
    document = building.unsigned(a_badge())
    assert holds(data_integrity.sign(document, signers[KeyKind.P256], created=CREATED), keys[KeyKind.P256].public) == [
        True
    ]
    with pytest.raises(ValueError, match="no embedded proof"):
        data_integrity.sign(document, signers[KeyKind.RSA], created=CREATED)


def test_several_proofs_each_hold_by_their_own_key(signed, keys, signers):
    both = data_integrity.sign(signed, signers[KeyKind.P256], created=CREATED)
    assert holds(both, keys[KeyKind.ED25519].public) == [True, False]
    assert holds(both, keys[KeyKind.P256].public) == [False, True]


@pytest.mark.parametrize(
    "changes",
    [
        {"proofValue": None},
        {"proofValue": ""},
        {"proofValue": "z"},
        {"proofValue": "z1"},
        {"proofValue": 7},
        {"proofValue": "u" + "A" * 86},
        {"proofPurpose": "authentication"},
        {"cryptosuite": "eddsa-jcs-2022"},
        {"cryptosuite": "ecdsa-rdfc-2019"},
        {"cryptosuite": "eddsa-2022"},
        {"cryptosuite": "ecdsa-sd-2023"},
        {"type": "Ed25519Signature2020"},
        {"type": "Ed25519Signature2020", "cryptosuite": None},
        {"created": "2026-01-07T12:30:01Z"},
        {"created": None},
        {"expires": "2036-01-07T12:30:01Z"},
        {"verificationMethod": "did:web:evil.example#1"},
        {"domain": "x.example"},
        {"nonce": "1"},
        {"id": "urn:uuid:1"},
        {"@context": "https://www.w3.org/ns/credentials/v2"},
    ],
)
def test_an_altered_proof_does_not_hold(signed, public, changes):
    altered = with_proof(signed, **changes)
    # The options may have lost their meaning with it, as a suite's own type has without its context.
    assert outcome(altered, public) in ([False], "term")


@pytest.mark.parametrize(
    "proof",
    [
        None, [], "x", 7, [None], {}, {"type": "DataIntegrityProof"}, [{}] * 50,
        {"type": "DataIntegrityProof", "cryptosuite": 1, "verificationMethod": "x", "proofPurpose": "assertionMethod"},
    ],
)  # fmt: skip
def test_what_is_no_proof_is_unreadable(signed, proof):
    with pytest.raises(Unreadable) as caught:
        data_integrity.read_proofs({**signed, "proof": proof})
    assert caught.value.reason == "proof"


@pytest.mark.parametrize(
    "change", [{"previousProof": "urn:uuid:1"}, {"created": "yesterday"}, {"proofPurpose": ["assertionMethod"]}]
)
def test_a_proof_that_says_what_we_do_not_read_is_left_out(signed, public, change):
    with pytest.raises(Unreadable):
        data_integrity.read_proofs(with_proof(signed, **change))
    two = {**signed, "proof": [with_proof(signed, **change)["proof"], signed["proof"]]}
    assert holds(two, public) == [True]


def test_nothing_is_signed_that_others_would_read_differently(signers):
    signer = signers[KeyKind.ED25519]
    for change in ({"narrative": "\u0001"}, {"evidence": ()}):
        data_integrity.sign(building.unsigned(a_badge(evidence=())), signer, created=CREATED)
        document = building.unsigned(a_badge(**change))
        document["@context"] = document["@context"][:2]
        with pytest.raises(Unreadable):
            data_integrity.sign(document, signer, created=CREATED)


def test_another_key_or_kind_of_key_is_no_signer(signed, keys):
    assert holds(signed, PrivateKey.made(KeyKind.ED25519).public) == [False]
    assert holds(signed, keys[KeyKind.RSA].public) == [False]


def jcs_signed(document, key, context=True):
    options = {
        "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "created": "2026-01-07T12:30:00Z",
        "verificationMethod": "did:web:x.example#1", "proofPurpose": "assertionMethod",
    }  # fmt: skip
    if context:
        options["@context"] = document["@context"]
    data = data_integrity._hashed(rfc8785.dumps(options)) + data_integrity._hashed(rfc8785.dumps(document))
    signature = key.signer("m").sign(data)
    return {**document, "proof": {**options, "proofValue": f"z{base58.encoded(signature)}"}}


@pytest.mark.parametrize("context", [True, False])
def test_a_proof_over_the_json_itself_is_read(keys, public, context):
    document = jcs_signed(building.unsigned(a_badge()), keys[KeyKind.ED25519], context)
    assert holds(document, public) == [True]
    assert holds({**document, "name": "x"}, public) == [False]
    assert holds({**document, "@context": [*document["@context"], "https://x.example"]}, public) == [False]


def test_an_endorsement_within_a_badge_is_signed_with_it(signers, public):
    endorsement = building.endorsement(
        id="urn:uuid:2", issuer=a_badge().issuer, subject=a_badge().id, subject_type="OpenBadgeCredential",
        name="Potrditev", valid_from=CREATED, comment="Videli smo.",
    )  # fmt: skip
    inner = data_integrity.sign(endorsement, signers[KeyKind.ED25519], created=CREATED)
    signed = data_integrity.sign(
        building.unsigned(a_badge(endorsements=[inner, inner])), signers[KeyKind.ED25519], created=CREATED
    )
    assert holds(signed, public) == [True]
    assert holds(signed["endorsement"][0], public) == [True]
    altered = copy.deepcopy(signed)
    altered["endorsement"][0]["credentialSubject"]["endorsementComment"] = "x"
    assert holds(altered, public) == [False]
    assert b"proofValue" in jsonld.canonical({k: v for k, v in signed.items() if k != "proof"})
