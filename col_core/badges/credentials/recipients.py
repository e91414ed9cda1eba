"""Whether a badge was given to an e-mail address, without learning whose badge it is from the badge itself.

Sources: Open Badges 3.0, appendix B (IdentityObject); Open Badges 2.0, section 5.1.2 (IdentityObject).
"""

import hashlib
import hmac

from col_core.badges.credentials.checks import absent, failed, passed, unknown
from col_core.badges.credentials.reasons import Reason
from col_core.badges.credentials.records import Check, Document
from col_core.badges.credentials.shapes import first_object, objects, text

# The older standard allows MD5: the hash hides an address, and proves nothing that the signature does not.
_ALGORITHMS = {"sha256": hashlib.sha256, "md5": lambda data: hashlib.md5(data, usedforsecurity=False)}
_LONGEST = 320


def check_recipient(document: Document, email: str | None) -> Check:
    """Compare `email` with what an Open Badge 3.0 or 2.0 says; nobody asked where it is None."""
    if email is None or not email.strip():
        return absent(Reason.RECIPIENT_NOT_ASKED)
    said = [*_identities(document)]
    if not said:
        return unknown(Reason.RECIPIENT_UNNAMED)
    ours = {spelt for spelt in (email.strip(), email.strip().lower()) if len(spelt) <= _LONGEST}
    return passed(Reason.RECIPIENT_FITS) if any(_fits(*each, ours) for each in said) else failed(Reason.RECIPIENT_OTHER)


def _identities(document: Document) -> list[tuple[str, str, bool]]:
    """Return each e-mail identity as what it says, its salt, and whether that is a hash."""
    subject = first_object(document.get("credentialSubject"))
    found = [
        (text(each.get("identityHash")), text(each.get("salt")), each.get("hashed") is True)
        for each in objects(subject.get("identifier"))
        if text(each.get("identityType")) in ("emailAddress", "email")
    ]
    recipient = first_object(document.get("recipient"))
    if text(recipient.get("type")) == "email":
        found.append((text(recipient.get("identity")), text(recipient.get("salt")), recipient.get("hashed") is True))
    return [each for each in found if each[0]]


def _fits(identity: str, salt: str, hashed: bool, ours: set[str]) -> bool:
    algorithm, dollar, digest = identity.partition("$")
    if not hashed and not dollar:
        return any(hmac.compare_digest(identity.lower().encode(), each.lower().encode()) for each in ours)
    if algorithm not in _ALGORITHMS or not dollar:
        return False
    digests = [_ALGORITHMS[algorithm]((each + salt).encode()).hexdigest() for each in ours]
    return any(hmac.compare_digest(each.encode(), digest.lower().encode()) for each in digests)
