"""Proofs that travel within an activity, so that it can be passed on by others.

Source: FEP-8b32 (Object Integrity Proofs), which takes `eddsa-jcs-2022` of Data Integrity EdDSA Cryptosuites 1.0.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import rfc8785

from col_core.badges.credentials import data_integrity, instants
from col_core.badges.credentials.data_integrity import EDDSA_JCS, Proof
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import Document, KeyKind, Signer
from col_core.federation.fediverse.signed import WINDOW


def sign(document: Document, signer: Signer, *, created: datetime) -> dict[str, Any]:
    """Return `document` with a proof by a key for Ed25519; raises ValueError for a key of another kind."""
    if signer.kind is not KeyKind.ED25519:
        raise ValueError(f"no such proof is made with {signer.kind}")
    options = {
        "@context": document["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": EDDSA_JCS,
        "verificationMethod": signer.method,
        "proofPurpose": "assertionMethod",
        "created": instants.written(created),
    }
    signature = signer.sign(data_integrity.jcs_data(document, options))
    return {**document, "proof": data_integrity.with_value(options, signature)}


def holds(document: Document, keys: Mapping[str, PublicKey], *, now: datetime) -> bool | None:
    """Tell whether a proof by one of `keys` (by the id of its method) is in `document` and holds at `now`.

    None where there is none by any of them. A `signature` of older servers is not part of what is proven.
    """
    if "proof" not in document:
        return None
    bare = {name: value for name, value in document.items() if name != "signature"}
    try:
        ours = [each for each in data_integrity.read_proofs(bare) if each.suite == EDDSA_JCS and each.method in keys]
        if not ours:
            return None
        return any(_holds(bare, each, keys[each.method], now) for each in ours)
    except (Unreadable, rfc8785.CanonicalizationError, ValueError, OverflowError, RecursionError):
        return False


def _holds(document: Document, proof: Proof, key: PublicKey, now: datetime) -> bool:
    if proof.expires is not None and proof.expires < now:
        return False
    if proof.created is None or proof.created > now + WINDOW:
        return False
    if data_integrity.holds(document, proof, key):
        return True
    # Some leave the context of the document out of the proof that they send, and sign it all the same.
    whole = replace(proof, options={**proof.options, "@context": document.get("@context")})
    return "@context" not in proof.options and data_integrity.holds(document, whole, key)
