"""Status lists: where anyone sees whether a badge still holds, without telling which badge they look at.

A place in a list is drawn at random, so that neighbours in it tell nothing of each other, and a list is closed at the
half, so that drawing stays quick. Revocation and suspension have the same place in two lists of bits.
Source: Bitstring Status List 1.0 (W3C), sections 2 and 3: at least 131,072 places.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from col_core.badges.awards.records import Place
from col_core.badges.awards.tables import StatusListRow
from col_core.base.clock import Clock

SIZE = 131_072
_FULL = SIZE // 2
_RANDOM = secrets.SystemRandom()


@dataclass(frozen=True, kw_only=True, slots=True)
class Bits:
    """The bits of one list, most significant first."""

    list_id: str
    issuer: str
    revoked: bytes
    suspended: bytes


def draw(session: Session, issuer: str, number: int, *, clock: Clock) -> list[Place]:
    """Give away `number` places at random that nobody ever had, in the caller's transaction."""
    places: list[Place] = []
    while len(places) < number:
        row = _open_list(session, issuer, clock)
        taken = _unpacked(row.taken)
        free = np.flatnonzero(taken == 0)
        wanted = min(number - len(places), _FULL - row.number_taken)
        chosen = free[_RANDOM.sample(range(len(free)), wanted)]
        taken[chosen] = 1
        row.taken = np.packbits(taken).tobytes()
        row.number_taken += wanted
        row.open = row.number_taken < _FULL
        session.flush()
        places += [Place(list_id=row.id, index=int(each)) for each in chosen]
    return places


def mark(
    session: Session,
    places: Sequence[Place],
    *,
    clock: Clock,
    revoked: bool | None = None,
    suspended: bool | None = None,
) -> None:
    """Set or clear the bits of `places`; what is None stays as it is."""
    by_list: dict[str, list[int]] = {}
    for each in places:
        by_list.setdefault(each.list_id, []).append(each.index)
    for list_id, indexes in sorted(by_list.items()):
        row = session.scalars(select(StatusListRow).where(StatusListRow.id == list_id).with_for_update()).one()
        if revoked is not None:
            row.revoked = _with(row.revoked, indexes, revoked)
        if suspended is not None:
            row.suspended = _with(row.suspended, indexes, suspended)
        row.changed = clock.now()
    session.flush()


def bits(session: Session, list_id: str) -> Bits | None:
    """Return the bits of a list, or None where there is none of that id."""
    row = session.get(StatusListRow, list_id)
    if row is None:
        return None
    return Bits(list_id=row.id, issuer=row.issuer, revoked=row.revoked, suspended=row.suspended)


def ids(session: Session, issuer: str) -> Sequence[str]:
    """Return the ids of every list of an issuer."""
    chosen = select(StatusListRow.id).where(StatusListRow.issuer == issuer).order_by(StatusListRow.id)
    return session.scalars(chosen).all()


def close_all(session: Session) -> None:
    """Give no more places away in the lists that there are: after a restore nobody knows which are taken."""
    session.execute(update(StatusListRow).values(open=False))


def _open_list(session: Session, issuer: str, clock: Clock) -> StatusListRow:
    chosen = select(StatusListRow).where(StatusListRow.issuer == issuer, StatusListRow.open).limit(1).with_for_update()
    row = session.scalars(chosen).first()
    if row is None:
        empty = bytes(SIZE // 8)
        row = StatusListRow(
            id=secrets.token_hex(8),
            issuer=issuer,
            open=True,
            number_taken=0,
            taken=empty,
            revoked=empty,
            suspended=empty,
            changed=clock.now(),
        )
        session.add(row)
        session.flush()
    return row


def _with(packed: bytes, indexes: Sequence[int], value: bool) -> bytes:
    unpacked = _unpacked(packed)
    unpacked[indexes] = value
    return np.packbits(unpacked).tobytes()


def _unpacked(packed: bytes) -> "np.ndarray[tuple[int], np.dtype[np.uint8]]":
    return np.unpackbits(np.frombuffer(packed, dtype=np.uint8))
