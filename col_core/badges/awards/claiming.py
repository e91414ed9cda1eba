"""Claiming: a code, a link or a screen becomes a badge that somebody holds, once.

Who holds it is the passport's business; here stands what a code opens, and that only one claim of a single code wins.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from col_core.badges.achievements import reading
from col_core.badges.achievements.records import Achievement
from col_core.badges.awards import codes, links, store
from col_core.badges.awards.issuing import Issuing
from col_core.badges.awards.records import Award, AwardState, ClaimLink, Recipient
from col_core.badges.awards.tables import ClaimLinkRow, ClaimUseRow
from col_core.base.clock import Clock


class Refusal(StrEnum):
    """Why a code opens nothing."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    ENDED = "ended"
    FULL = "full"


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """What a code opens: one award, or a link by which each may have a badge of `achievement`."""

    achievement: Achievement
    award: Award | None = None
    link: ClaimLink | None = None


def look(session: Session, code: str, *, known: codes.Codes, clock: Clock) -> Offered | Refusal:
    """Return what `code` (as `codes.read` gives it) opens; nothing is claimed by looking."""
    now = clock.now()
    award = store.by_code(session, code)
    if award is not None:
        return _of_award(session, award, now_expired=award.code_expires is not None and award.code_expires <= now)
    link = links.by_code(session, code, known=known, clock=clock)
    if link is None:
        return Refusal.UNKNOWN
    if link.closed is not None or now >= link.expires:
        return Refusal.EXPIRED
    achievement = reading.current(session, link.achievement_id)
    if achievement is None or achievement.archived:
        return Refusal.ENDED
    if link.used >= link.most:
        return Refusal.FULL
    return Offered(achievement=achievement, link=link)


def claim(session: Session, offered: Offered, *, holder_id: str, issuing: Issuing, clock: Clock) -> Award | Refusal:
    """Claim what a code offered for `holder_id`, in the caller's transaction.

    Of many at once who claim one award, one gets it. By a link each holder gets one badge; who claims again gets the
    one that they have.
    """
    if offered.award is not None:
        return _claim_award(session, offered.award, clock)
    assert offered.link is not None
    return _claim_by_link(session, offered, holder_id, issuing, clock)


def let_go(session: Session, holder_id: str) -> None:
    """Let nothing tie together any more what `holder_id`, who is forgotten, claimed by links."""
    for row in session.scalars(select(ClaimUseRow).where(ClaimUseRow.holder_id == holder_id)).all():
        row.holder_id = secrets.token_hex(16)
    session.flush()


def _claim_award(session: Session, award: Award, clock: Clock) -> Award | Refusal:
    row = store.locked(session, award.id)
    if row is None or row.state != AwardState.ISSUED.value:
        return Refusal.USED
    # The name and the address were for finding its recipient, who is found.
    row.state, row.claimed, row.name, row.email = AwardState.CLAIMED.value, clock.now(), None, None
    session.flush()
    return store.record(row)


def _claim_by_link(
    session: Session, offered: Offered, holder_id: str, issuing: Issuing, clock: Clock
) -> Award | Refusal:
    link = offered.link
    assert link is not None
    # The row of the link is the lock: two claims of one holder come one after the other.
    row = session.get(ClaimLinkRow, link.id, with_for_update=True, populate_existing=True)
    before = session.scalars(
        select(ClaimUseRow).where(ClaimUseRow.link_id == link.id, ClaimUseRow.holder_id == holder_id)
    ).first()
    if before is not None:
        award = store.get(session, before.award_id)
        assert award is not None
        return award
    if row is None or row.used >= row.most:
        return Refusal.FULL
    row.used += 1
    award = issuing.issue_one(
        session, offered.achievement, Recipient(), language=link.language, narrative=link.narrative
    )
    session.add(ClaimUseRow(link_id=link.id, holder_id=holder_id, award_id=award.id))
    session.flush()
    claimed = _claim_award(session, award, clock)
    assert isinstance(claimed, Award)
    return claimed


def _of_award(session: Session, award: Award, *, now_expired: bool) -> Offered | Refusal:
    if award.state is not AwardState.ISSUED:
        return Refusal.USED if award.state in (AwardState.CLAIMED, AwardState.ERASED) else Refusal.ENDED
    if now_expired:
        return Refusal.EXPIRED
    achievement = reading.version(session, award.achievement_id, award.achievement_version)
    assert achievement is not None
    return Offered(achievement=achievement, award=award)
