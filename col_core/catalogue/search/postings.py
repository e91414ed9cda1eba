"""Which opportunities have a word, kept for the words that were looked for last: fetching the row numbers of a common
word from the database takes longer than all the rest of a search.
"""

from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from col_core.base.kept import Kept
from col_core.base.text import Group
from col_core.catalogue import changes
from col_core.catalogue.search import index_rows
from col_core.catalogue.search.columns import Array, Columns

_MOST_NUMBERS = 5_000_000
_MOST_CHANGED = 5_000
# Also a word that stands nowhere takes room.
_OWN_WEIGHT = 50


@dataclass(frozen=True, kw_only=True)
class _Posting:
    """The `pk` of what has a word, as of the change `seq` or later."""

    seq: int
    pks: Array


class Postings:
    """The words of one database that were looked for last. Safe to share between threads."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._kept: Kept[tuple[Group, bool], _Posting] = Kept(
            _MOST_NUMBERS, weight=lambda each: _OWN_WEIGHT + len(each.pks)
        )

    def find(self, session: Session, group: Group, *, seq: int, in_title: bool) -> Array:
        """Return the `pk` of what has one of the terms of `group`, in its title or anywhere.

        `seq` is the last change that `session` sees; the answer is as old as that, or newer.
        """
        if changes.is_changing(session):
            return index_rows.matching(session, group, in_title=in_title)
        key = (group, in_title)
        known = self._kept.get(key)
        if known is not None and known.seq >= seq:
            return known.pks
        pks = self._brought_up(session, known, group, seq, in_title)
        self._kept.put(key, _Posting(seq=seq, pks=pks))
        return pks

    def _brought_up(self, session: Session, known: _Posting | None, group: Group, seq: int, in_title: bool) -> Array:
        changed = None if known is None else self._columns.changed(known.seq, seq)
        if known is None or changed is None or len(changed) > _MOST_CHANGED:
            return index_rows.matching(session, group, in_title=in_title)
        if not len(changed):
            return known.pks
        fresh = index_rows.matching(session, group, in_title=in_title, among=changed)
        return np.concatenate([known.pks[~np.isin(known.pks, changed)], fresh])
