"""Open Badges 2.0 as a city hosts them: the assertion, the badge class and the issuer, each at an address of its own.

There is no signature: the address vouches (hosted verification). Each object leads to what it is in Open Badges 3.0 by
`related`, and holds nothing of it. Source: Open Badges 2.0 (IMS Global, final), its vocabulary and hosted verification.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from col_core.badges.credentials import building, dids, instants
from col_core.badges.credentials.building import filled
from col_core.badges.credentials.open_badges_2 import CONTEXT
from col_core.badges.credentials.records import Achieved, Alignment, Badge, Evidence, Issuer, Recipient

# An organisation's slug never begins so.
_CITY = "_city"


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    """Where a city keeps its badges in this version of the standard. Its readers take an address for an identity."""

    base_url: str

    def assertion(self, badge_id: str) -> str:
        """Return the address of a badge whose id ends in the id of its award."""
        return f"{self.base_url}/ob2/assertions/{_last(badge_id)}"

    def badge_class(self, achieved: Achieved, *, language: str | None = None) -> str:
        """Return the address of what a badge stands for, in the version and language that it was issued in."""
        steps = [_last(achieved.id), achieved.version, language or achieved.language]
        return "/".join([f"{self.base_url}/ob2/badges", *(each for each in steps if each)])

    def issuer(self, did: str) -> str:
        """Return the address of the issuer whose `did:web` is `did`."""
        slug = _CITY if did == dids.web_did(self.base_url) else did.rpartition(":")[2]
        return f"{self.base_url}/ob2/issuers/{slug}"

    def did_document(self, did: str) -> str:
        """Return the address at which the document of a `did:web` of this city is served."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}{urlsplit(dids.document_address(did)).path}"


def assertion(badge: Badge, addresses: Addresses) -> dict[str, Any]:
    """Return the assertion that `badge` was awarded."""
    return filled({
        "@context": CONTEXT,
        "type": "Assertion",
        "id": addresses.assertion(badge.id),
        "@language": badge.achieved.language,
        "badge": addresses.badge_class(badge.achieved),
        "recipient": _recipient(badge.recipient),
        "issuedOn": instants.written(badge.valid_from),
        "expires": badge.valid_until and instants.written(badge.valid_until),
        "narrative": badge.narrative,
        "evidence": [_evidence(each) for each in badge.evidence],
        "verification": {"type": "hosted"},
        "related": [{"id": badge.id}],
    })  # fmt: skip


def revoked(badge_id: str, addresses: Addresses) -> dict[str, Any]:
    """Return what stands in the place of an assertion that does not hold any more, to be answered with 410.

    Why, is nobody's business but the issuer's and the holder's.
    """
    return {"@context": CONTEXT, "type": "Assertion", "id": addresses.assertion(badge_id), "revoked": True}


def badge_class(achieved: Achieved, *, issuer: Issuer, addresses: Addresses) -> dict[str, Any]:
    """Return what a badge stands for. Raises ValueError for one without a picture, which the standard asks for.

    The elements of a micro-credential, for which it has no words, stand there under their whole IRIs.
    """
    if achieved.image is None:
        raise ValueError("a badge class without a picture")
    caption = achieved.image_alt
    editions = [
        {"id": addresses.badge_class(achieved, language=each), "@language": each} for each in sorted(achieved.related)
    ]
    return filled({
        "@context": CONTEXT,
        "type": "BadgeClass",
        "id": addresses.badge_class(achieved),
        "@language": achieved.language,
        "version": achieved.version,
        "name": achieved.name,
        "description": achieved.description,
        "image": {"type": "Image", "id": achieved.image, "caption": caption} if caption else achieved.image,
        "criteria": filled({"type": "Criteria", "id": achieved.criteria_url, "narrative": achieved.criteria}),
        "issuer": addresses.issuer(issuer.id),
        "alignment": [_alignment(each) for each in achieved.alignments],
        "tags": list(achieved.tags),
        "related": [{"id": achieved.id}, *editions],
        **(building.micro_credential_in_full(achieved.micro_credential) if achieved.micro_credential else {}),
    })  # fmt: skip


def issuer_profile(issuer: Issuer, *, email: str | None, addresses: Addresses) -> dict[str, Any]:
    """Return who issues badges. The standard asks for an `email` by which people reach those who answer for them.

    It knows no IRIs but http and https (section "Primitive datatypes"), so `related` leads to the DID's document.
    """
    return filled({
        "@context": CONTEXT,
        "type": "Issuer",
        "id": addresses.issuer(issuer.id),
        "name": issuer.name,
        "url": issuer.url or addresses.base_url,
        "email": email,
        "description": issuer.description,
        "image": issuer.image,
        "verification": {
            "type": "VerificationObject",
            "verificationProperty": "id",
            "startsWith": f"{addresses.base_url}/ob2/assertions/",
        },
        "related": [{"id": addresses.did_document(issuer.id)}],
    })  # fmt: skip


def _recipient(recipient: Recipient) -> dict[str, Any]:
    """Return whose badge it is: who asked for it is known by a salted address, everybody else by a pseudonym.

    `url` is the one identifier of a Profile that takes a `urn:uuid`.
    """
    if recipient.email is None:
        return {"type": "url", "identity": recipient.id, "hashed": False}
    return {
        "type": "email",
        "identity": f"sha256${recipient.email.digest_hex}",
        "hashed": True,
        "salt": recipient.email.salt,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return filled({
        "type": "Evidence", "id": evidence.url, "name": evidence.name, "narrative": evidence.narrative,
    })  # fmt: skip


def _alignment(alignment: Alignment) -> dict[str, Any]:
    return filled({
        "type": "AlignmentObject",
        "targetName": alignment.name,
        "targetUrl": alignment.target,
        "targetFramework": alignment.framework,
        "targetCode": alignment.code,
    })  # fmt: skip


def _last(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]
