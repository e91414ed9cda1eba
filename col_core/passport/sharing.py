"""Sharing: a page that shows some badges to whoever has its address, for as long as its holder wishes."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from col_core.badges.awards.tables import AwardRow
from col_core.base import deletions
from col_core.base.clock import Clock
from col_core.base.errors import Gone, InvalidInput, NotFound
from col_core.passport.records import Holder, Share
from col_core.passport.tables import HeldRow, ShareRow

WITHDRAWN = "passport.share_withdrawn"
LONGEST_TITLE = 120
MOST_DAYS = 366
# Each badge of a page is verified whenever somebody looks at it.
MOST_SHARED = 24
_MOST_SHARES = 100


def share(
    session: Session, held_ids: Sequence[str], *, holder: Holder, title: str, language: str, days: int, clock: Clock
) -> Share:
    """Open a page with those badges to whoever has its address. Raises InvalidInput, NotFound for one of others."""
    ids = list(dict.fromkeys(held_ids))
    if not 1 <= len(ids) <= MOST_SHARED:
        raise InvalidInput(f"A page shows 1 to {MOST_SHARED} badges.", fields={"badge": ["choose at least one"]})
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(f"A page is open for 1 to {MOST_DAYS} days.", fields={"days": [f"1 to {MOST_DAYS}"]})
    # PostgreSQL takes no NUL in a text; no id of ours holds one.
    asked = [each for each in ids if "\0" not in each]
    own = session.execute(
        select(HeldRow.id, HeldRow.award_id).where(HeldRow.holder_id == holder.id, HeldRow.id.in_(asked))
    ).all()
    if len(own) != len(ids):
        raise NotFound("There is no such badge among yours.")
    open_now = [each for each in listing(session, holder) if each.is_open(clock.now())]
    if len(open_now) >= _MOST_SHARES:
        raise InvalidInput(f"You have {_MOST_SHARES} open pages, which is the most. Withdraw one first.")
    now = clock.now()
    row = ShareRow(
        id=secrets.token_urlsafe(16),
        holder_id=holder.id,
        title=title[:LONGEST_TITLE],
        language=language,
        held_ids=json.dumps(ids),
        created=now,
        expires=now + timedelta(days=days),
    )
    session.add(row)
    note_shared(session, [award_id for _, award_id in own if award_id is not None], now)
    session.flush()
    return _record(row)


def listing(session: Session, holder: Holder) -> list[Share]:
    """Return the pages that `holder` opened, the newest first."""
    chosen = select(ShareRow).where(ShareRow.holder_id == holder.id).order_by(ShareRow.created.desc(), ShareRow.id)
    return [_record(row) for row in session.scalars(chosen)]


def withdraw(session: Session, id_: str, *, holder: Holder, clock: Clock) -> Share:
    """Close a page; its address shows nothing any more. Raises NotFound."""
    row = session.get(ShareRow, id_) if "\0" not in id_ else None
    if row is None or row.holder_id != holder.id:
        raise NotFound("There is no such page of yours.")
    row.withdrawn = row.withdrawn or clock.now()
    deletions.note(session, WITHDRAWN, [row.id], clock=clock)
    session.flush()
    return _record(row)


def visit(session: Session, id_: str, *, clock: Clock) -> Share:
    """Return an open page. Nothing is kept of who looks. Raises NotFound, Gone for one that is not open any more."""
    row = session.get(ShareRow, id_) if "\0" not in id_ else None
    if row is None:
        raise NotFound("There is no such page.")
    found = _record(row)
    if not found.is_open(clock.now()):
        raise Gone("This page is closed: its holder withdrew it, or its time is over.")
    return found


def count_visit(session: Session, id_: str) -> None:
    """Count that somebody looked at a page: a number for its holder."""
    session.execute(update(ShareRow).where(ShareRow.id == id_).values(opened=ShareRow.opened + 1))


def shows(session: Session, award_id: str, id_: str, *, clock: Clock) -> bool:
    """Whether an open page shows that award: then its files are open to who has the address of the page."""
    try:
        found = visit(session, id_, clock=clock)
    except (NotFound, Gone):
        return False
    chosen = select(HeldRow.id).where(HeldRow.award_id == award_id, HeldRow.holder_id == found.holder_id)
    held_id = session.scalars(chosen).first()
    return held_id in found.held_ids


def note_shared(session: Session, award_ids: Sequence[str], now: datetime) -> None:
    """Note that those awards were shown to others: a figure of their issuers."""
    session.execute(update(AwardRow).where(AwardRow.id.in_(award_ids), AwardRow.shared.is_(None)).values(shared=now))


def _record(row: ShareRow) -> Share:
    return Share(
        id=row.id,
        holder_id=row.holder_id,
        title=row.title,
        language=row.language,
        held_ids=tuple(json.loads(row.held_ids)),
        created=row.created,
        expires=row.expires,
        opened=row.opened,
        withdrawn=row.withdrawn,
    )
