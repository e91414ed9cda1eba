"""What a badge says, as an unsigned Open Badge 3.0 on Verifiable Credentials 2.0.

Sources: Open Badges 3.0, appendix B (data models), and its JSON Schema; European Learning Model 3 for the elements of
micro-credentials (Council Recommendation 2022/C 243/02, Annex I) that Open Badges have no field for.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from col_core.badges.credentials import instants
from col_core.badges.credentials.records import (
    Achieved,
    Alignment,
    Badge,
    BitstringEntry,
    Document,
    Evidence,
    HashedEmail,
    Issuer,
    MicroCredential,
    RevocationListEntry,
)

CREDENTIALS_CONTEXT = "https://www.w3.org/ns/credentials/v2"
BADGES_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
SCHEMA_URL = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
EQF_LEVEL = "http://data.europa.eu/snb/eqf/"
# As the context of Open Badges 3.0 calls `creditsAvailable`.
_CREDITS = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#creditsAvailable"
_ELM = "http://data.europa.eu/snb/model/elm/"

# Written into the badges that need it, not fetched: verifiers that know no context but those of the standards read it
# all the same. Some refuse any context that is no address, so a badge that says nothing of this does not carry it.
EXTENSION: Mapping[str, Any] = {
    "@protected": True,
    "names": {"@id": "http://www.w3.org/2004/02/skos/core#prefLabel", "@container": "@language"},
    "abilities": {"@id": f"{_ELM}learningOutcomeSummary", "@container": "@language"},
    "microCredential": {
        "@id": f"{_ELM}learningAchievementSpecification",
        "@context": {
            "@protected": True,
            "country": f"{_ELM}countryCode",
            "workload": {"@id": f"{_ELM}volumeOfLearning", "@type": "http://www.w3.org/2001/XMLSchema#duration"},
            "eqfLevel": {"@id": f"{_ELM}EQFLevel", "@type": "@id"},
            "assessment": f"{_ELM}provenBy",
            "participation": f"{_ELM}mode",
            "qualityAssurance": f"{_ELM}accreditation",
            "prerequisites": f"{_ELM}entryRequirement",
            "supervision": f"{_ELM}idVerification",
            "grade": f"{_ELM}grade",
            "stackability": f"{_ELM}isPartOf",
            "furtherInformation": f"{_ELM}additionalNote",
        },
    },
}
CONTEXTS = (CREDENTIALS_CONTEXT, BADGES_CONTEXT, EXTENSIONS_CONTEXT)


def unsigned(badge: Badge) -> dict[str, Any]:
    """Return the Open Badge that says what `badge` says, without a proof.

    `credentialStatus` is one object where there is one, and a list where there are several, as Verifiable Credentials
    2.0 allow (section 4.10). The JSON Schema of Open Badges 3.0 knows one object only, so it is claimed
    (`credentialSchema`) where the badge fulfils it.
    """
    status = [_status(each) for each in badge.status]
    achievement = achievement_of(badge.achieved)
    return filled({
        "@context": contexts_of(achievement),
        "id": badge.id,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": badge.achieved.name,
        "inLanguage": badge.achieved.language,
        "issuer": profile(badge.issuer),
        "validFrom": instants.written(badge.valid_from),
        "validUntil": badge.valid_until and instants.written(badge.valid_until),
        "credentialSubject": filled({
            "id": badge.recipient.id,
            "type": ["AchievementSubject"],
            "identifier": badge.recipient.email and [_identity(badge.recipient.email)],
            "narrative": badge.narrative,
            "achievement": achievement,
        }),
        "evidence": [_evidence(each) for each in badge.evidence],
        "endorsement": [dict(each) for each in badge.endorsements],
        "credentialStatus": status[0] if len(status) == 1 else status,
        "credentialSchema": [] if len(status) > 1 else [{"id": SCHEMA_URL, "type": "1EdTechJsonSchemaValidator2019"}],
    })  # fmt: skip


def contexts_of(achievement: Document) -> list[Any]:
    """Return the contexts of a badge for `achievement`, as it stands in one: our own where a term of it is used."""
    return [*CONTEXTS, *([EXTENSION] if EXTENSION.keys() & achievement.keys() else [])]


def has_our_terms(document: Document) -> bool:
    """Return whether `names`, `abilities` and `microCredential` mean in `document` what they mean here.

    Under another context they may be anything, even each other: the signature would hold, and the texts be swapped.
    """
    contexts = document.get("@context")
    return isinstance(contexts, list) and EXTENSION in contexts


def endorsement(
    *,
    id: str,
    issuer: Issuer,
    subject: str,
    subject_type: str,
    name: str,
    valid_from: datetime,
    comment: str | None = None,
    valid_until: datetime | None = None,
    status: Sequence[BitstringEntry | RevocationListEntry] = (),
) -> dict[str, Any]:
    """Return an EndorsementCredential in which `issuer` vouches for `subject`, without a proof.

    `subject` is the id of a badge, an achievement or an issuer; `subject_type` says which (`OpenBadgeCredential`,
    `Achievement`, `Profile`).
    """
    entries = [_status(each) for each in status]
    return filled({
        "@context": list(CONTEXTS),
        "id": id,
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": name,
        "issuer": profile(issuer),
        "validFrom": instants.written(valid_from),
        "validUntil": valid_until and instants.written(valid_until),
        "credentialSubject": filled({
            "id": subject,
            "type": ["EndorsementSubject", subject_type],
            "endorsementComment": comment,
        }),
        "credentialStatus": entries[0] if len(entries) == 1 else entries,
    })  # fmt: skip


def profile(issuer: Issuer) -> dict[str, Any]:
    """Return the Profile of `issuer`, as it stands in badges."""
    return filled({
        "id": issuer.id,
        "type": ["Profile"],
        "name": issuer.name,
        "url": issuer.url,
        "description": issuer.description,
        "image": issuer.image and _image(issuer.image, None),
    })  # fmt: skip


def achievement_of(achieved: Achieved) -> dict[str, Any]:
    """Return the Achievement that `achieved` says, as it stands in badges."""
    micro = achieved.micro_credential
    return filled({
        "id": achieved.id,
        "type": ["Achievement"],
        "achievementType": achieved.kind,
        "name": achieved.name,
        "description": achieved.description,
        "criteria": filled({"id": achieved.criteria_url, "narrative": achieved.criteria}),
        "image": achieved.image and _image(achieved.image, achieved.image_alt),
        "inLanguage": achieved.language,
        "version": achieved.version,
        "creator": achieved.creator and profile(achieved.creator),
        "creditsAvailable": None if micro is None or micro.ects is None else _number(micro.ects),
        "alignment": [_alignment(each) for each in achieved.alignments],
        "tag": list(achieved.tags),
        "related": [
            {"id": address, "type": ["Related"], "inLanguage": language}
            for language, address in achieved.related.items()
        ],
        "names": dict(achieved.names),
        "abilities": {language: list(each) for language, each in achieved.abilities.items() if each},
        "microCredential": micro and _micro_credential(micro),
    })  # fmt: skip


def _micro_credential(micro: MicroCredential) -> dict[str, Any]:
    return filled({
        "country": micro.country,
        "workload": _duration(micro.workload_h),
        "eqfLevel": micro.eqf_level and f"{EQF_LEVEL}{micro.eqf_level}",
        "assessment": micro.assessment,
        "participation": micro.participation,
        "qualityAssurance": micro.quality_assurance,
        "prerequisites": micro.prerequisites,
        "supervision": micro.supervision,
        "grade": micro.grade,
        "stackability": micro.stackability,
        "furtherInformation": micro.further_information,
    })  # fmt: skip


def micro_credential_in_full(micro: MicroCredential) -> dict[str, Any]:
    """Return the same elements under their whole IRIs, for documents whose contexts do not name them."""
    whole = EXTENSION["microCredential"]
    terms = whole["@context"]
    elements = dict(_in_full(terms[name], value) for name, value in _micro_credential(micro).items())
    return filled({whole["@id"]: elements, _CREDITS: micro.ects and _number(micro.ects)})


def _in_full(term: Any, value: Any) -> tuple[str, Any]:
    """Return a property and its value as they are without the context that says `term` of it."""
    if isinstance(term, str):
        return term, value
    return term["@id"], {"id": value} if term["@type"] == "@id" else {"@type": term["@type"], "@value": value}


def _alignment(alignment: Alignment) -> dict[str, Any]:
    return filled({
        "type": ["Alignment"],
        "targetName": alignment.name,
        "targetUrl": alignment.target,
        "targetFramework": alignment.framework,
        "targetCode": alignment.code,
    })  # fmt: skip


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return filled({
        "id": evidence.url,
        "type": ["Evidence"],
        "name": evidence.name,
        "narrative": evidence.narrative,
    })  # fmt: skip


def _identity(email: HashedEmail) -> dict[str, Any]:
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": f"sha256${email.digest_hex}",
        "identityType": "emailAddress",
        "salt": email.salt,
    }


def _image(address: str, alt: str | None) -> dict[str, Any]:
    return filled({"id": address, "type": "Image", "caption": alt})


def _status(entry: BitstringEntry | RevocationListEntry) -> Document:
    if isinstance(entry, RevocationListEntry):
        return {"id": entry.list_url, "type": "1EdTechRevocationList"}
    return {
        "id": f"{entry.list_url}#{entry.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": entry.purpose,
        "statusListIndex": str(entry.index),
        "statusListCredential": entry.list_url,
    }


def _duration(hours: float) -> str:
    """Return hours as a duration of XML Schema, to the minute."""
    whole, minutes = divmod(round(hours * 60), 60)
    return f"PT{whole}H{minutes}M" if minutes else f"PT{whole}H"


def _number(value: float) -> int | float:
    """Return a whole number without a fraction: JSON knows no difference, and people read it more easily."""
    return int(value) if value == int(value) else value


def filled(parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is there: a null or an empty list would say nothing, and JSON-LD drops it."""
    return {name: value for name, value in parts.items() if value not in (None, [], {}, "")}
