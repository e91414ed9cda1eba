"""Telling in few bytes whether two cities hold the same, and finding what differs.

Each item counts by its id and the number of its last change. The sum over a bucket does not depend on the order, and
both sides can keep it up to date item by item.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock

from sqlalchemy.orm import Session

from col_core.catalogue import sharing
from col_core.catalogue.records import Query
from col_core.federation.exchange import filters
from col_core.federation.exchange.records import Digest

BUCKETS = 64
_SUM_BITS = 256
_READ_AT_ONCE = 1_000
_MOST_KEPT = 8


def bucket_of(id_: str) -> int:
    """Return the bucket of an item: the first byte of the SHA-256 of its id, modulo 64."""
    return hashlib.sha256(id_.encode()).digest()[0] % BUCKETS


def sums(items: Iterable[tuple[str, int]]) -> list[str]:
    """Return the sum of each bucket: of SHA-256 of "id modified", modulo 2 to the power of 256, in hex."""
    found = [0] * BUCKETS
    for id_, modified in items:
        found[bucket_of(id_)] += int.from_bytes(hashlib.sha256(f"{id_} {modified}".encode()).digest())
    return [f"{each % (1 << _SUM_BITS):064x}" for each in found]


def whole(buckets: Iterable[str]) -> str:
    """Return the digest over all buckets: SHA-256 of their sums one after the other."""
    return hashlib.sha256("".join(buckets).encode()).hexdigest()


class FeedDigests:
    """What the feed holds under each filter, kept in this process and read on from change to change."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._lock = Lock()

    def digest(self, session: Session, asked: Query, *, epoch: str) -> Digest:
        """Return the digest of the feed under `asked` as `session` sees it."""
        with self._lock:
            kept = self._brought_up(session, asked, epoch)
            return Digest(count=len(kept.items), place=kept.seq, epoch=epoch, sums=sums(kept.items.items()))

    def bucket(self, session: Session, asked: Query, number: int, *, epoch: str) -> Mapping[str, int]:
        """Return the items of one bucket with the numbers of their changes."""
        with self._lock:
            kept = self._brought_up(session, asked, epoch)
            return {id_: modified for id_, modified in kept.items.items() if bucket_of(id_) == number}

    def _brought_up(self, session: Session, asked: Query, epoch: str) -> "_Kept":
        key = (epoch, filters.text_of(asked))
        kept = self._kept.pop(key, None) or _Kept()
        if kept.seq > sharing.last(session):
            kept = _Kept()
        # The one used last stands last; the first gives way.
        self._kept[key] = kept
        if len(self._kept) > _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        while places := _places(session, asked, kept):
            for seq, id_, is_there in places:
                if is_there:
                    kept.items[id_] = seq
                else:
                    kept.items.pop(id_, None)
                kept.seq, kept.id = seq, id_
        return kept


def _places(session: Session, asked: Query, kept: "_Kept") -> Sequence[tuple[int, str, bool]]:
    """Return the places after what is kept, each with whether the feed under `asked` holds an offer there."""
    if asked == Query():
        return sharing.numbers_after(session, seq=kept.seq, id_=kept.id, limit=_READ_AT_ONCE)
    rows = sharing.after(session, seq=kept.seq, id_=kept.id, limit=_READ_AT_ONCE)
    found = ((row, row.opportunity) for row in rows)
    return [(row.seq, row.id, one is not None and filters.matches(asked, one.content, one.place)) for row, one in found]


class _Kept:
    def __init__(self) -> None:
        self.seq, self.id = 0, ""
        self.items: dict[str, int] = {}
