"""Tokens by which an organisation's own programs come in. Only a digest is kept: what was printed once is gone.

A digest without salt is enough, and lets a token be found by it: there are 256 random bits in it to guess.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from col_core.accounts.records import ApiToken, Scope
from col_core.accounts.tables import ApiTokenRow
from col_core.base import deletions
from col_core.base.clock import Clock
from col_core.base.deletions import Deletable, Deletion

# Scanners of leaked secrets look for a word before it.
PREFIX = "col_"
REVOKED = "accounts.token_revoked"
_RANDOM_BYTES = 32


def issue(
    session: Session,
    *,
    organisation_id: str,
    scopes: Collection[Scope],
    clock: Clock,
    name: str = "",
    under_review: bool = False,
    expires: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make a token; return it with its secret, which is shown this once."""
    secret = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    row = ApiTokenRow(
        id=secrets.token_hex(4),
        digest=_digest(secret),
        organisation_id=organisation_id,
        scopes=" ".join(sorted(set(scopes))),
        name=name[:200],
        under_review=under_review,
        created=clock.now(),
        expires=expires,
    )
    session.add(row)
    session.flush()
    return _record(row), secret


def find(session: Session, secret: str) -> ApiToken | None:
    """Return the token whose secret this is, whether it is still good or not; None where there is none."""
    row = session.scalar(select(ApiTokenRow).where(ApiTokenRow.digest == _digest(secret)))
    return None if row is None else _record(row)


def listing(session: Session, *, organisation_id: str | None = None) -> list[ApiToken]:
    """Return the tokens of an organisation, or of all, the newest first."""
    chosen = select(ApiTokenRow).order_by(ApiTokenRow.created.desc(), ApiTokenRow.id)
    if organisation_id is not None:
        chosen = chosen.where(ApiTokenRow.organisation_id == organisation_id)
    return [_record(row) for row in session.scalars(chosen)]


def revoke(session: Session, id_: str, *, clock: Clock) -> bool:
    """End a token for good; tell whether there is one of that id."""
    row = session.get(ApiTokenRow, id_, with_for_update=True)
    if row is None:
        return False
    if row.revoked is None:
        row.revoked = clock.now()
        deletions.note(session, REVOKED, [id_], clock=clock)
    return True


def deletables() -> list[Deletable]:
    """Return how tokens that were revoked are revoked again."""
    return [Deletable(kind=REVOKED, again=_revoke_again)]


def note_use(session: Session, id_: str, *, clock: Clock) -> None:
    """Write down that a token was shown today: its owner sees which ones nobody needs any more."""
    row = session.get(ApiTokenRow, id_)
    if row is not None:
        row.used = clock.now().date()


def _revoke_again(session: Session, revoked: Sequence[Deletion]) -> int:
    number = 0
    for each in revoked:
        row = session.get(ApiTokenRow, each.key)
        if row is not None and row.revoked is None:
            row.revoked = each.deleted
            number += 1
    return number


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", errors="surrogatepass")).hexdigest()


def _record(row: ApiTokenRow) -> ApiToken:
    return ApiToken(
        id=row.id,
        organisation_id=row.organisation_id,
        scopes=frozenset(Scope(each) for each in row.scopes.split()),
        name=row.name,
        under_review=row.under_review,
        created=row.created,
        expires=row.expires,
        used=row.used,
        revoked=row.revoked,
    )
