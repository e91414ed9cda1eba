"""Who vouches for a badge, its achievement or its issuer: each endorsement is a credential, and is checked as one.

Source: Open Badges 3.0, section 9.3 and appendix B (EndorsementCredential).
"""

from collections.abc import Callable, Iterator, Sequence

from col_core.badges.credentials.checks import absent, failed, passed, unknown
from col_core.badges.credentials.input import Came
from col_core.badges.credentials.reasons import Reason
from col_core.badges.credentials.records import Check, Document, Endorsed, Outcome, Verdict, Verification
from col_core.badges.credentials.shapes import first_object, id_of, listed, objects, text

MAX_DEPTH = 2
_MAX_ENDORSEMENTS = 6
_OUTCOMES = {Verdict.VALID: Outcome.PASSED, Verdict.UNKNOWN: Outcome.UNKNOWN}

# Checks an endorsement, and returns the document that was checked with what came of it.
Checked = tuple[Document, Verification]
CheckOne = Callable[[Came], Checked]


def check_endorsements(credential: Document, check: CheckOne) -> tuple[Check, Sequence[Endorsed]]:
    """Return what came of all endorsements in `credential`; `check` verifies one."""
    places = [credential, *_profiles_and_achievements(credential)]
    ours = {found for place in places if (found := id_of(place)) is not None}
    came = [each for place in places for each in _within(place)]
    if not came:
        return absent(Reason.NOT_ENDORSED), ()
    endorsed = [_endorsed(*check(each), ours) for each in came[:_MAX_ENDORSEMENTS]]
    outcomes = {each.outcome for each in endorsed}
    if Outcome.FAILED in outcomes:
        return failed(Reason.ENDORSEMENT_FAILS), endorsed
    if Outcome.UNKNOWN in outcomes or len(came) > _MAX_ENDORSEMENTS:
        return unknown(Reason.ENDORSEMENT_UNKNOWN), endorsed
    return passed(Reason.ENDORSEMENTS_HOLD), endorsed


def _profiles_and_achievements(credential: Document) -> Iterator[Document]:
    yield from objects(credential.get("issuer"))
    for subject in objects(credential.get("credentialSubject")):
        yield from objects(subject.get("achievement"))


def _within(place: Document) -> Iterator[Came]:
    for document in objects(place.get("endorsement")):
        yield Came(document=document)
    for token in listed(place.get("endorsementJwt")):
        if isinstance(token, str):
            yield Came(token=token)


def _endorsed(document: Document, verification: Verification, ours: set[str]) -> Endorsed:
    subject = first_object(document.get("credentialSubject"))
    issuer = first_object(document.get("issuer"))
    # One that was written about something else was put here by somebody else.
    is_about_this = id_of(subject) in ours
    return Endorsed(
        issuer_id=id_of(document.get("issuer")) or "",
        issuer_name=text(issuer.get("name")),
        outcome=_OUTCOMES.get(verification.verdict, Outcome.FAILED) if is_about_this else Outcome.FAILED,
        comment=text(subject.get("endorsementComment")) or None,
    )
