"""The keys of a city's issuers: made when first needed, rotated, given up, and taken along."""

import secrets
import zlib
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from col_core.badges.credentials import dids
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import KeyKind, Signer
from col_core.badges.keyring.records import IssuerKey
from col_core.badges.keyring.sealing import Box
from col_core.badges.keyring.tables import IssuerKeyRow
from col_core.base.clock import Clock
from col_core.base.errors import Conflict, NotFound


class Keyring:
    """The keys of one city, sealed by `box`. Every method works in the caller's transaction."""

    def __init__(self, box: Box, *, clock: Clock) -> None:
        self._box, self._clock = box, clock

    def signer(self, session: Session, *, issuer: str, did: str, kind: KeyKind) -> tuple[Signer, IssuerKey]:
        """Return what signs for `issuer` now, and the key that it is; the first key is made here."""
        row = self._current(session, issuer, kind) or self._first(session, issuer, kind)
        # Sealed with its id, it is the one that was made here.
        private = PrivateKey.of_pkcs8(self._box.open(row.sealed, about=row.id), is_ours=True)
        key = _record(row)
        return private.signer(dids.method_id(did, key.public)), key

    def current(self, session: Session, *, issuer: str, kind: KeyKind) -> IssuerKey | None:
        """Return the key with which `issuer` signs now; None before its first."""
        row = self._current(session, issuer, kind)
        return None if row is None else _record(row)

    def rotate(self, session: Session, *, issuer: str, kind: KeyKind) -> IssuerKey:
        """Retire the present key of `kind` and return its successor. What the old one signed stays good."""
        _alone(session, issuer, kind)
        while (row := self._current(session, issuer, kind)) is not None:
            row.retired = self._clock.now()
            session.flush()
        return _record(self._make(session, issuer, kind))

    def announce(self, session: Session, *, issuer: str, kind: KeyKind) -> IssuerKey:
        """Make the key that signs once the present one is retired, and return it; there is one such key at most."""
        _alone(session, issuer, kind)
        waiting = self.live(session, issuer=issuer, kind=kind)[1:]
        return waiting[0] if waiting else _record(self._make(session, issuer, kind))

    def live(self, session: Session, *, issuer: str, kind: KeyKind) -> list[IssuerKey]:
        """Return the keys that are neither retired nor given up: the one that signs, and after it what is announced."""
        listed = self.listing(session, issuer=issuer)
        good = [each for each in listed if each.kind is kind and each.retired is None and each.compromised is None]
        return sorted(good, key=lambda each: (each.created, each.id))

    def retire(self, session: Session, key_id: str) -> None:
        """Sign with this key no more: the one that was announced follows."""
        row = session.get(IssuerKeyRow, key_id, with_for_update=True)
        if row is not None and row.retired is None:
            row.retired = self._clock.now()
            session.flush()

    def compromise(self, session: Session, key_id: str) -> IssuerKey:
        """Say that somebody else may have a key: nothing that it signed is good any more. Raises NotFound, Conflict."""
        row = session.get(IssuerKeyRow, key_id, with_for_update=True)
        if row is None:
            raise NotFound(f"There is no key {key_id!r}; `col badges keys list` shows those there are.")
        if row.compromised is not None:
            raise Conflict(f"The key {key_id} was given up on {row.compromised:%Y-%m-%d} already.")
        row.compromised = self._clock.now()
        session.flush()
        return _record(row)

    def listing(self, session: Session, *, issuer: str | None = None) -> list[IssuerKey]:
        """Return every key that an issuer (or all of them) ever had, the newest first."""
        chosen = select(IssuerKeyRow).order_by(IssuerKeyRow.created.desc(), IssuerKeyRow.id)
        if issuer is not None:
            chosen = chosen.where(IssuerKeyRow.issuer == issuer)
        return [_record(row) for row in session.scalars(chosen)]

    def issuers(self, session: Session, *, after: str = "", limit: int) -> Sequence[str]:
        """Return who ever had a key, in the order of their keys in here, those that come after `after`."""
        chosen = select(IssuerKeyRow.issuer).where(IssuerKeyRow.issuer > after).distinct()
        return session.scalars(chosen.order_by(IssuerKeyRow.issuer).limit(limit)).all()

    def export(self, session: Session, *, issuer: str) -> Sequence[tuple[IssuerKey, bytes]]:
        """Return an issuer's keys with their private halves (PKCS #8, DER), for an organisation that leaves."""
        rows = session.scalars(select(IssuerKeyRow).where(IssuerKeyRow.issuer == issuer).order_by(IssuerKeyRow.created))
        return [(_record(row), self._box.open(row.sealed, about=row.id)) for row in rows]

    def reseal(self, session: Session, *, before: Box) -> int:
        """Seal every key anew that was sealed by `before`; return how many there were."""
        rows = session.scalars(select(IssuerKeyRow).with_for_update()).all()
        for row in rows:
            row.sealed = self._box.seal(before.open(row.sealed, about=row.id), about=row.id)
        session.flush()
        return len(rows)

    def _current(self, session: Session, issuer: str, kind: KeyKind) -> IssuerKeyRow | None:
        chosen = (
            select(IssuerKeyRow)
            .where(
                IssuerKeyRow.issuer == issuer,
                IssuerKeyRow.kind == kind.value,
                IssuerKeyRow.retired.is_(None),
                IssuerKeyRow.compromised.is_(None),
            )
            .order_by(IssuerKeyRow.created, IssuerKeyRow.id)
            .limit(1)
        )
        return session.scalars(chosen).first()

    def _first(self, session: Session, issuer: str, kind: KeyKind) -> IssuerKeyRow:
        _alone(session, issuer, kind)
        return self._current(session, issuer, kind) or self._make(session, issuer, kind)

    def _make(self, session: Session, issuer: str, kind: KeyKind) -> IssuerKeyRow:
        private, id_ = PrivateKey.made(kind), f"key-{secrets.token_hex(8)}"
        row = IssuerKeyRow(
            id=id_,
            issuer=issuer,
            kind=kind.value,
            public=private.public.multibase(),
            sealed=self._box.seal(private.pkcs8(), about=id_),
            created=self._clock.now(),
        )
        session.add(row)
        session.flush()
        return row


def compromised(session: Session) -> list[str]:
    """Return the ids of the keys of which nothing is good any more."""
    return list(session.scalars(select(IssuerKeyRow.id).where(IssuerKeyRow.compromised.is_not(None))))


def _alone(session: Session, issuer: str, kind: KeyKind) -> None:
    """Let nobody else make a key of that kind for that issuer until the commit; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        number = zlib.crc32(f"issuer_key:{issuer}:{kind}".encode())
        session.execute(select(func.pg_advisory_xact_lock(number)))


def _record(row: IssuerKeyRow) -> IssuerKey:
    return IssuerKey(
        id=row.id,
        issuer=row.issuer,
        kind=KeyKind(row.kind),
        public=PublicKey.of_multibase(row.public),
        created=row.created,
        retired=row.retired,
        compromised=row.compromised,
    )
