"""Making what search reads again, from the catalogue alone."""

from sqlalchemy.orm import Session

from col_core.catalogue import store
from col_core.catalogue.hooks import SearchIndex

# The engine's own full-text table, and on SQLite those that stand behind it. No row of ours describes them.
TEXT_TABLE = "search_text"
_BATCH = 500


def rebuild(session: Session, index: SearchIndex) -> int:
    """Put every opportunity into an `index` that is empty, in the caller's transaction; return how many they are."""
    after, number = 0, 0
    while batch := store.all_of(session, after_pk=after, limit=_BATCH):
        index.put(session, batch)
        session.expunge_all()
        after, number = batch[-1][0], number + len(batch)
    return number
