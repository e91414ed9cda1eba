"""Keeping badges: claiming one with a code, importing one from elsewhere, looking at all of them, removing one.

What a badge of this city says is read from the bytes that were signed: so a holder sees what a verifier will see.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from col_core.badges.awards import claiming, ending, store
from col_core.badges.awards.claiming import Offered, Refusal
from col_core.badges.awards.codes import Codes
from col_core.badges.awards.issuing import Issuing
from col_core.badges.awards.records import Award, AwardState
from col_core.badges.credentials import input as given
from col_core.badges.credentials import jwt, telling
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.records import Told, Verdict, Verification
from col_core.base import deletions
from col_core.base.clock import Clock
from col_core.base.errors import Conflict, InvalidInput, NotFound
from col_core.passport.records import Held, Holder, Picture
from col_core.passport.tables import HeldRow, HolderRow, ShareRow

REMOVED = "passport.removed"
MOST_HELD = 1000
LARGEST_IMPORT_BYTES = 600_000
_TOLD = msgspec.json.Decoder(Told)


@dataclass(frozen=True, kw_only=True, slots=True)
class Yours:
    """What a code opens is among the holder's badges already."""

    held: Held


def look(
    session: Session, code: str, *, holder: Holder | None, known: Codes, clock: Clock
) -> Offered | Yours | Refusal:
    """Return what a code (as `codes.read` gives it) opens for `holder`; None is somebody who holds nothing yet."""
    found = claiming.look(session, code, known=known, clock=clock)
    if holder is None:
        return found
    if isinstance(found, Offered):
        mine = _by_link(session, found, holder)
        return Yours(held=mine) if mine is not None else found
    award = store.by_code(session, code)
    row = _row_of_award(session, award.id) if award is not None else None
    return Yours(held=_record(session, row)) if row is not None and row.holder_id == holder.id else found


def claim(
    session: Session, offered: Offered, *, holder: Holder, issuing: Issuing, clock: Clock
) -> Held | Yours | Refusal:
    """Claim for `holder` what a code offered, in the caller's transaction."""
    _check_room(session, holder)
    award = claiming.claim(session, offered, holder_id=holder.id, issuing=issuing, clock=clock)
    if isinstance(award, Refusal):
        mine = _row_of_award(session, offered.award.id) if offered.award is not None else None
        return Yours(held=_record(session, mine)) if mine is not None and mine.holder_id == holder.id else award
    there = _row_of_award(session, award.id)
    if there is not None:
        return Yours(held=_record(session, there))
    if award.state is not AwardState.CLAIMED:
        # Who claims by a link again what they removed, or what was revoked since, gets no second one.
        return Refusal.USED
    row = HeldRow(
        id=secrets.token_hex(12),
        holder_id=holder.id,
        award_id=award.id,
        link_id=offered.link.id if offered.link is not None else None,
        added=clock.now(),
    )
    session.add(row)
    session.flush()
    return _record(session, row)


def is_badge(verified: Verification) -> bool:
    """Whether what was checked is a badge that can be kept: it says what it is, or who gave it."""
    return verified.told is not None and bool(verified.told.name or verified.told.issuer_id)


def bring(
    session: Session,
    body: bytes,
    verified: Verification,
    *,
    picture: Picture | None,
    holder: Holder,
    clock: Clock,
) -> Held | Yours:
    """Keep a badge from elsewhere, byte by byte, with what came of checking it.

    What cannot be read as a badge is refused (InvalidInput); one that is not valid is kept, and says so.
    """
    if not is_badge(verified):
        raise InvalidInput("This is no badge that can be read.")
    if len(body) > LARGEST_IMPORT_BYTES:
        raise InvalidInput(f"A badge of more than {LARGEST_IMPORT_BYTES // 1000} kB is not kept.")
    # The row of the holder is the lock: of two who keep the same badge at once, the second finds it there.
    session.execute(select(HolderRow.id).where(HolderRow.id == holder.id).with_for_update())
    _check_room(session, holder)
    digest = hashlib.sha256(body).hexdigest()
    chosen = select(HeldRow).where(HeldRow.holder_id == holder.id, HeldRow.digest == digest)
    there = session.scalars(chosen).first()
    row = there or HeldRow(
        id=secrets.token_hex(12), holder_id=holder.id, body=body, digest=digest, added=clock.now(), award_id=None
    )
    _note_checked(row, verified, clock)
    if picture is not None:
        row.picture, row.picture_type = picture.body, picture.media_type
    session.add(row)
    session.flush()
    return _record(session, row) if there is None else Yours(held=_record(session, row))


def note_checked(session: Session, held: Held, verified: Verification, *, clock: Clock) -> None:
    """Keep what came of checking an imported badge again."""
    row = session.get(HeldRow, held.id)
    if row is not None and row.award_id is None:
        _note_checked(row, verified, clock)
        session.flush()


def listing(session: Session, holder: Holder) -> list[Held]:
    """Return everything that `holder` keeps, the newest first."""
    chosen = select(HeldRow).where(HeldRow.holder_id == holder.id).order_by(HeldRow.added.desc(), HeldRow.id)
    return _records(session, session.scalars(chosen).all())


def count(session: Session, holder: Holder) -> int:
    """Return how many badges `holder` keeps."""
    return session.scalar(select(func.count()).select_from(HeldRow).where(HeldRow.holder_id == holder.id)) or 0


def get(session: Session, id_: str, *, holder: Holder) -> Held:
    """Return one badge of `holder`. Raises NotFound, also for one of somebody else."""
    return _record(session, _own(session, id_, holder))


