"""Verifying any Open Badge: each check by itself, then one answer.

Nothing that comes in makes it raise, nothing is believed that the issuer's own document does not confirm, and nothing
is kept from one verification to the next. Sources: Open Badges 3.0, section 9; Open Badges 2.0, section 4.4.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

from col_core.badges.credentials import asking, open_badges_2, requirements, telling
from col_core.badges.credentials.arriving import arrive
from col_core.badges.credentials.budget import Budget
from col_core.badges.credentials.checks import absent, failed, passed, unknown
from col_core.badges.credentials.endorsing import MAX_DEPTH, Checked, check_endorsements
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.input import Came, read
from col_core.badges.credentials.issuers import Issuers
from col_core.badges.credentials.proving import Proven, prove_document, prove_token
from col_core.badges.credentials.reasons import Reason
from col_core.badges.credentials.recipients import check_recipient
from col_core.badges.credentials.records import (
    Aspect,
    Check,
    Document,
    Documents,
    NotReached,
    NotThere,
    Outcome,
    RecognisedIssuers,
    Told,
    Verdict,
    Verification,
)
from col_core.badges.credentials.shapes import id_of, instant, objects, types_of
from col_core.badges.credentials.status import Statuses

# Clocks differ; a badge that was issued this minute is not from the future.
_CLOCKS_DIFFER = timedelta(minutes=5)
_REFRESH = "1EdTechCredentialRefresh"
# Faults of what came, in the words of those who read it, and what is said of them.
_READING = {
    "alg": Reason.ALGORITHM,
    "claims": Reason.CLAIMS_DIFFER,
    "jwt": Reason.PROOF_UNREADABLE,
    "key": Reason.PROOF_UNREADABLE,
    "base64": Reason.PROOF_UNREADABLE,
    "date": Reason.DATES_UNREADABLE,
}
_REASONS = {each.value: each for each in Reason}
_CANNOT_TELL = frozenset({Reason.ADDRESS_EMPTY, Reason.ADDRESS_UNREACHABLE, Reason.OPEN_BADGES_1})
_NEEDED = (Aspect.PROOF, Aspect.ISSUER, Aspect.SCHEMA, Aspect.DATES, Aspect.STATUS, Aspect.RECIPIENT)


def verify(
    given: bytes | str,
    *,
    documents: Documents,
    now: datetime,
    recognised: RecognisedIssuers | None = None,
    recipient_email: str | None = None,
    elapsed_s: Callable[[], float] = monotonic,
) -> Verification:
    """Return what came of checking `given`: JSON, a JWT, a PNG or SVG with a badge in it, or an address.

    Issuers' documents and status lists come from `documents`, of which so many are asked, and for so long
    (`elapsed_s`), as one verification may cost others. `recipient_email` is compared with whose badge it is.
    """
    budget = Budget(documents, elapsed_s=elapsed_s)
    checking = _Verifying(budget, now, recognised)
    try:
        return checking.of(arrive(given, budget), email=recipient_email)[1]
    except Unreadable as error:
        return _unreadable(error)


def not_checked() -> Verification:
    """Return that nobody can tell, for one that could not even be begun."""
    return Verification(
        verdict=Verdict.UNKNOWN,
        reason=Reason.NOT_CHECKED,
        checks=dict.fromkeys(Aspect, absent(Reason.NOT_CHECKED)),
        told=None,
    )


class _Verifying:
    """One verification, with those of its endorsements."""

    def __init__(self, documents: Budget, now: datetime, recognised: RecognisedIssuers | None) -> None:
        self._documents = documents
        self._now = now
        self._recognised = recognised
        self._issuers = Issuers(documents)
        self._statuses = Statuses(documents, self._issuers, now=now)

    def of(self, came: Came, *, email: str | None, depth: int = 0) -> Checked:
        """Check a badge or an endorsement. Raises Unreadable where nothing can be read."""
        if came.token is not None and open_badges_2.is_signed_assertion(came.token):
            return self._older(open_badges_2.look_at_signed(came.token, self._documents), "ob2-jws", email)
        if came.document is not None and open_badges_2.is_assertion(came.document):
            return self._older(open_badges_2.look_at_hosted(came.document, self._documents), "ob2", email)
        if came.document is not None and open_badges_2.is_older(came.document):
            raise Unreadable(Reason.OPEN_BADGES_1, "an assertion of Open Badges 1")
        proven = self._proven(came)
        if proven.holds:
            proven = self._refreshed(proven)
        return self._credential(proven, "ob3" if came.token is None else "ob3-jwt", email, depth)

    def _proven(self, came: Came) -> Proven:
        if came.token is not None:
            return prove_token(came.token, self._issuers)
        return prove_document(came.document or {}, self._issuers, now=self._now)

    def _refreshed(self, proven: Proven) -> Proven:
        """Return the newer badge that the issuer keeps in the place of this one, if it does and that holds."""
        service = next(
            (each for each in objects(proven.document.get("refreshService")) if _REFRESH in types_of(each)), None
        )
        address = id_of(service)
        if address is None:
            return proven
        try:
            newer = self._proven(read(self._documents.get(address, accept=asking.BADGE).body))
        except (NotThere, NotReached, Unreadable):
            return proven
        same = all(id_of(newer.document.get(each)) == id_of(proven.document.get(each)) for each in ("id", "issuer"))
        return newer if newer.holds and same else proven

    def _credential(self, proven: Proven, format: str, email: str | None, depth: int) -> Checked:
        document = proven.document
        told = telling.told(document, format=format)
        checks = {
            Aspect.PROOF: proven.proof,
            Aspect.ISSUER: proven.issuer,
            Aspect.STATUS: absent(Reason.NOT_CHECKED),
            Aspect.DATES: _check_dates(document, self._now),
            Aspect.RECIPIENT: check_recipient(document, email),
            Aspect.SCHEMA: requirements.check_credential(document),
            Aspect.ENDORSEMENTS: absent(Reason.NOT_CHECKED),
            Aspect.NETWORK: absent(Reason.NOT_CHECKED),
        }
        # What nobody vouches for sends us nowhere.
        if proven.holds:
            checks[Aspect.STATUS] = self._statuses.check(document)
            checks[Aspect.NETWORK] = self._check_network(told.issuer_id)
            if depth < MAX_DEPTH:
                checks[Aspect.ENDORSEMENTS], endorsed = check_endorsements(
                    document, lambda each: self._endorsement(each, depth + 1)
                )
                told = replace(told, endorsements=endorsed)
        return document, self._answer(checks, told)

    def _endorsement(self, came: Came, depth: int) -> Checked:
        try:
            return self.of(came, email=None, depth=depth)
        except Unreadable as error:
            return came.document or {}, _unreadable(error)

    def _older(self, looked: open_badges_2.Looked, format: str, email: str | None) -> Checked:
        holds = looked.proof.outcome == looked.issuer.outcome == Outcome.PASSED
        issuer_id = id_of(looked.issuer_profile) or ""
        checks = {
            Aspect.PROOF: looked.proof,
            Aspect.ISSUER: looked.issuer,
            Aspect.STATUS: looked.status,
            Aspect.DATES: _check_older_dates(looked.assertion, self._now),
            Aspect.RECIPIENT: check_recipient(looked.assertion, email),
            # What could not be fetched is not missing.
            Aspect.SCHEMA: absent(Reason.NOT_CHECKED)
            if looked.issuer.outcome == Outcome.UNKNOWN
            else requirements.check_assertion(looked.assertion, looked.badge_class, looked.issuer_profile),
            Aspect.ENDORSEMENTS: absent(Reason.NOT_ENDORSED),
            Aspect.NETWORK: self._check_network(issuer_id) if holds else absent(Reason.NOT_CHECKED),
        }
        return looked.assertion, self._answer(checks, open_badges_2.told(looked, format=format))

    def _check_network(self, issuer_id: str) -> Check:
        return check_network(issuer_id, self._recognised)

    def _answer(self, checks: Mapping[Aspect, Check], told: Told) -> Verification:
        """Return the one answer: invalid before revoked, before expired, before what nobody knows, before valid."""
        verdict, reason = _verdict(checks)
        return Verification(
            verdict=verdict,
            reason=reason,
            checks=checks,
            told=told,
            as_of=self._documents.as_of,
            in_doubt=self._documents.in_doubt,
        )


def check_network(issuer_id: str, recognised: RecognisedIssuers | None) -> Check:
    """Return whether the network of cities recognises an issuer who is known to be who it says.

    `details` then tell of its city: `host`, `city` and `city:<language>` (its names), `since`, `until`, `vouched_by`.
    """
    if recognised is None or not recognised.has_network():
        return absent(Reason.NETWORK_NOT_ASKED)
    found = recognised.look(issuer_id)
    if found is None:
        return absent(Reason.NETWORK_STRANGER)
    details = {
        "host": found.host,
        "city": found.names.get("en") or next(iter(found.names.values()), found.host),
        **{f"city:{tag}": name for tag, name in found.names.items()},
        **{name: each.isoformat() for name, each in (("since", found.since), ("until", found.until)) if each},
        **({"vouched_by": found.vouched_by} if found.vouched_by else {}),
    }
    if found.is_here:
        return passed(Reason.NETWORK_OWN, **details)
    return absent(Reason.NETWORK_FORMER, **details) if found.until else passed(Reason.NETWORK_MEMBER, **details)


def _check_dates(document: Document, now: datetime) -> Check:
    return _within(
        now,
        (document.get("validFrom"), document.get("issuanceDate")),
        (document.get("validUntil"), document.get("expirationDate")),
    )


def _check_older_dates(assertion: Document, now: datetime) -> Check:
    return _within(now, (assertion.get("issuedOn"),), (assertion.get("expires"),))


def _within(now: datetime, begins: tuple[object, ...], ends: tuple[object, ...]) -> Check:
    """Every date that stands there counts: one standard's name for it does not undo the other's."""
    begin = [instant(each) for each in begins if each is not None]
    end = [instant(each) for each in ends if each is not None]
    if not begin or None in begin or None in end:
        return unknown(Reason.DATES_UNREADABLE)
    if any(each is not None and each > now + _CLOCKS_DIFFER for each in begin):
        return failed(Reason.NOT_YET)
    if any(each is not None and each <= now for each in end):
        return failed(Reason.EXPIRED)
    return passed(Reason.IN_TIME)


def _verdict(checks: Mapping[Aspect, Check]) -> tuple[Verdict, str]:
    schema, dates, status = checks[Aspect.SCHEMA], checks[Aspect.DATES], checks[Aspect.STATUS]
    if schema.reason == Reason.SCHEMA_KIND:
        return Verdict.INVALID, schema.reason
    for aspect in (Aspect.PROOF, Aspect.ISSUER, Aspect.SCHEMA, Aspect.RECIPIENT):
        if checks[aspect].outcome == Outcome.FAILED:
            return Verdict.INVALID, checks[aspect].reason
    if dates.reason == Reason.NOT_YET:
        return Verdict.INVALID, dates.reason
    if status.outcome == Outcome.FAILED:
        return Verdict.REVOKED, status.reason
    if dates.outcome == Outcome.FAILED:
        return Verdict.EXPIRED, dates.reason
    for aspect in _NEEDED:
        if checks[aspect].outcome == Outcome.UNKNOWN:
            return Verdict.UNKNOWN, checks[aspect].reason
    certain = all(
        checks[each].outcome == Outcome.PASSED for each in (Aspect.PROOF, Aspect.ISSUER, Aspect.SCHEMA, Aspect.DATES)
    )
    return (Verdict.VALID, Reason.VALID) if certain else (Verdict.UNKNOWN, Reason.NOT_CHECKED)


def _unreadable(error: Unreadable) -> Verification:
    reason = _READING.get(error.reason, error.reason)
    known = _REASONS.get(reason, Reason.NOT_A_BADGE)
    is_open = known in _CANNOT_TELL
    found = (unknown if is_open else failed)(known, found=error.message[:300])
    others = absent(Reason.NOT_CHECKED)
    return Verification(
        verdict=Verdict.UNKNOWN if is_open else Verdict.INVALID,
        reason=known,
        checks={aspect: found if aspect == Aspect.PROOF else others for aspect in Aspect},
        told=None,
    )
