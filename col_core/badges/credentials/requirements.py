"""Whether a badge has what its standard says that it must have.

The rules are those of the standards' own tables, written out: Open Badges 3.0 (appendix B: AchievementCredential,
AchievementSubject, Achievement, EndorsementCredential), Verifiable Credentials Data Model 1.1 and 2.0 (section 4), Open
Badges 2.0 (section 5).
"""

from collections.abc import Iterator

from col_core.badges.credentials.checks import failed, passed
from col_core.badges.credentials.reasons import Reason
from col_core.badges.credentials.records import Check, Document
from col_core.badges.credentials.shapes import first_object, id_of, instant, listed, objects, text, types_of

VC_1 = "https://www.w3.org/2018/credentials/v1"
VC_2 = "https://www.w3.org/ns/credentials/v2"
_OPEN_BADGES_3 = ("https://purl.imsglobal.org/spec/ob/v3p0/", "https://purl.imsglobal.org/ob/v3p0/")
_BADGE_TYPES = {"OpenBadgeCredential", "AchievementCredential"}
_ENDORSEMENT_TYPE = "EndorsementCredential"


def check_credential(document: Document) -> Check:
    """Check an Open Badge 3.0 or an endorsement, in the form of VC 2.0 or 1.1."""
    if "VerifiableCredential" not in types_of(document) or _wrong_kind(document):
        return failed(Reason.SCHEMA_KIND)
    missing = [*_missing(document)]
    return failed(Reason.SCHEMA_MISSING, missing=", ".join(missing)) if missing else passed(Reason.SCHEMA_FITS)


def check_assertion(assertion: Document, badge_class: Document, issuer: Document) -> Check:
    """Check an Open Badge 2.0 with what it is linked to."""
    missing = [
        *_lacking(assertion, "", id_=True, texts=("issuedOn",)),
        *([] if first_object(assertion.get("recipient")) else ["recipient"]),
        *_lacking(badge_class, "badge.", texts=("name", "description")),
        *(
            []
            if id_of(badge_class.get("criteria")) or first_object(badge_class.get("criteria"))
            else ["badge.criteria"]
        ),
        *_lacking(issuer, "badge.issuer.", id_=True, texts=("name",)),
    ]
    return failed(Reason.SCHEMA_MISSING, missing=", ".join(missing)) if missing else passed(Reason.SCHEMA_FITS)


def _wrong_kind(document: Document) -> bool:
    types = set(types_of(document))
    contexts = [each for each in listed(document.get("@context")) if isinstance(each, str)]
    return (
        not types & {*_BADGE_TYPES, _ENDORSEMENT_TYPE}
        or not contexts
        or contexts[0] not in (VC_1, VC_2)
        or not any(each.startswith(_OPEN_BADGES_3) for each in contexts)
    )


def _missing(document: Document) -> Iterator[str]:
    yield from _lacking(document, "", id_=True)
    begin = "validFrom" if id_of(document.get("@context")) == VC_2 else "issuanceDate"
    if instant(document.get(begin)) is None:
        yield begin
    # Of two, JSON-LD does not say which comes first.
    if id_of(document.get("issuer")) is None or len(listed(document.get("issuer"))) != 1:
        yield "issuer.id"
    subjects = objects(document.get("credentialSubject"))
    if not subjects:
        yield "credentialSubject"
    is_endorsement = _ENDORSEMENT_TYPE in types_of(document)
    for subject in subjects:
        if is_endorsement:
            yield from _lacking(subject, "credentialSubject.", id_=True)
        else:
            yield from _missing_of_subject(subject)


def _missing_of_subject(subject: Document) -> Iterator[str]:
    at = "credentialSubject."
    if not types_of(subject):
        yield f"{at}type"
    if id_of(subject) is None and not objects(subject.get("identifier")):
        yield f"{at}id"
    achievements = objects(subject.get("achievement"))
    if not achievements:
        yield f"{at}achievement"
    for each in achievements:
        inner = f"{at}achievement."
        if not types_of(each):
            yield f"{inner}type"
        yield from _lacking(each, inner, id_=True, texts=("name", "description"))
        if not first_object(each.get("criteria")):
            yield f"{inner}criteria"


def _lacking(document: Document, at: str, *, id_: bool = False, texts: tuple[str, ...] = ()) -> Iterator[str]:
    if id_ and id_of({"id": document.get("id")}) is None:
        yield f"{at}id"
    for name in texts:
        value = document.get(name)
        if not text(value) and not (name == "issuedOn" and instant(value)):
            yield f"{at}{name}"
