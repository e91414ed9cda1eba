"""From a source to the catalogue: fetch, keep raw, normalise, review, store what changed, close what vanished.

A run that fails, or brings suspiciously little, changes nothing that is public: it raises an alert instead.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import ColError, FetchError
from col_core.base.outbox import Event
from col_core.base.settings import SourceConfig
from col_core.catalogue import documents, raw_items, runs, store
from col_core.catalogue.hooks import OpportunitySource, SearchIndex
from col_core.catalogue.records import Draft, Finding, OrganiserRef, RawItem, Rejected, Status
from col_core.catalogue.review import Reviewer
from col_core.catalogue.runs import Outcome, Run
from col_core.catalogue.store import Known, Prepared
from col_core.organisers import directory

_log = structlog.get_logger()
_BATCH = 200
# A fetch that brings less than this share of what there was is taken for a fault of the source.
COLLAPSE_BELOW = 0.5
_SMALL = 5


@dataclass(frozen=True, kw_only=True)
class Item:
    """One item of a source on its way: what it became, or why it became nothing."""

    raw: RawItem
    draft: Draft | None = None
    rejected: Rejected | None = None
    source_hash: str = ""


@dataclass(kw_only=True)
class Preview:
    """What a run would do, for a person who looks before switching a source on."""

    new: list[Draft] = field(default_factory=list)
    changed: list[Draft] = field(default_factory=list)
    unchanged: int = 0
    vanished: int = 0
    errors: list[Rejected] = field(default_factory=list)
    findings: list[tuple[str, Finding]] = field(default_factory=list)


class Ingest:
    """Runs the sources of one city."""

    def __init__(self, *, database: Database, clock: Clock, index: SearchIndex, reviewer: Reviewer) -> None:
        self._database = database
        self._clock = clock
        self._index = index
        self._reviewer = reviewer

    def sync(self, source: OpportunitySource, config: SourceConfig, *, default_language: str) -> Run:
        """Run `source` once and return what came of it; a fault of the source is in the run, not raised."""
        run = Run(source_id=config.id, started=self._clock.now())
        with self._database.write() as session:
            state = runs.state(session, config, default_language)
        try:
            fetched = source.fetch(since=state.last_good, cursor=state.cursor)
        except Exception as error:
            _log.warning("source.failed", source=config.id, error=type(error).__name__)
            return self._ended(run, config, Outcome.FAILED, _plain(error))
        run.errors += fetched.errors
        if fetched.unchanged:
            return self._ended(run, config, Outcome.UNCHANGED, cursor=fetched.cursor)
        items = [_normalised(source, raw) for raw in _unique(fetched.items, run)]
        with self._database.read() as session:
            known = {each.external_id: each for each in store.known_of_source(session, config.id)}
        open_before = sum(each.status in (Status.PUBLISHED, Status.REVIEW) for each in known.values())
        collapsed = fetched.complete and open_before > _SMALL and len(items) < open_before * COLLAPSE_BELOW
        for start in range(0, len(items), _BATCH):
            with self._database.write() as session:
                self._store(session, items[start : start + _BATCH], known, config, run)
        if collapsed:
            message = f"It brought {len(items)} offers instead of about {open_before}; nothing was closed."
            return self._ended(run, config, Outcome.COLLAPSED, message)
        if fetched.complete:
            seen = {each.raw.external_id for each in items}
            with self._database.write() as session:
                self._close_vanished(session, [each for id_, each in known.items() if id_ not in seen], config, run)
        return self._ended(run, config, Outcome.DONE, cursor=fetched.cursor, count=len(items))

    def preview(self, source: OpportunitySource, config: SourceConfig) -> Preview:
        """Return what `sync` would do, and write nothing. Raises FetchError where the source cannot be had."""
        fetched = source.fetch(since=None, cursor=None)
        result = Preview(errors=list(fetched.errors))
        with self._database.read() as session:
            known = {each.external_id: each for each in store.known_of_source(session, config.id)}
        now = self._clock.now()
        seen = set()
        for raw in fetched.items:
            seen.add(raw.external_id)
            item = _normalised(source, raw)
            if item.draft is None:
                result.errors += [item.rejected] if item.rejected else []
                continue
            before = known.get(raw.external_id)
            if before is not None and before.source_hash == item.source_hash:
                result.unchanged += 1
                continue
            (result.new if before is None else result.changed).append(item.draft)
            reviewed = self._reviewer.review(item.draft, now=now)
            result.findings += [(raw.external_id, finding) for finding in reviewed.findings]
        result.vanished = sum(id_ not in seen for id_ in known)
        return result

    def _store(
        self, session: Session, items: Sequence[Item], known: dict[str, Known], config: SourceConfig, run: Run
    ) -> None:
        now = self._clock.now()
        raw_items.keep(session, config.id, [each.raw for each in items], now=now)
        back, changed = [], []
        for item in items:
            before = known.get(item.raw.external_id)
            if item.draft is None:
                run.rejected += 1
                run.errors += (item.rejected,) if item.rejected else ()
            elif before is None or before.source_hash != item.source_hash or before.status is Status.CLOSED:
                changed.append((item, item.draft, before))
            else:
                run.unchanged += 1
                back += [before] if before.missing_count else []
        raw_items.no_longer_missing(session, [each.pk for each in back])
        names = [name for _, draft, _ in changed if (name := draft.organiser or config.organisation)]
        organisers = directory.find_or_create(session, names, clock=self._clock)
        prepared = []
        for item, draft, before in changed:
            name = draft.organiser or config.organisation
            organiser = organisers[name] if name else None
            ref = OrganiserRef(id=organiser.id, slug=organiser.slug, name=organiser.name) if organiser else None
            prepared.append(self._prepared(item, draft, before, ref, config, now))
        stored = store.write_many(session, prepared, index=self._index, clock=self._clock)
        for (_, opportunity), each in zip(stored, prepared, strict=True):
            run.new += each.known is None
            run.changed += each.known is not None
            name = _event_name(each)
            if name is not None:
                outbox.publish(session, Event(name=name, subject=opportunity.id), clock=self._clock)

    def _prepared(
        self,
        item: Item,
        draft: Draft,
        before: Known | None,
        organiser: OrganiserRef | None,
        config: SourceConfig,
        now: datetime,
    ) -> Prepared:
        content = draft if before is None else _with_edits(draft, before)
        reviewed = self._reviewer.review(content, now=now)
        return Prepared(
            content=content,
            status=_status(content, before, held=reviewed.held, auto=config.publish == "auto"),
            organiser=organiser,
            place=reviewed.place,
            occurrences=reviewed.occurrences,
            findings=reviewed.findings,
            source_id=config.id,
            external_id=item.raw.external_id,
            source_hash=item.source_hash,
            provenance=before.provenance if before else {},
            image_key=before.image_key if before else None,
            known=before,
        )

    def _close_vanished(self, session: Session, gone: Sequence[Known], config: SourceConfig, run: Run) -> None:
        """Count what was not in a complete fetch; close what was missing often enough."""
        open_ = [each for each in gone if each.status in (Status.PUBLISHED, Status.REVIEW)]
        run.vanished = len(open_)
        raw_items.missing_once_more(session, [each.pk for each in open_])
        closing = [each.id for each in open_ if each.missing_count + 1 >= config.close_after]
        closed = store.set_status(session, closing, Status.CLOSED, index=self._index, clock=self._clock)
        run.closed = len(closed)
        for each in closed:
            outbox.publish(session, Event(name="opportunity.closed", subject=each.id), clock=self._clock)

    def _ended(
        self,
        run: Run,
        config: SourceConfig,
        outcome: Outcome,
        message: str | None = None,
        *,
        cursor: str | None = None,
        count: int | None = None,
    ) -> Run:
        run.outcome, run.message, run.ended = outcome, message, self._clock.now()
        with self._database.write() as session:
            runs.record(session, run, config, cursor=cursor, count=count, clock=self._clock)
        return run


def _unique(items: Sequence[RawItem], run: Run) -> Iterator[RawItem]:
    """A source that names two items alike would make one overwrite the other at each fetch: the first stays."""
    seen: set[str] = set()
    for item in items:
        if item.external_id in seen:
            reason = "Another item of this source has the same id; this one was left out."
            run.errors += (Rejected(external_id=item.external_id, reason=reason, where=item.address),)
            run.rejected += 1
            continue
        seen.add(item.external_id)
        yield item


def _normalised(source: OpportunitySource, raw: RawItem) -> Item:
    result: Any
    try:
        result = source.normalise(raw)
    except Exception as error:
        _log.exception("source.normalise_raised", source=source.id)
        reason = f"The plugin could not read it ({type(error).__name__})."
        return Item(raw=raw, rejected=Rejected(external_id=raw.external_id, reason=reason, where=raw.address))
    if isinstance(result, Rejected):
        return Item(raw=raw, rejected=result)
    if not isinstance(result, Draft):
        reason = f"The plugin returned {type(result).__name__} instead of a draft."
        return Item(raw=raw, rejected=Rejected(external_id=raw.external_id, reason=reason, where=raw.address))
    return Item(raw=raw, draft=result, source_hash=documents.content_hash(documents.draft_text(result)))


def _with_edits(draft: Draft, before: Known) -> Draft:
    """Return `draft` with the fields that a person set as they are."""
    edited = [name for name, who in before.provenance.items() if who == "person"]
    if not edited:
        return draft
    present = documents.draft_of(before.document)
    names = {each.name for each in fields(Draft)}
    return replace(draft, **{name: getattr(present, name) for name in edited if name in names})


def _status(draft: Draft, before: Known | None, *, held: bool, auto: bool) -> Status:
    """A person's word stands: what was withdrawn stays withdrawn, what was approved stays public."""
    if before is not None and (before.status is Status.WITHDRAWN or before.provenance.get("status") == "person"):
        return before.status
    if draft.cancelled:
        public = before is not None and before.status.is_public
        return Status.CANCELLED if public or auto else Status.REVIEW
    if before is not None and before.status is Status.PUBLISHED:
        return Status.PUBLISHED
    return Status.PUBLISHED if auto and not held else Status.REVIEW


def _event_name(item: Prepared) -> str | None:
    before = item.known.status if item.known else None
    if item.status is Status.CANCELLED and before is not Status.CANCELLED:
        return "opportunity.cancelled"
    if item.status is Status.PUBLISHED:
        return "opportunity.changed" if before is Status.PUBLISHED else "opportunity.published"
    return None


def _plain(error: Exception) -> str:
    if isinstance(error, FetchError | ColError):
        return str(error)
    return f"The plugin failed: {type(error).__name__}: {error}"[:500]
