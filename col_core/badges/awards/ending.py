"""How an award ends before its time: taken back, revoked, suspended, recalled, erased by its holder.

What others may see of it is the bit in the status list and the id in the revocation list. No reason and nobody's name
is ever public.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from col_core.badges.awards import status, store
from col_core.badges.awards.records import Award, AwardState
from col_core.badges.awards.tables import AwardDocumentRow, AwardRow
from col_core.base import deletions, outbox
from col_core.base.clock import Clock
from col_core.base.deletions import Deletable, Deletion
from col_core.base.errors import Conflict, NotFound

REVOKED, EMPTIED = "badges.revoked", "badges.emptied"
# Outside services that issued a badge, too, are told.
TELL_JOB = "awards.tell_ended"
_LONGEST_REASON = 500


def revoke(session: Session, id_: str, *, reason: str, clock: Clock, issuer: str | None = None) -> Award:
    """Say that a badge does not hold any more. `reason` is kept for the organisation and shown to nobody else.

    Raises NotFound (also for a badge of another `issuer`), Conflict where it has ended.
    """
    row = _held(session, id_, issuer)
    return _end(session, row, AwardState.REVOKED, reason=reason, clock=clock)


def undo(session: Session, id_: str, *, clock: Clock, issuer: str | None = None) -> Award:
    """Take back a badge that nobody has claimed; the same row may be issued again. Raises NotFound, Conflict."""
    row = _held(session, id_, issuer)
    if row.state != AwardState.ISSUED.value:
        raise Conflict("Somebody has claimed this badge already; it can be revoked or recalled.")
    row.repeat_key = None
    return _end(session, row, AwardState.UNDONE, clock=clock)


def recall(session: Session, id_: str, *, clock: Clock, issuer: str | None = None) -> Award:
    """Call back a badge that went to the wrong person: it does not hold, and nothing personal of it is left here."""
    row = _held(session, id_, issuer, also=(AwardState.REVOKED,))
    row.repeat_key = None
    return _end(session, row, AwardState.RECALLED, clock=clock)


def decline(session: Session, id_: str, *, clock: Clock) -> Award:
    """Note that its recipient did not want a badge. Raises NotFound, Conflict."""
    row = _held(session, id_, None)
    if row.state != AwardState.ISSUED.value:
        raise Conflict("This badge is claimed already.")
    return _end(session, row, AwardState.DECLINED, clock=clock)


def erase(session: Session, id_: str, *, clock: Clock) -> Award:
    """Remove everything of a badge, as its holder asked. A copy that somebody has verifies as before.

    One that was revoked stays revoked. Raises NotFound, Conflict for one that has ended otherwise.
    """
    row = _held(session, id_, None, also=(AwardState.REVOKED,))
    _empty(session, row)
    row.public, row.code_digest = False, None
    if AwardState(row.state).holds:
        row.state, row.ended = AwardState.ERASED.value, clock.now()
    deletions.note(session, EMPTIED, [row.id], clock=clock)
    session.flush()
    return store.record(row)


def suspend(session: Session, id_: str, *, clock: Clock, suspended: bool = True, issuer: str | None = None) -> Award:
    """Say that a badge does not hold for now, or that it does again. Raises NotFound, Conflict where it has ended."""
    row = _held(session, id_, issuer)
    row.suspended = suspended
    status.mark(session, [store.record(row).place], suspended=suspended, clock=clock)
    return store.record(row)


def tell(session: Session, award_id: str, references: Mapping[str, str], *, clock: Clock) -> None:
    """Have those told who know an award by `references`, by format, that it does not hold."""
    told = [{"format": format_, "reference": reference} for format_, reference in references.items()]
    if told:
        outbox.enqueue(session, TELL_JOB, {"award": award_id, "told": told}, clock=clock)


def revoked_ids(session: Session, issuer: str) -> Sequence[str]:
    """Return the ids of an issuer's badges that do not hold any more, as its revocation list names them."""
    return session.scalars(select(AwardRow.id).where(*_revoked(issuer)).order_by(AwardRow.id)).all()


def revoked_mark(session: Session, issuer: str) -> tuple[int, datetime | None]:
    """Return how many `revoked_ids` there are and when the last of them ended: neither stays when another one ends."""
    number, newest = session.execute(select(func.count(), func.max(AwardRow.ended)).where(*_revoked(issuer))).one()
    return number, newest


def deletables(clock: Clock) -> list[Deletable]:
    """Return how badges end once more that a backup brought back as they were before."""

    def revoked(session: Session, gone: Sequence[Deletion]) -> int:
        return _again(session, gone, AwardState.REVOKED, clock)

    def emptied(session: Session, gone: Sequence[Deletion]) -> int:
        return _again(session, gone, AwardState.ERASED, clock)

    return [Deletable(kind=REVOKED, again=revoked), Deletable(kind=EMPTIED, again=emptied)]


def _again(session: Session, gone: Sequence[Deletion], state: AwardState, clock: Clock) -> int:
    number = 0
    for each in gone:
        row = store.locked(session, each.key)
        if row is None:
            continue
        was = AwardState(row.state)
        if was in (AwardState.ISSUED, AwardState.CLAIMED) or (was is AwardState.ERASED and not state.holds):
            row.state, row.ended = state.value, each.deleted
            number += 1
        if state is AwardState.ERASED:
            _empty(session, row)
            row.public, row.code_digest, row.repeat_key = False, None, None
        if not state.holds:
            status.mark(session, [store.record(row).place], revoked=True, clock=clock)
    return number


def _revoked(issuer: str) -> Sequence[ColumnElement[bool]]:
    return AwardRow.issuer == issuer, AwardRow.state.in_([each.value for each in AwardState if not each.holds])


def _held(session: Session, id_: str, issuer: str | None, also: Sequence[AwardState] = ()) -> AwardRow:
    row = store.locked(session, id_)
    if row is None or issuer not in (None, row.issuer):
        raise NotFound(f"There is no badge {id_!r}.")
    state = AwardState(row.state)
    if not state.holds and state not in also:
        raise Conflict(f"This badge has ended already: it is {state}.")
    return row


def _end(session: Session, row: AwardRow, state: AwardState, *, clock: Clock, reason: str | None = None) -> Award:
    """End an award; all but a revoked one, which its holder may still look at, loses what it says."""
    tell(session, row.id, {each.format: each.reference or "" for each in _references(session, row.id)}, clock=clock)
    noted = [REVOKED]
    if state is not AwardState.REVOKED:
        _empty(session, row)
        row.code_digest, row.public = None, False
        noted.append(EMPTIED)
    row.state, row.ended = state.value, clock.now()
    row.reason = reason[:_LONGEST_REASON] if reason else None
    status.mark(session, [store.record(row).place], revoked=True, clock=clock)
    for kind in noted:
        deletions.note(session, kind, [row.id], clock=clock)
    session.flush()
    return store.record(row)


def _references(session: Session, award_id: str) -> Sequence[AwardDocumentRow]:
    chosen = select(AwardDocumentRow).where(
        AwardDocumentRow.award_id == award_id, AwardDocumentRow.reference.is_not(None)
    )
    return session.scalars(chosen).all()


def _empty(session: Session, row: AwardRow) -> None:
    """Take away everything that tells of a person; the id and the place in the list stay."""
    row.name = row.email = row.narrative = row.reason = None
    row.evidence = "[]"
    store.drop_documents(session, [row.id])
