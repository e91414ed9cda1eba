"""Stand-ins at protocols of the core."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from col_core.catalogue.records import Cluster, Draft, Fetched, Found, Opportunity, Query, RawItem, Rejected


class RememberingIndex:
    """A search index that only remembers what it was given; it finds nothing."""

    def __init__(self) -> None:
        self.items: dict[int, Opportunity] = {}

    def put(self, session: Session, items: Sequence[tuple[int, Opportunity]]) -> None:
        self.items.update(items)

    def remove(self, session: Session, pks: Sequence[int]) -> None:
        for pk in pks:
            self.items.pop(pk, None)

    def find(self, session: Session, query: Query, *, language: str, now: datetime) -> Found:
        return Found(hits=(), total=0)

    def clusters(
        self,
        session: Session,
        query: Query,
        *,
        z: int,
        x: int,
        y: int,
        now: datetime,
    ) -> Sequence[Cluster]:
        return ()


class ListSource:
    """A source that brings what a test puts into `drafts` (by external id), or raises `error`.

    A `Rejected` in place of a draft is an item that cannot become one.
    """

    def __init__(self, id_: str) -> None:
        self.id = id_
        self.drafts: dict[str, Draft | Rejected] = {}
        self.error: Exception | None = None
        self.complete = True
        self.unchanged = False
        self.errors: tuple[Rejected, ...] = ()

    def fetch(self, *, since: datetime | None, cursor: str | None) -> Fetched:
        if self.error is not None:
            raise self.error
        if self.unchanged:
            return Fetched(unchanged=True, cursor=cursor)
        items = tuple(
            RawItem(external_id=each, body=each.encode(), media_type="text/plain", address="list")
            for each in self.drafts
        )
        return Fetched(items=items, complete=self.complete, cursor="seen", errors=self.errors)

    def normalise(self, raw: RawItem) -> Draft | Rejected:
        return self.drafts[raw.external_id]
