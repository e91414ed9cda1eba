"""Open Badges 2.0: an assertion that its issuer's website vouches for, or that a key of the issuer signed.

What came is only a hint at which badge is meant: a hosted assertion is read again from its own address, which has to
lie where its issuer keeps badges; the issuer is always read from its own. Source: Open Badges 2.0, sections 4 and 5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from col_core.badges.credentials import asking, base64url, json_text, jwt
from col_core.badges.credentials.checks import absent, failed, passed, unknown
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.reasons import Reason
from col_core.badges.credentials.records import (
    Check,
    Document,
    Documents,
    NotReached,
    NotThere,
    Outcome,
    TakenAway,
    Told,
)
from col_core.badges.credentials.shapes import day, first_object, id_of, instant, listed, text, types_of
from col_core.badges.credentials.telling import alignments, evidence

CONTEXT = "https://w3id.org/openbadges/v2"
_WEB = ("https://", "http://")
_MAX_PEM = 10_000
_MAX_KEYS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """An assertion with what it is linked to, and what came of it. Each is empty where it could not be read."""

    assertion: Document
    badge_class: Document
    issuer_profile: Document
    proof: Check
    issuer: Check
    status: Check


def is_assertion(document: Document) -> bool:
    """Whether `document` says of itself that it is one, of version 2."""
    return "Assertion" in types_of(document) and CONTEXT in listed(document.get("@context"))


def is_signed_assertion(token: str) -> bool:
    """Whether the payload of a compact token says of itself that it is one."""
    parts = token.split(".")
    try:
        return is_assertion(json_text.parsed(base64url.decoded(parts[1] if len(parts) == 3 else None)))
    except Unreadable:
        return False


def is_older(document: Document) -> bool:
    """Whether `document` is an assertion of version 0.5, 1.0 or 1.1: `verify` instead of `verification`, or a `uid`."""
    looks_like_one = "badge" in document and ("recipient" in document or "uid" in document)
    return looks_like_one and not is_assertion(document)


def told(looked: Looked, *, format: str) -> Told:
    """Return what the badge tells."""
    assertion, badge, issuer = looked.assertion, looked.badge_class, looked.issuer_profile
    language = text(badge.get("@language")) or text(assertion.get("@language")) or None
    return Told(
        id=id_of(assertion),
        format=format,
        name=text(badge.get("name"), language),
        description=text(badge.get("description"), language),
        criteria=text(first_object(badge.get("criteria")).get("narrative"), language),
        criteria_url=id_of(badge.get("criteria")),
        issuer_id=id_of(issuer) or id_of(badge.get("issuer")) or "",
        issuer_name=text(issuer.get("name"), language),
        issuer_url=text(issuer.get("url")) or None,
        issued=day(assertion.get("issuedOn")),
        valid_until=day(assertion.get("expires")),
        language=language,
        image=id_of(assertion.get("image")) or id_of(badge.get("image")),
        achievement_id=id_of(badge),
        narrative=text(assertion.get("narrative"), language) or None,
        alignments=alignments(badge.get("alignment"), language),
        evidence=evidence(assertion.get("evidence"), language),
    )


def look_at_hosted(given: Document, documents: Documents) -> Looked:
    """Check an assertion by reading it again where it is kept."""
    address = id_of({"id": given.get("id")})
    if address is None or not address.startswith(_WEB):
        return _looked(given, documents, failed(Reason.HOSTED_MISSING))
    try:
        kept = _object(documents, address)
    except TakenAway:
        # Open Badges 2.0, "Revoked hosted Assertions": the address of one that was revoked answers so.
        return _with(_looked(given, documents, unknown(Reason.HOSTED_MISSING)), status=failed(Reason.REVOKED))
    except NotThere:
        return _looked(given, documents, failed(Reason.HOSTED_MISSING))
    except (NotReached, Unreadable):
        return _looked(given, documents, unknown(Reason.HOSTED_UNREACHABLE))
    if id_of({"id": kept.get("id")}) != address or not is_assertion(kept):
        return _looked(given, documents, failed(Reason.HOSTED_DIFFERS))
    looked = _looked(kept, documents, passed(Reason.HOSTED_CONFIRMED))
    if looked.issuer.outcome != Outcome.PASSED:
        return looked
    if not _in_scope(address, looked.issuer_profile):
        return _with(looked, proof=failed(Reason.HOSTED_ELSEWHERE))
    if not _same_badge(given, kept):
        return _with(looked, proof=failed(Reason.HOSTED_DIFFERS))
    if kept.get("revoked") is True:
        return _with(looked, status=failed(Reason.REVOKED))
    return _with(looked, status=passed(Reason.STATUS_CLEAR))


def look_at_signed(token: str, documents: Documents) -> Looked:
    """Check an assertion that came as a JWS. Raises Unreadable for what is none."""
    read = jwt.read_any(token)
    assertion = read.payload
    looked = _looked(assertion, documents, unknown(Reason.NOT_CHECKED))
    if looked.issuer.outcome != Outcome.PASSED:
        return _with(looked, proof=unknown(looked.issuer.reason))
    creator = id_of(first_object(assertion.get("verification") or assertion.get("verify")).get("creator"))
    named = creator or read.kid
    try:
        keys = _keys(looked.issuer_profile, named, documents)
    except (NotThere, NotReached):
        return _with(looked, proof=unknown(Reason.ISSUER_UNREACHABLE))
    if not keys:
        return _with(looked, proof=failed(Reason.KEY_NOT_LISTED))
    if not any(jwt.holds(read, each) for each in keys):
        return _with(looked, proof=failed(Reason.PROOF_BROKEN))
    return _with(
        looked, proof=passed(Reason.PROOF_HOLDS), status=_revocation(assertion, looked.issuer_profile, documents)
    )


def _looked(assertion: Document, documents: Documents, proof: Check) -> Looked:
    """Gather what an assertion is linked to."""
    badge_class: Document = {}
    profile: Document = {}
    try:
        badge_class = _linked(assertion.get("badge"), documents)
        # A profile within the badge is what a stranger says of somebody: only its own address counts.
        issuer_id = id_of(badge_class.get("issuer"))
        profile = first_object(badge_class.get("issuer"))
        if issuer_id is None or not issuer_id.startswith(_WEB):
            issuer = failed(Reason.ISSUER_MISSING)
        else:
            profile = _object(documents, issuer_id)
            is_its_own = id_of({"id": profile.get("id")}) == issuer_id
            issuer = passed(Reason.ISSUER_CONFIRMED) if is_its_own else failed(Reason.ISSUER_OTHER)
    except NotThere:
        issuer = unknown(Reason.ISSUER_GONE)
    except NotReached:
        issuer = unknown(Reason.ISSUER_UNREACHABLE)
    except Unreadable:
        issuer = unknown(Reason.ISSUER_UNREADABLE)
    return Looked(
        assertion=assertion,
        badge_class=badge_class,
        issuer_profile=profile,
        proof=proof,
        issuer=issuer,
        status=absent(Reason.NOT_CHECKED),
    )


def _with(looked: Looked, *, proof: Check | None = None, status: Check | None = None) -> Looked:
    return Looked(
        assertion=looked.assertion,
        badge_class=looked.badge_class,
        issuer_profile=looked.issuer_profile,
        issuer=looked.issuer,
        proof=proof or looked.proof,
        status=status or looked.status,
    )


def _linked(value: Any, documents: Documents) -> Document:
    """Return an object that stands there, or the one at the address that stands there."""
    if isinstance(value, Mapping) and len(value) > 1:
        return value
    address = id_of(value)
    if address is None or not address.startswith(_WEB):
        raise Unreadable("json", "no address to follow")
    found = _object(documents, address)
    if id_of({"id": found.get("id")}) != address:
        raise Unreadable("json", "another document stands there")
    return found


def _object(documents: Documents, address: str) -> Document:
    return json_text.parsed(documents.get(address, accept=asking.OPEN_BADGES_2).body)


def _in_scope(address: str, profile: Document) -> bool:
    """Whether the issuer keeps badges at `address`: on its own host unless it names others (section 5.1.5)."""
    policy = first_object(profile.get("verification"))
    begins = [each for each in listed(policy.get("startsWith")) if isinstance(each, str)]
    hosts = [each.lower() for each in listed(policy.get("allowedOrigins")) if isinstance(each, str)]
    own = _host(id_of(profile) or "")
    here = _host(address)
    on_host = here is not None and here in {_host(each) or each for each in hosts or [own or ""]}
    return on_host and (not begins or any(_starts_with(address, each) for each in begins))


def _starts_with(address: str, begin: str) -> bool:
    return address.startswith(begin) and _host(begin) == _host(address)


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.netloc.lower().rpartition("@")[2] or None


def _same_badge(given: Document, kept: Document) -> bool:
    """Whether what came says the same as what is kept of whom and of what it is; the rest is shown as it is kept."""
    same_class = given.get("badge") is None or id_of(given.get("badge")) == id_of(kept.get("badge"))
    whom = first_object(given.get("recipient")).get("identity")
    same_person = whom is None or whom == first_object(kept.get("recipient")).get("identity")
    issued = given.get("issuedOn")
    return same_class and same_person and (issued is None or instant(issued) == instant(kept.get("issuedOn")))


def _keys(profile: Document, named: str | None, documents: Documents) -> list[PublicKey]:
    """Return the keys of the issuer, the named one alone where one is named; each says itself whose it is."""
    found = []
    for each in listed(profile.get("publicKey"))[:_MAX_KEYS]:
        if named is not None and id_of(each) != named:
            continue
        try:
            described = _linked(each, documents)
            if id_of(described.get("owner")) == id_of(profile):
                found.append(_of_pem(described.get("publicKeyPem")))
        except Unreadable:
            continue
    return found


def _of_pem(pem: Any) -> PublicKey:
    if not isinstance(pem, str) or len(pem) > _MAX_PEM:
        raise Unreadable("key", "no PEM")
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise Unreadable("key", "no PEM that can be read") from None
    if isinstance(key, rsa.RSAPublicKey):
        return PublicKey.of_rsa(key)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return PublicKey.of_ed25519(key)
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return PublicKey.of_p256(key)
    raise Unreadable("key", "a kind of key that we do not read")


def _revocation(assertion: Document, profile: Document, documents: Documents) -> Check:
    address = id_of(profile.get("revocationList"))
    if address is None:
        return absent(Reason.STATUS_ABSENT)
    try:
        got = documents.get(address, accept=asking.REVOCATION_LIST)
        found = json_text.parsed(got.body, json_text.REVOCATIONS)
    except (NotThere, NotReached):
        return unknown(Reason.STATUS_UNREACHABLE)
    except Unreadable:
        return unknown(Reason.STATUS_UNREADABLE)
    if id_of(found.get("issuer")) not in (None, id_of(profile)):
        return unknown(Reason.STATUS_UNPROVEN)
    revoked = found.get("revokedAssertions")
    if not isinstance(revoked, list):
        return unknown(Reason.STATUS_UNREADABLE)
    ours = {value for value in (id_of(assertion), text(assertion.get("uid"))) if value}
    for each in revoked:
        names = {id_of(each), text(each.get("uid"))} if isinstance(each, Mapping) else {each}
        if names & ours:
            return failed(Reason.REVOKED)
    return passed(Reason.STATUS_CLEAR)
