"""Who keeps badges: a device is enough, no name and no account. A recovery code brings them to another device."""

import hashlib
import secrets
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from col_core.badges.awards import codes
from col_core.badges.awards.codes import Codes
from col_core.base import deletions
from col_core.base.clock import Clock
from col_core.passport.records import Holder
from col_core.passport.tables import HolderDeviceRow, HolderRow

# What must not come back with a backup: a recovery code that was renewed, a device that left.
RENEWED, LEFT = "passport.codes_renewed", "passport.device_left"
_TOKEN_BYTES = 32


def begin(session: Session, *, known: Codes, clock: Clock) -> tuple[Holder, str]:
    """Make a holder with one device; return it with what the device keeps in its cookie."""
    now, id_ = clock.now(), secrets.token_hex(16)
    row = HolderRow(
        id=id_,
        recovery_digest=codes.digest(known.of_holder(id_, 1)),
        recovery_number=1,
        created=now,
        seen=now,
    )
    session.add(row)
    session.flush()
    return _record(row), _add_device(session, id_, clock)


def of_device(session: Session, token: str) -> Holder | None:
    """Return whose device keeps `token`, or None."""
    device = session.get(HolderDeviceRow, _digest(token))
    row = session.get(HolderRow, device.holder_id) if device is not None else None
    return None if row is None else _record(row)


def recover(session: Session, code: str, *, clock: Clock) -> tuple[Holder, str] | None:
    """Return the holder whose recovery code (as `codes.read` gives it) this is, with the token of a new device."""
    row = session.scalars(select(HolderRow).where(HolderRow.recovery_digest == codes.digest(code))).first()
    if row is None:
        return None
    row.seen = clock.now()
    return _record(row), _add_device(session, row.id, clock)


def recovery_code(holder: Holder, *, known: Codes) -> str:
    """Return the code that brings a holder's badges to another device."""
    return known.of_holder(holder.id, holder.recovery_number)


def renew_recovery(session: Session, holder: Holder, *, known: Codes, keep_device: str, clock: Clock) -> Holder:
    """Make the old recovery code worthless and sign out every device but that which keeps `keep_device`."""
    row = session.get(HolderRow, holder.id, with_for_update=True, populate_existing=True)
    assert row is not None
    row.recovery_number += 1
    row.recovery_digest = codes.digest(known.of_holder(row.id, row.recovery_number))
    others = select(HolderDeviceRow.digest).where(
        HolderDeviceRow.holder_id == row.id, HolderDeviceRow.digest != _digest(keep_device)
    )
    _sign_out(session, session.scalars(others).all(), clock)
    deletions.note(session, RENEWED, [f"{row.id}:{row.recovery_number}:{row.recovery_digest}"], clock=clock)
    session.flush()
    return _record(row)


def leave(session: Session, token: str, *, clock: Clock) -> None:
    """Let a device forget whose it is; the badges stay, for who has the recovery code."""
    _sign_out(session, [_digest(token)], clock)


def is_noted(session: Session, holder: Holder, *, clock: Clock) -> bool:
    """Whether it is noted already that somebody looked at their badges today."""
    seen = session.scalar(select(HolderRow.seen).where(HolderRow.id == holder.id))
    return seen is None or seen.date() == clock.now().date()


def note_seen(session: Session, holder: Holder, *, clock: Clock) -> None:
    """Note that somebody looked at their badges today: what nobody looks at for years is forgotten one day."""
    row = session.get(HolderRow, holder.id)
    if row is not None and row.seen.date() != clock.now().date():
        row.seen = clock.now()


def _sign_out(session: Session, digests: Sequence[str], clock: Clock) -> None:
    session.execute(delete(HolderDeviceRow).where(HolderDeviceRow.digest.in_(digests)))
    deletions.note(session, LEFT, digests, clock=clock)


def _add_device(session: Session, holder_id: str, clock: Clock) -> str:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    session.add(HolderDeviceRow(digest=_digest(token), holder_id=holder_id, created=clock.now()))
    session.flush()
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", errors="surrogatepass")).hexdigest()


def _record(row: HolderRow) -> Holder:
    return Holder(id=row.id, created=row.created, recovery_number=row.recovery_number)
