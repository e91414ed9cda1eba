"""Embedded proofs: made with `eddsa-rdfc-2022`, read in the suites that genuine badges of others carry.

Sources: Verifiable Credential Data Integrity 1.0, section 4; Data Integrity EdDSA Cryptosuites 1.0, sections 3.2 and
3.3; ECDSA Cryptosuites 1.0, section 3.2; Ed25519Signature2020 of the W3C Credentials Community Group, which 1EdTech
names among the suites of older badges.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785

from col_core.badges.credentials import base58, instants, json_text, jsonld
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import Document, KeyKind, Signer

EDDSA_RDFC = "eddsa-rdfc-2022"
EDDSA_JCS = "eddsa-jcs-2022"
ECDSA_RDFC = "ecdsa-rdfc-2019"
ED25519_2020 = "Ed25519Signature2020"
# What eddsa-rdfc-2022 was called before the contexts of Verifiable Credentials 2.0; 1EdTech names it among older ones.
EDDSA_2022 = "eddsa-2022"
_KINDS = {
    EDDSA_RDFC: KeyKind.ED25519,
    EDDSA_2022: KeyKind.ED25519,
    EDDSA_JCS: KeyKind.ED25519,
    ECDSA_RDFC: KeyKind.P256,
    ED25519_2020: KeyKind.ED25519,
}
_SUITES = {KeyKind.ED25519: EDDSA_RDFC, KeyKind.P256: ECDSA_RDFC}
_PURPOSE = "assertionMethod"
# What a proof may say. A chain of proofs (`previousProof`) means more than its last link, and is not read.
_PARTS = frozenset({
    "@context", "id", "type", "cryptosuite", "created", "expires", "verificationMethod", "proofPurpose", "proofValue",
    "domain", "challenge", "nonce",
})  # fmt: skip
_MAX_PROOFS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """A proof as it stands in a document. `suite` is its cryptosuite, or its type where that says it all."""

    suite: str
    method: str
    purpose: str
    created: datetime | None
    expires: datetime | None
    options: Document


def sign(document: Document, signer: Signer, *, created: datetime) -> dict[str, Any]:
    """Return `document` with one more proof, by a key for Ed25519 (or P-256), made at `created`.

    Raises Unreadable for a document that nobody else would read the same way: terms without meaning in its contexts,
    relative IRIs, control characters; ValueError for a key of another kind.
    """
    options = proof_options(signer, created=created)
    signature = signer.sign(signed_data(document, options))
    before = document.get("proof", [])
    proofs = [*(before if isinstance(before, list) else [before]), with_value(options, signature)]
    return {**document, "proof": proofs[0] if len(proofs) == 1 else proofs}


def proof_options(signer: Signer, *, created: datetime) -> dict[str, Any]:
    """Return what a proof by `signer` says, but for its value; raises ValueError for a key of another kind."""
    if signer.kind not in _SUITES:
        raise ValueError(f"no embedded proof is made with {signer.kind}")
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": _SUITES[signer.kind],
        "created": instants.written(created),
        "verificationMethod": signer.method,
        "proofPurpose": _PURPOSE,
    }


def with_value(options: Document, signature: bytes) -> dict[str, Any]:
    """Return the whole proof."""
    return {**options, "proofValue": f"z{base58.encoded(signature)}"}


def signed_data(document: Document, options: Document) -> bytes:
    """Return what is signed: the hash of the proof's options, then that of the document, both in canonical form."""
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    config = {name: value for name, value in options.items() if name not in ("@context", "proofValue")}
    config["@context"] = document.get("@context")
    return _hashed(jsonld.canonical(config)) + _hashed(jsonld.canonical(unsecured))


def read_proofs(document: Document) -> list[Proof]:
    """Return the proofs of `document`.

    What is signed with a suite that we do not know is returned, and does not hold. What is no proof, or says what we do
    not know, is left out, since anybody may add it; where nothing is left, Unreadable (`proof`) says why.
    """
    proofs = document.get("proof")
    listed = proofs if isinstance(proofs, list) else [proofs]
    if not listed or len(listed) > _MAX_PROOFS:
        raise Unreadable("proof", f"{len(listed)} proofs")
    found: list[Proof] = []
    fault: Unreadable | None = None
    for each in listed:
        try:
            found.append(_read(each))
        except Unreadable as error:
            fault = error
    if not found and fault is not None:
        raise Unreadable("proof", fault.message)
    return found


def _read(proof: Any) -> Proof:
    if not isinstance(proof, Mapping):
        raise Unreadable("proof", "there is no proof")
    if not proof.keys() <= _PARTS:
        raise Unreadable("proof", f"a proof with {', '.join(sorted(proof.keys() - _PARTS))}")
    kind, method, purpose = (proof.get(each) for each in ("type", "verificationMethod", "proofPurpose"))
    suite = proof.get("cryptosuite") if kind == "DataIntegrityProof" else kind
    if not isinstance(suite, str) or not isinstance(method, str) or not isinstance(purpose, str):
        raise Unreadable("proof", "a proof that does not say its suite, its method or its purpose")
    created, expires = (instants.read(proof[each]) if each in proof else None for each in ("created", "expires"))
    return Proof(suite=suite, method=method, purpose=purpose, created=created, expires=expires, options=dict(proof))


def holds(document: Document, proof: Proof, key: PublicKey) -> bool:
    """Return whether `proof` is one by `key` over `document`, for the purpose of asserting.

    Whose key it is, and when, is not asked here. Raises Unreadable for a document without a canonical form (`context`,
    `term`, `size`, `complexity`, `characters`).
    """
    if proof.purpose != _PURPOSE or _KINDS.get(proof.suite) != key.kind:
        return False
    if proof.suite == ED25519_2020 and "cryptosuite" in proof.options:
        return False
    try:
        signature = base58.multibase_decoded(proof.options.get("proofValue"))
    except Unreadable:
        return False
    if proof.options.get("@context", document.get("@context")) != document.get("@context"):
        return False
    make = jcs_data if proof.suite == EDDSA_JCS else signed_data
    return key.verifies(signature, make(document, proof.options))


def jcs_data(document: Document, options: Document) -> bytes:
    """Return what is signed with `eddsa-jcs-2022`. Raises Unreadable for what no reader should meet."""
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    config = {name: value for name, value in options.items() if name != "proofValue"}
    for each in (config, unsecured):
        json_text.examine(each)
    return _hashed(rfc8785.dumps(config)) + _hashed(rfc8785.dumps(unsecured))


def _hashed(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