def by_ids(session: Session, ids: Sequence[str], *, holder_id: str) -> list[Held]:
    """Return those of `ids` that `holder_id` keeps, in the order of `ids`; no more are looked at than one may keep."""
    # PostgreSQL takes no NUL in a text; no id of ours holds one.
    asked = [each for each in ids[:MOST_HELD] if "\0" not in each]
    chosen = select(HeldRow).where(HeldRow.holder_id == holder_id, HeldRow.id.in_(asked))
    found = {each.id: each for each in _records(session, session.scalars(chosen).all())}
    return [found[each] for each in asked if each in found]


def public(session: Session, award_id: str) -> Held | None:
    """Return the badge of this city that its holder opened to everybody, or None."""
    award = store.get(session, award_id)
    row = _row_of_award(session, award_id) if award is not None and award.public else None
    return None if row is None else _record(session, row)


def body(session: Session, held: Held) -> bytes:
    """Return an imported badge as it came. Raises NotFound for one of this city, which has other ways."""
    row = session.get(HeldRow, held.id)
    if row is None or row.body is None:
        raise NotFound("There is no such imported badge.")
    return row.body


def picture(session: Session, held: Held) -> Picture:
    """Return the picture of an imported badge. Raises NotFound where it has none."""
    row = session.get(HeldRow, held.id)
    if row is None or row.picture is None or row.picture_type is None:
        raise NotFound("This badge has no picture of its own.")
    return Picture(body=row.picture, media_type=row.picture_type)


def signed(session: Session, held: Held) -> bytes | None:
    """Return the bytes of a badge as somebody checks them; None where nothing is left of it."""
    if held.award is None:
        return body(session, held)
    documents = store.documents(session, held.award.id)
    return next((each.body for each in documents if _told_in(each.body, each.format) is not None), None)


def open_to_all(session: Session, id_: str, *, holder: Holder, public: bool) -> Held:
    """Let everybody with its address look at a badge of this city, or nobody any more. Raises NotFound, Conflict."""
    row = _own(session, id_, holder)
    award = store.locked(session, row.award_id) if row.award_id is not None else None
    if award is None:
        raise Conflict("A badge from elsewhere has its address there.")
    award.public = public
    session.flush()
    return _record(session, row)


def remove(session: Session, id_: str, *, holder: Holder, clock: Clock) -> None:
    """Remove a badge for good: from the passport, from shared pages, from the city. Raises NotFound."""
    remove_row(session, _own(session, id_, holder), clock=clock)
    deletions.note(session, REMOVED, [id_], clock=clock)


def remove_row(session: Session, row: HeldRow, *, clock: Clock) -> None:
    """Take a badge away with everything of it, in the caller's transaction."""
    award_id = row.award_id
    for share in session.scalars(select(ShareRow).where(ShareRow.holder_id == row.holder_id)):
        share.held_ids = json.dumps([each for each in json.loads(share.held_ids) if each != row.id])
    session.delete(row)
    session.flush()
    if award_id is not None:
        try:
            ending.erase(session, award_id, clock=clock)
        except Conflict:
            # It was revoked or recalled before: the city keeps that it was, and nothing of its holder.
            return


def _by_link(session: Session, offered: Offered, holder: Holder) -> Held | None:
    """Return what `holder` claimed by the link that a code opens."""
    if offered.link is None:
        return None
    chosen = select(HeldRow).where(HeldRow.holder_id == holder.id, HeldRow.link_id == offered.link.id)
    row = session.scalars(chosen).first()
    return None if row is None else _record(session, row)


def _note_checked(row: HeldRow, verified: Verification, clock: Clock) -> None:
    row.verdict, row.checked, row.as_of = verified.verdict.value, clock.now(), verified.as_of
    if verified.told is not None:
        row.told = msgspec.json.encode(verified.told).decode()


def _told_in(document: bytes, format_: str) -> Told | None:
    """Return what a document tells, None where it is in a form that tells nothing by itself."""
    try:
        came = given.read(document)
        said = came.document if came.token is None else jwt.read(came.token).credential
    except Unreadable:
        return None
    return telling.told(said, format=format_) if said is not None and "credentialSubject" in said else None


def _told_of_award(session: Session, award_id: str) -> Told | None:
    found = (_told_in(each.body, each.format) for each in store.documents(session, award_id))
    return next((each for each in found if each is not None), None)


def _records(session: Session, rows: Sequence[HeldRow]) -> list[Held]:
    awards = store.by_ids(session, [each.award_id for each in rows if each.award_id is not None])
    return [_made(session, each, awards) for each in rows]


def _record(session: Session, row: HeldRow) -> Held:
    (made,) = _records(session, [row])
    return made


def _made(session: Session, row: HeldRow, awards: Mapping[str, Award]) -> Held:
    if row.award_id is not None:
        told = _told_of_award(session, row.award_id)
    else:
        told = _TOLD.decode(row.told) if row.told is not None else None
    return Held(
        id=row.id,
        holder_id=row.holder_id,
        added=row.added,
        told=told,
        award=awards.get(row.award_id or ""),
        verdict=Verdict(row.verdict) if row.verdict else None,
        checked=row.checked,
        as_of=row.as_of,
        has_picture=row.picture_type is not None,
    )


def _row_of_award(session: Session, award_id: str) -> HeldRow | None:
    return session.scalars(select(HeldRow).where(HeldRow.award_id == award_id)).first()


def _own(session: Session, id_: str, holder: Holder) -> HeldRow:
    row = session.get(HeldRow, id_) if "\0" not in id_ else None
    if row is None or row.holder_id != holder.id:
        raise NotFound("There is no such badge among yours.")
    return row


def _check_room(session: Session, holder: Holder) -> None:
    if count(session, holder) >= MOST_HELD:
        raise Conflict(f"You keep {MOST_HELD} badges, which is the most. Remove one first.")
