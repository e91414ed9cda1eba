"""Whether a credential was signed by who it says, with a key that counted then: embedded proofs, and JSON Web Tokens.

Keys come from the issuer's own document alone. A key that stands in the badge itself is nothing but a hint which of
those it is. Sources: Open Badges 3.0, section 8; VC Data Integrity 1.0, section 4.4; RFC 7515; RFC 8725.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from col_core.badges.credentials import data_integrity, jwt
from col_core.badges.credentials.checks import absent, failed, passed, unknown
from col_core.badges.credentials.data_integrity import Proof
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.issuer_documents import ASSERTION, ListedKey
from col_core.badges.credentials.issuers import IssuerKeys, Issuers
from col_core.badges.credentials.jwt import Token
from col_core.badges.credentials.reasons import Reason
from col_core.badges.credentials.records import Check, Document, Outcome
from col_core.badges.credentials.shapes import id_of, instant

_SUITES = frozenset({
    data_integrity.EDDSA_RDFC, data_integrity.EDDSA_JCS, data_integrity.ECDSA_RDFC, data_integrity.ED25519_2020,
})  # fmt: skip
# Faults of a document that stand in the way of its signature, and what is said of them.
_CANNOT_READ = {"context": Reason.CONTEXT, "size": Reason.SIZE, "complexity": Reason.SIZE}
_MAX_TRIED = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Proven:
    """A credential and what came of its signature."""

    document: Document
    proof: Check
    issuer: Check

    @property
    def holds(self) -> bool:
        """Whether its issuer said all of it."""
        return self.proof.outcome == self.issuer.outcome == Outcome.PASSED


def prove_document(document: Document, issuers: Issuers, *, now: datetime) -> Proven:
    """Check the embedded proofs of `document`; each that we can read has to hold, and one has to be there."""
    if "proof" not in document:
        return _unproven(document, failed(Reason.PROOF_MISSING))
    try:
        proofs = data_integrity.read_proofs(document)
    except Unreadable:
        return _unproven(document, failed(Reason.PROOF_UNREADABLE))
    readable = [each for each in proofs if each.suite in _SUITES]
    if not readable:
        return _unproven(document, unknown(Reason.PROOF_KIND))
    issuer_id = id_of(document.get("issuer"))
    if issuer_id is None:
        return _unproven(document, failed(Reason.ISSUER_MISSING), failed(Reason.ISSUER_MISSING))
    found = issuers.keys(issuer_id)
    if found.check.outcome != Outcome.PASSED:
        return _unproven(document, unknown(found.check.reason), found.check)
    checks = [_check_proof(document, each, found, issuer_id, now) for each in readable]
    return Proven(document=document, proof=_worst(checks), issuer=found.check)


def prove_token(token: str, issuers: Issuers) -> Proven:
    """Check a credential that came as a JSON Web Token. Raises Unreadable for what is none."""
    read = jwt.read(token)
    document = read.credential
    issuer_id = id_of(document.get("issuer"))
    if issuer_id is None:
        return _unproven(document, failed(Reason.ISSUER_MISSING), failed(Reason.ISSUER_MISSING))
    found = issuers.keys(issuer_id)
    if found.check.outcome != Outcome.PASSED:
        return _unproven(document, unknown(found.check.reason), found.check)
    signed_at = instant(read.payload.get("iat")) or instant(read.payload.get("nbf")) or _begin(document)
    proof = _check_token(read, found, issuer_id, signed_at)
    return Proven(document=document, proof=proof, issuer=found.check)


def _check_proof(document: Document, proof: Proof, found: IssuerKeys, issuer_id: str, now: datetime) -> Check:
    key = _named(found.keys, proof.method, issuer_id)
    if key is None:
        return _not_listed(found)
    fault = _check_key(key, proof.created or _begin(document))
    if fault is not None:
        return fault
    if proof.expires is not None and proof.expires <= now:
        return failed(Reason.PROOF_OVER)
    try:
        holds = data_integrity.holds(document, proof, key.key)
    except Unreadable as error:
        if error.reason in _CANNOT_READ:
            return unknown(_CANNOT_READ[error.reason], found=error.message[:300])
        return failed(Reason.UNSIGNED_WORDS, found=error.message[:300])
    return passed(Reason.PROOF_HOLDS) if holds else failed(Reason.PROOF_BROKEN)


def _check_key(key: ListedKey, signed_at: datetime | None) -> Check | None:
    """Return what is wrong with a key for something signed at `signed_at`, or None."""
    if key.revoked is not None:
        return failed(Reason.KEY_REVOKED)
    if ASSERTION not in key.purposes:
        return failed(Reason.KEY_PURPOSE)
    if key.expires is not None and (signed_at is None or signed_at > key.expires):
        return failed(Reason.KEY_RETIRED)
    return None


def _check_token(token: Token, found: IssuerKeys, issuer_id: str, signed_at: datetime | None) -> Check:
    keys = [*found.keys.values()]
    if token.kid is not None:
        named = _named(found.keys, token.kid, issuer_id)
        # A name of another form, beside the key itself, is one that only the issuer's own programs know.
        keys = [named] if named is not None else keys if token.jwk is not None else []
    if token.jwk is not None:
        keys = [each for each in keys if each.key == token.jwk]
    if not keys:
        return _not_listed(found)
    fitting = next((each for each in keys[:_MAX_TRIED] if jwt.holds(token, each.key)), None)
    if fitting is None:
        return failed(Reason.PROOF_BROKEN)
    return _check_key(fitting, signed_at) or passed(Reason.PROOF_HOLDS)


def _not_listed(found: IssuerKeys) -> Check:
    """A copy cannot know of a key that came after it."""
    if found.check.reason == Reason.ISSUER_COPY:
        return unknown(Reason.ISSUER_UNREACHABLE)
    if found.check.reason == Reason.ISSUER_DOUBTED:
        return unknown(Reason.ISSUER_DOUBTED)
    return failed(Reason.KEY_NOT_LISTED)


def _named(keys: Mapping[str, ListedKey], name: str, issuer_id: str) -> ListedKey | None:
    return keys.get(name) or keys.get(f"{issuer_id}{name}" if name.startswith("#") else f"{issuer_id}#{name}")


def _begin(document: Document) -> datetime | None:
    return instant(document.get("validFrom")) or instant(document.get("issuanceDate"))


def _worst(checks: Sequence[Check]) -> Check:
    for outcome in (Outcome.FAILED, Outcome.UNKNOWN):
        for each in checks:
            if each.outcome == outcome:
                return each
    return checks[0]


def _unproven(document: Document, proof: Check, issuer: Check | None = None) -> Proven:
    return Proven(document=document, proof=proof, issuer=issuer or absent(Reason.NOT_CHECKED))
