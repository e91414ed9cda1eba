"""Stand-ins at protocols of the core."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from col_core.catalogue.records import Cluster, Draft, Fetched, Found, Opportunity, Query, RawItem, Rejected
from col_core.federation.hooks import Passage


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


class MarkingTranslator:
    """A translator that says in front of each text which language it should be in; `asked` is what it was asked.

    It raises `error`, or returns `answer`, where a test puts something there. `pairs` None: it can do everything.
    """

    def __init__(self, name: str = "Marker", *, pairs: Sequence[tuple[str, str]] | None = None) -> None:
        self.name, self.pairs = name, pairs
        self.asked: list[tuple[str, str, tuple[str, ...]]] = []
        self.error: Exception | None = None
        self.answer: object = None

    def can(self, source: str, target: str) -> bool:
        return self.pairs is None or (source, target) in self.pairs

    def translate(self, passages: Sequence[Passage], *, source: str, target: str) -> Sequence[str]:
        self.asked.append((source, target, tuple(each.text for each in passages)))
        if self.error is not None:
            raise self.error
        if self.answer is not None:
            return self.answer  # type: ignore[return-value]  # what a plugin returns may be anything
        return [
            each.text.replace("<p>", f"<p>{target}: ", 1) if each.is_html else f"{target}: {each.text}"
            for each in passages
        ]
