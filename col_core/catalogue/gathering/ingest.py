"""From a source to the catalogue: fetch, keep raw, normalise, review, store what changed, close what vanished.

A run that fails, or brings suspiciously little, changes nothing that is public: it raises an alert instead.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

import structlog
from sqlalchemy.orm import Session

from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import ColError, FetchError
from col_core.base.outbox import Event
from col_core.base.progress import Progress
from col_core.base.settings import SourceConfig
from col_core.catalogue import admission, decisions, documents, pictures, store, withdrawn
from col_core.catalogue.admission import Refused, admitted
from col_core.catalogue.gathering import missing, raw_items, runs
from col_core.catalogue.gathering.review import Reviewed, Reviewer
from col_core.catalogue.gathering.runs import Outcome, Run
from col_core.catalogue.gathering.source_runner import Item, Reading, SourceRunner
from col_core.catalogue.hooks import OpportunitySource, SearchIndex
from col_core.catalogue.records import Draft, OrganiserRef, Rejected
from col_core.catalogue.store import Known, Open, Prepared
from col_core.catalogue.vocabulary import Reach, Status
from col_core.organisers import directory

_log = structlog.get_logger()
# Items of one transaction: with fewer, its end costs more than what is in it; with more, others wait long to write.
_BATCH = 250
# A fetch that brings less than this share of what there was is taken for a fault of the source.
COLLAPSE_BELOW = 0.5
_SMALL = 5

# What a source can take back: what is shown, or waits to be.
_SHOWABLE = frozenset({Status.PUBLISHED, Status.REVIEW, Status.CANCELLED, Status.CLOSED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """A batch of items by what is to be done with them."""

    changed: Sequence[tuple[Item, Draft, Known | None]]
    unchanged: Sequence[Known]
    rejected: Sequence[tuple[Item, Rejected]]
    taken_back: Sequence[Known]


class Ingest:
    """Runs the sources of one city. `deadline_s` is what one run of a source may take in all.

    `reach` is that of offers where neither they nor their source say theirs.
    """

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        index: SearchIndex,
        reviewer: Reviewer,
        currency: str = "EUR",
        reach: Reach = Reach.LOCAL,
        deadline_s: float = 300,
    ) -> None:
        self._database = database
        self._clock = clock
        self._index = index
        self._reviewer = reviewer
        self._currency, self._reach = currency, reach
        self._runner = SourceRunner(deadline_s=deadline_s)

    def sync(
        self,
        source: OpportunitySource,
        config: SourceConfig,
        *,
        default_language: str,
        plugin_version: str = "",
        accept_fewer: bool = False,
        whole: bool = True,
        progress: Progress | None = None,
    ) -> Run:
        """Run `source` once and return what came of it; a fault of the source is in the run, not raised.

        Another `plugin_version` than at the last run has everything read anew, also where the source says that it is
        unchanged. `accept_fewer` says that a person knows why the source brings much less than before. `whole` is False
        where it brings a part by its nature (a file that somebody imports): nothing is missing then. `progress` hears
        how many of how many items are through.
        """
        run = Run(source_id=config.id, started=self._clock.now())
        mark = self._mark(config, plugin_version) if whole else "part:"
        with self._database.write() as session:
            state = runs.state(session, config, default_language)
            before = store.open_of_source(session, config.id)
        known_cursor = (state.cursor or "").removeprefix(mark) if (state.cursor or "").startswith(mark) else None
        try:
            reading = self._runner.read(source, salt=self._salt(config), since=state.last_good, cursor=known_cursor)
            run.reject(*reading.fetched.errors)
            cursor = None if reading.fetched.cursor is None else mark + reading.fetched.cursor
            if reading.fetched.unchanged:
                if known_cursor is not None and reading.complete:
                    self._close_vanished([each for each in before if each.missing_count], config, run)
                return self._ended(run, config, Outcome.UNCHANGED, cursor=cursor)
            seen, count = self._store_all(reading, config, run, progress)
        except FetchError as error:
            _log.warning("source.failed", source=config.id, reason=str(error))
            return self._ended(run, config, Outcome.FAILED, str(error))
        if not (reading.complete and whole):
            return self._ended(run, config, Outcome.DONE, cursor=None, count=count)
        suspicion = None if accept_fewer else _suspicion(count, run.rejected, len(before))
        if suspicion is not None:
            return self._ended(run, config, Outcome.COLLAPSED, suspicion)
        self._close_vanished([each for each in before if each.external_id not in seen], config, run)
        return self._ended(run, config, Outcome.DONE, cursor=cursor, count=count)

    def _store_all(
        self, reading: Reading, config: SourceConfig, run: Run, progress: Progress | None
    ) -> tuple[set[str], int]:
        """Store what `reading` brings, batch by batch; return the ids that were there, and how many items."""
        seen = {each.external_id for each in reading.fetched.errors if each.external_id is not None}
        count = 0
        for batch in _batches(reading.items, _BATCH):
            run.reject(*(each for each in batch if isinstance(each, Rejected)))
            items = [each for each in batch if isinstance(each, Item)]
            self._store_batch(items, config, run)
            seen |= {each.raw.external_id for each in items}
            count += len(batch)
            if progress is not None:
                progress("offers", count, len(reading.fetched.items))
        return seen, count

    def _store_batch(self, items: Sequence[Item], config: SourceConfig, run: Run) -> None:
        """Store a batch in one transaction; where that fails, each item alone, so that one costs only itself."""
        try:
            with self._database.write() as session:
                done, prepared = self._store(session, items, config)
        except ColError:
            raise
        except Exception as error:
            _log.exception("source.batch_failed", source=config.id, items=len(items))
            if len(items) > 1:
                for item in items:
                    self._store_batch([item], config, run)
                return
            reason = f"It could not be stored ({type(error).__name__})."
            run.reject(
                *(Rejected(external_id=each.raw.external_id, reason=reason, where=each.raw.address) for each in items)
            )
            return
        run.new += sum(each.known is None for each in prepared)
        run.changed += sum(each.known is not None for each in prepared)
        run.unchanged += len(done.unchanged)
        run.reject(*(rejected for _, rejected in done.rejected))

    def _store(
        self, session: Session, items: Sequence[Item], config: SourceConfig
    ) -> tuple[Compared, Sequence[Prepared]]:
        runs.lock(session, config.id)
        now = self._clock.now()
        done = self.compare(session, items, config)
        private = [item.raw.external_id for item, rejected in done.rejected if rejected.taken_back]
        kept = [item.raw for item, *_ in done.changed]
        kept += [item.raw for item, rejected in done.rejected if not rejected.taken_back]
        raw_items.keep(session, config.id, kept, now=now)
        raw_items.drop(session, config.id, private)
        missing.no_longer(session, [each.pk for each in done.unchanged if each.missing_count])
        names = [name for _, draft, _ in done.changed if (name := draft.organiser or config.organisation)]
        organisers = directory.find_or_create(session, names, clock=self._clock)
        prepared = []
        new = [item.raw.external_id for item, _, before in done.changed if before is None]
        gone = withdrawn.among(session, config.id, new)
        for item, draft, before in done.changed:
            name = draft.organiser or config.organisation
            organiser = organisers[name] if name else None
            ref = store.organiser_ref(organiser) if organiser else None
            each = self._prepared(item, draft, before, ref, config, now)
            prepared.append(replace(each, status=Status.WITHDRAWN) if item.raw.external_id in gone else each)
        stored = store.write_many(session, prepared, index=self._index, clock=self._clock)
        pairs = list(zip([each for _, each in stored], prepared, strict=True))
        events = decisions.events(
            (one.id, each.status, each.known.status if each.known else None) for one, each in pairs
        )
        events += self._hide(session, done.taken_back)
        outbox.publish_many(session, events, clock=self._clock)
        pictures.want(session, [one for one, _ in pairs], clock=self._clock)
        return done, prepared

    def _hide(self, session: Session, taken_back: Sequence[Known]) -> list[Event]:
        """Show no longer what a source has taken back; once it is for everybody again, it comes back as it is then."""
        before = {each.id: each.status for each in taken_back}
        hidden = store.set_status(session, list(before), Status.DRAFT, index=self._index, clock=self._clock)
        return decisions.events((each.id, Status.DRAFT, before[each.id]) for each in hidden)

    def compare(self, session: Session, items: Sequence[Item], config: SourceConfig) -> Compared:
        """Compare items with what is stored: what is new or changed, what is as it was, what cannot be let in."""
        known = store.known(session, config.id, [each.raw.external_id for each in items])
        changed: list[tuple[Item, Draft, Known | None]] = []
        unchanged: list[Known] = []
        rejected: list[tuple[Item, Rejected]] = []
        taken_back: list[Known] = []
        for item in items:
            before = known.get(item.raw.external_id)
            if item.rejected is not None:
                rejected.append((item, item.rejected))
                if item.rejected.taken_back and before is not None and before.status in _SHOWABLE:
                    taken_back.append(before)
            elif before is not None and before.source_hash == item.source_hash and not _comes_back(before):
                unchanged.append(before)
            else:
                try:
                    draft = admitted(item.document, currency=self._currency)
                    changed.append((item, replace(draft, reach=draft.reach or self._reach_of(config)), before))
                except Refused as error:
                    id_, where = item.raw.external_id, item.raw.address
                    rejected.append((item, Rejected(external_id=id_, reason=str(error), where=where)))
        return Compared(changed=changed, unchanged=unchanged, rejected=rejected, taken_back=taken_back)

    def look_at(self, draft: Draft, before: Known | None, *, now: datetime) -> tuple[Draft, Draft | None, Reviewed]:
        """Return what `draft` becomes beside what people edited in `before`, what that is, and what review finds."""
        present = None if before is None else documents.draft_of(before.document)
        content = draft
        if before is not None and present is not None:
            content = decisions.with_edits(draft, present, before.provenance)
        return content, present, self._reviewer.review(content, now=now)

    def _prepared(
        self,
        item: Item,
        draft: Draft,
        before: Known | None,
        organiser: OrganiserRef | None,
        config: SourceConfig,
        now: datetime,
    ) -> Prepared:
        content, present, reviewed = self.look_at(draft, before, now=now)
        held = decisions.must_be_seen(reviewed.findings, before)
        provenance = before.provenance if before else {}
        return Prepared(
            content=content,
            status=_status(content, before, held=held, auto=config.publish == "auto"),
            organiser=organiser,
            place=reviewed.place,
            occurrences=reviewed.occurrences,
            findings=reviewed.findings,
            source_id=config.id,
            external_id=item.raw.external_id,
            source_hash=item.source_hash,
            provenance=decisions.without_approval(provenance) if held else provenance,
            image_key=store.kept_image(before, present, content),
            known=before,
        )

    def _close_vanished(self, gone: Sequence[Open], config: SourceConfig, run: Run) -> None:
        """Count what a complete fetch was without; close what was missing often enough."""
        run.vanished = len(gone)
        for start in range(0, len(gone), _BATCH):
            batch = gone[start : start + _BATCH]
            closing = [each.id for each in batch if each.missing_count + 1 >= config.close_after]
            with self._database.write() as session:
                missing.once_more(session, [each.pk for each in batch])
                closed = store.set_status(session, closing, Status.CLOSED, index=self._index, clock=self._clock)
                events = [Event(name="opportunity.closed", subject=each.id) for each in closed]
                outbox.publish_many(session, events, clock=self._clock)
            run.closed += len(closed)

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

    def read(self, source: OpportunitySource, config: SourceConfig) -> Reading:
        """Fetch everything without regard to earlier runs. Raises FetchError."""
        return self._runner.read(source, salt=self._salt(config), since=None, cursor=None)

    def _mark(self, config: SourceConfig, plugin_version: str) -> str:
        """Return what tells whether settings, plugin or tidying changed since a run: everything is then read anew."""
        read_by = (admission.VERSION, config.plugin, plugin_version)
        said = repr((read_by, config.url, config.language, self._salt(config), config.options))
        return documents.fingerprint(said.encode())[:12] + ":"

    def _salt(self, config: SourceConfig) -> str:
        """Return the settings that make another offer of the same draft."""
        return repr((config.organisation, config.publish, self._reach_of(config).value))

    def _reach_of(self, config: SourceConfig) -> Reach:
        return self._reach if config.reach is None else Reach(config.reach)


def _batches(items: Iterable[Item | Rejected], size: int) -> Iterator[list[Item | Rejected]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _suspicion(count: int, rejected: int, before: int) -> str | None:
    """Return why a complete fetch is not to be believed, or None."""
    if (before and not count) or (before > _SMALL and count < before * COLLAPSE_BELOW):
        return f"It brought {count} offers instead of about {before}; nothing was closed."
    if before and count > _SMALL and rejected > count * COLLAPSE_BELOW:
        return f"{rejected} of its {count} offers could not be read; nothing was closed."
    return None


def _comes_back(before: Known) -> bool:
    return before.status in (Status.CLOSED, Status.DRAFT) and not decisions.is_settled(before)


def _status(draft: Draft, before: Known | None, *, held: bool, auto: bool) -> Status:
    """Return the state that an item gets. What is `held` waits, even if it was public; that it is cancelled is told."""
    if before is not None and decisions.is_settled(before):
        return before.status
    if draft.cancelled and before is not None and before.status.is_public:
        return Status.CANCELLED
    let_in = auto or decisions.is_approved(before) or (before is not None and before.status is Status.PUBLISHED)
    if held or not let_in:
        return Status.REVIEW
    return Status.CANCELLED if draft.cancelled else Status.PUBLISHED
