"""Links by which several claim the same badge: open to whoever has one, or shown on a screen in the room.

A screen's code changes every half minute, so that a photograph sent to those who were not there is worth nothing.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from col_core.badges.achievements.records import Achievement
from col_core.badges.awards import codes
from col_core.badges.awards.records import ClaimLink, LinkKind
from col_core.badges.awards.tables import ClaimLinkRow
from col_core.base.clock import Clock
from col_core.base.errors import InvalidInput, NotFound

MOST = 10_000
LONGEST = {LinkKind.OPEN: timedelta(days=366), LinkKind.SCREEN: timedelta(hours=24)}


def make(
    session: Session,
    achievement: Achievement,
    *,
    kind: LinkKind,
    issuer: str,
    language: str,
    most: int,
    expires: datetime,
    known: codes.Codes,
    clock: Clock,
    narrative: str | None = None,
) -> ClaimLink:
    """Make a link by which `most` may claim `achievement` until `expires`. Raises InvalidInput."""
    now = clock.now()
    if not 1 <= most <= MOST:
        raise InvalidInput(f"A link is for 1 to {MOST} people.", fields={"most": [f"1 to {MOST}"]})
    if not now < expires <= now + LONGEST[kind]:
        longest = "a year" if kind is LinkKind.OPEN else "a day"
        raise InvalidInput(f"The link must end in the future, within {longest}.", fields={"expires": [longest]})
    id_ = secrets.token_hex(8)
    row = ClaimLinkRow(
        id=id_,
        digest=codes.digest(known.of_link(id_)),
        kind=kind.value,
        achievement_id=achievement.id,
        issuer=issuer,
        language=language,
        narrative=narrative,
        most=most,
        created=now,
        expires=expires,
    )
    session.add(row)
    session.flush()
    return _record(row)


def close(session: Session, id_: str, *, clock: Clock, issuer: str | None = None) -> ClaimLink:
    """Let nobody claim by a link any more. Raises NotFound, also for one of another `issuer`."""
    row = session.get(ClaimLinkRow, id_, with_for_update=True)
    if row is None or issuer not in (None, row.issuer):
        raise NotFound(f"There is no link {id_!r}.")
    row.closed = row.closed or clock.now()
    session.flush()
    return _record(row)


def listing(session: Session, *, issuer: str | None = None) -> list[ClaimLink]:
    """Return the links of an issuer, or of all, the newest first."""
    chosen = select(ClaimLinkRow).order_by(ClaimLinkRow.created.desc(), ClaimLinkRow.id)
    if issuer is not None:
        chosen = chosen.where(ClaimLinkRow.issuer == issuer)
    return [_record(row) for row in session.scalars(chosen)]


def by_code(session: Session, code: str, *, known: codes.Codes, clock: Clock) -> ClaimLink | None:
    """Return the link that `code` opens: that of an open link, or what a screen shows now; None where there is none."""
    found = _by_digest(session, code, LinkKind.OPEN)
    if found is not None:
        return found
    now = clock.now()
    chosen = select(ClaimLinkRow).where(
        ClaimLinkRow.kind == LinkKind.SCREEN.value, ClaimLinkRow.expires > now, ClaimLinkRow.closed.is_(None)
    )
    for row in session.scalars(chosen):
        if known.is_on_screen(row.id, code, now):
            return _record(row)
    return None


def screen(session: Session, secret: str) -> ClaimLink | None:
    """Return the screen whose secret address `secret` is, or None."""
    return _by_digest(session, secret, LinkKind.SCREEN)


def _by_digest(session: Session, code: str, kind: LinkKind) -> ClaimLink | None:
    chosen = select(ClaimLinkRow).where(ClaimLinkRow.digest == codes.digest(code), ClaimLinkRow.kind == kind.value)
    row = session.scalars(chosen).first()
    return None if row is None else _record(row)


def _record(row: ClaimLinkRow) -> ClaimLink:
    return ClaimLink(
        id=row.id,
        kind=LinkKind(row.kind),
        achievement_id=row.achievement_id,
        issuer=row.issuer,
        language=row.language,
        most=row.most,
        used=row.used,
        created=row.created,
        expires=row.expires,
        narrative=row.narrative,
        closed=row.closed,
    )
