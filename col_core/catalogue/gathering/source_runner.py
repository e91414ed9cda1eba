"""Running what a plugin wrote, in a thread of its own: it may raise, hang, lie or never end, and costs only its run."""

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Any

from col_core.base.errors import ColError, FetchError
from col_core.base.html import visible
from col_core.catalogue.admission import VERSION, Refused, packed
from col_core.catalogue.documents import fingerprint
from col_core.catalogue.hooks import OpportunitySource
from col_core.catalogue.records import Fetched, RawItem, Rejected

MAX_ITEMS = 200_000
MAX_ITEM_BYTES = 1_000_000
_MAX_ID = 500
_MAX_REASON = 500
_WAITING = 200
_LOOK_UP_S = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One item of a source: the packed draft that it became with its fingerprint, or why it became none."""

    raw: RawItem
    document: bytes = b""
    source_hash: str = ""
    rejected: Rejected | None = None


@dataclass(kw_only=True)
class Reading:
    """What a source brings: how the fetch went, and items one after the other while the plugin works on."""

    fetched: Fetched
    items: Iterator[Item | Rejected]
    complete: bool


class SourceRunner:
    """Runs sources, each within a time. One that did not come back is not started a second time."""

    def __init__(self, *, deadline_s: float, max_items: int = MAX_ITEMS) -> None:
        self._deadline_s = deadline_s
        self._max_items = max_items
        self._threads: dict[str, threading.Thread] = {}

    def read(self, source: OpportunitySource, *, salt: str, since: datetime | None, cursor: str | None) -> Reading:
        """Fetch, and return the items to be taken one by one.

        `salt` goes into the fingerprints: with another salt every item counts as changed. Raises FetchError, here or
        from the items, when the source fails or its time is up.
        """
        name = source.id
        present = self._threads.get(name)
        if present is not None and present.is_alive():
            raise FetchError("Its last run has not come back yet.")
        run = _Run(source, salt, self._deadline_s, self._max_items)
        thread = threading.Thread(target=run.work, args=(since, cursor), daemon=True, name=f"source-{name}")
        self._threads[name] = thread
        thread.start()
        fetched = run.next()
        assert isinstance(fetched, Fetched)
        # A fault without an id may be any item of those that are missed.
        complete = fetched.complete and all(each.external_id is not None for each in fetched.errors)
        reading = Reading(fetched=fetched, items=iter(()), complete=complete)
        reading.items = run.items(reading)
        return reading


class _Run:
    """The two sides of one run: the plugin's thread puts in, the ingest takes out, with a bounded queue between."""

    def __init__(self, source: OpportunitySource, salt: str, deadline_s: float, max_items: int) -> None:
        self._max_items = max_items
        self._source = source
        self._salt = salt
        self._deadline_s = deadline_s
        self._until = monotonic() + deadline_s
        self._queue: queue.Queue[Any] = queue.Queue(maxsize=_WAITING)
        self._left = threading.Event()

    def work(self, since: datetime | None, cursor: str | None) -> None:
        try:
            fetched = self._source.fetch(since=since, cursor=cursor)
            if not isinstance(fetched, Fetched):
                raise FetchError(f"The plugin returned {type(fetched).__name__} instead of what it fetched.")
            self._put(replace(fetched, errors=tuple(_told(each) for each in fetched.errors)))
            for number, raw in enumerate(fetched.items):
                if number >= self._max_items:
                    self._put(Rejected(external_id=None, reason=f"Only the first {self._max_items} items were taken."))
                    break
                self._put(self._item(raw))
            self._put(_END)
        except _Abandoned:
            return
        except BaseException as error:
            # SystemExit too: a plugin does not end the worker.
            self._put(error)

    def items(self, reading: Reading) -> Iterator[Item | Rejected]:
        try:
            yield from self._checked(reading)
        finally:
            self._left.set()

    def _checked(self, reading: Reading) -> Iterator[Item | Rejected]:
        seen: set[str] = set()
        while (item := self.next()) is not _END:
            if isinstance(item, Rejected) and item.external_id is None:
                reading.complete = False
            elif isinstance(item, Item) and item.raw.external_id in seen:
                # It would overwrite the other one at each fetch: the first stays.
                reason = "Another item of this source has the same id; this one was left out."
                item = Rejected(external_id=item.raw.external_id, reason=reason, where=item.raw.address)
            elif isinstance(item, Item):
                seen.add(item.raw.external_id)
            yield item

    def next(self) -> Any:
        try:
            found = self._queue.get(timeout=max(0.001, self._until - monotonic()))
        except queue.Empty:
            raise FetchError(f"It did not come back within {self._deadline_s:g} seconds.") from None
        if isinstance(found, ColError):
            raise FetchError(_plain(str(found))) from found
        if isinstance(found, BaseException):
            raise FetchError(f"The plugin failed: {type(found).__name__}: {_plain(str(found))[:300]}") from found
        return found

    def _put(self, thing: object) -> None:
        while True:
            try:
                self._queue.put(thing, timeout=_LOOK_UP_S)
            except queue.Full:
                if self._left.is_set() or monotonic() > self._until:
                    raise _Abandoned from None
            else:
                return

    def _item(self, raw: object) -> Item | Rejected:
        fault = _fault(raw)
        if fault is not None:
            return Rejected(external_id=None, reason=fault)
        assert isinstance(raw, RawItem)
        try:
            result: object = self._source.normalise(raw)
        except Exception as error:
            reason = f"The plugin could not read it ({type(error).__name__}: {str(error)[:200]})."
            told = _told(Rejected(external_id=raw.external_id, reason=reason, where=raw.address))
            return Item(raw=raw, rejected=told)
        if isinstance(result, Rejected):
            return Item(raw=raw, rejected=replace(_told(result), external_id=raw.external_id))
        try:
            document = packed(result)
        except Refused as error:
            return Item(raw=raw, rejected=Rejected(external_id=raw.external_id, reason=str(error), where=raw.address))
        return Item(raw=raw, document=document, source_hash=fingerprint(document, f"{VERSION} {self._salt}"))


class _Abandoned(Exception):
    pass


_END = object()


def _told(rejected: Rejected) -> Rejected:
    """Return it in words that can be shown: plugins quote what stands in a source, which may steer a terminal."""
    where = None if rejected.where is None else _plain(str(rejected.where))
    return replace(rejected, reason=_plain(str(rejected.reason))[:_MAX_REASON], where=where)


def _plain(text: str) -> str:
    return " ".join(visible(text).split())


def _fault(raw: object) -> str | None:
    """Return what keeps a raw item from being kept, or None."""
    if not isinstance(raw, RawItem):
        return f"The plugin returned {type(raw).__name__} instead of a raw item."
    if not isinstance(raw.external_id, str) or not 0 < len(raw.external_id) <= _MAX_ID or "\0" in raw.external_id:
        return f"An item has no usable id: {str(raw.external_id)[:60]!r}."
    if not isinstance(raw.body, bytes) or len(raw.body) > MAX_ITEM_BYTES:
        return f"Item {raw.external_id[:60]!r} is no bytes, or more than {MAX_ITEM_BYTES} of them."
    if not all(isinstance(each, str) and "\0" not in each for each in (raw.media_type, raw.address)):
        return f"Item {raw.external_id[:60]!r} does not say what it is and where it came from."
    try:
        (raw.external_id + raw.media_type + raw.address).encode()
    except UnicodeEncodeError:
        return f"Item {raw.external_id[:60]!r} has an id or address that is no text."
    return None
