"""Which items of sources were withdrawn, remembered apart from their offers.

An offer may have come and been withdrawn after a backup was made: when that is restored, nothing of it is left, and its
source would bring it anew. The journal of deletions still names the item, by a digest, for a source's own ids may be
addresses.
"""

import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from col_core.base import deletions
from col_core.base.clock import Clock
from col_core.base.deletions import Deletable, DeletionRow

ITEM = "catalogue.withdrawn_item"
_DIGITS = 40
_CHUNK = 500


def note(session: Session, items: Iterable[tuple[str | None, str | None]], *, clock: Clock) -> None:
    """Remember items by their source and their id there; what no source brought has none."""
    keys = [_key(source_id, external_id) for source_id, external_id in items if source_id and external_id]
    deletions.note(session, ITEM, keys, clock=clock)


def among(session: Session, source_id: str, external_ids: Sequence[str]) -> set[str]:
    """Return those of the ids of a source that were withdrawn."""
    keys = {_key(source_id, each): each for each in external_ids}
    asked = list(keys)
    found: set[str] = set()
    for start in range(0, len(asked), _CHUNK):
        chosen = select(DeletionRow.key).where(
            DeletionRow.kind == ITEM, DeletionRow.key.in_(asked[start : start + _CHUNK])
        )
        found |= {keys[each] for each in session.scalars(chosen)}
    return found


def deletables() -> list[Deletable]:
    """Return that items are only remembered: of what a backup holds, the offers themselves are withdrawn again."""
    return [Deletable(kind=ITEM, again=lambda _session, _gone: 0)]


def _key(source_id: str, external_id: str) -> str:
    said = f"{source_id}\0{external_id}".encode("utf-8", errors="surrogatepass")
    return hashlib.sha256(said).hexdigest()[:_DIGITS]
