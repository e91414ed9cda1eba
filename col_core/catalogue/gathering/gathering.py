"""Everything that gathers opportunities for one city: its sources, and the work that keeps the catalogue fresh."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import ColError, NotFound
from col_core.base.fetch import HttpClient
from col_core.base.files import FileStore
from col_core.base.jobs import Job, Periodic
from col_core.base.progress import Progress
from col_core.base.settings import CityConfig, SourceConfig
from col_core.catalogue import pictures
from col_core.catalogue.gathering import duplicates, horizon, raw_items, runs
from col_core.catalogue.gathering.districts import load_districts
from col_core.catalogue.gathering.gazetteer import load_gazetteer
from col_core.catalogue.gathering.ingest import Ingest
from col_core.catalogue.gathering.preview import Preview, preview
from col_core.catalogue.gathering.review import Reviewer
from col_core.catalogue.gathering.runs import Outcome, Run
from col_core.catalogue.hooks import OpportunitySource, SearchIndex
from col_core.catalogue.search import index_rows
from col_core.catalogue.vocabulary import Reach
from col_core.hooks.boot import LoadedPlugins
from col_core.hooks.city import Loader

DUPLICATES_JOB = "catalogue.duplicates"
_DAY_S = 86_400
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class GatheredSource:
    """A source of the city. `fault` says why it is off; `source` is then None."""

    config: SourceConfig
    source: OpportunitySource | None
    fault: str | None = None


class Gathering:
    """The sources of one city, and what runs them.

    A source that its plugin cannot make is off and says why; the others work. Raises ConfigError where the files of
    districts or venues cannot be read.
    """

    def __init__(
        self, config: CityConfig, *, loaded: LoadedPlugins, database: Database, clock: Clock, index: SearchIndex
    ) -> None:
        self.database = database
        self._config, self._clock, self._index, self._loaded = config, clock, index, loaded
        self.reviewer = Reviewer(config, load_districts(config.districts), load_gazetteer(config.gazetteer), loaded)
        self.ingest = Ingest(
            database=database,
            clock=clock,
            index=index,
            reviewer=self.reviewer,
            currency=config.currency,
            reach=Reach(config.federation.reach),
            deadline_s=config.limits.source_deadline_s,
        )
        self.sources: Sequence[GatheredSource] = tuple(self.made(each) for each in config.sources)

    def made(self, config: SourceConfig) -> GatheredSource:
        """Return the source that `config` describes, or why there is none."""
        try:
            source: OpportunitySource = self._loaded.make_source(config.plugin, config)
        except ColError as error:
            _log.warning("source.off", source=config.id, reason=str(error))
            return GatheredSource(config=config, source=None, fault=str(error))
        return GatheredSource(config=config, source=source)

    def find(self, name: str) -> GatheredSource:
        """Return the source called `name`. Raises NotFound that names those there are."""
        for each in self.sources:
            if each.config.id == name:
                return each
        known = ", ".join(each.config.id for each in self.sources) or "none"
        raise NotFound(f"There is no source {name!r}; the city has: {known}.")

    def sync(self, each: GatheredSource, *, accept_fewer: bool = False) -> Run:
        """Run one source; a source that is off is a failed run."""
        if each.source is None:
            return self._off(each)
        language = self._config.default_language
        version = self._loaded.plugins.version(each.config.plugin)
        return self._told(
            self.ingest.sync(
                each.source,
                each.config,
                default_language=language,
                plugin_version=version,
                accept_fewer=accept_fewer,
            )
        )

    def _told(self, run: Run) -> Run:
        if run.new or run.changed:
            with self.database.write() as session:
                outbox.enqueue(session, DUPLICATES_JOB, {}, clock=self._clock, key=DUPLICATES_JOB)
        return run

    def made_of(self, config: SourceConfig, *, loader: Loader) -> OpportunitySource:
        """Return the source that `config` describes over what `loader` brings.

        Raises ColError where its plugin is not enabled.
        """
        source: OpportunitySource = self._loaded.make_source(config.plugin, config, loader=loader)
        return source

    def bring(self, source: OpportunitySource, config: SourceConfig, *, progress: Progress | None = None) -> Run:
        """Run a source that is not of the city's settings; nothing is closed by it."""
        language = self._config.default_language
        done = self.ingest.sync(source, config, default_language=language, whole=False, progress=progress)
        return self._told(done)

    def preview(self, each: GatheredSource) -> Preview:
        """Return what a run of the source would do. Raises ColError where it is off or cannot be had."""
        if each.source is None:
            raise NotFound(each.fault or "The source is off.")
        return preview(
            self.ingest,
            each.source,
            each.config,
            database=self.database,
            clock=self._clock,
        )

    def jobs(self, *, files: FileStore, http: HttpClient) -> list[Job]:
        """Return the jobs of the catalogue, for the worker."""
        return [
            pictures.job(self.database, files, http),
            Job(name=DUPLICATES_JOB, run=self._propose_duplicates, outside=False),
        ]

    def periodics(self, *, files: FileStore) -> list[Periodic]:
        """Return what is due again and again: each source at its own pace, and keeping the house."""
        lease_s = self._config.limits.source_deadline_s * 2 + 60
        return [
            *(
                Periodic(
                    name=f"source:{each.config.id}",
                    every_s=each.config.schedule_s,
                    run=_Syncing(self, each),
                    at_start=True,
                    lease_s=lease_s,
                )
                for each in self.sources
            ),
            *index_rows.chores(self.database),
            Periodic(name="catalogue.quiet", every_s=3600, run=self._notice_quiet),
            Periodic(name="catalogue.horizon", every_s=_DAY_S, run=self._move_horizon),
            Periodic(name="catalogue.pictures", every_s=_DAY_S, run=lambda: self._sweep(files)),
            Periodic(name="catalogue.forget", every_s=_DAY_S, run=self._forget),
        ]

    def _sweep(self, files: FileStore) -> None:
        gone = pictures.sweep(self.database, files)
        if gone:
            _log.info("pictures.deleted", number=gone)

    def _off(self, each: GatheredSource) -> Run:
        run = Run(source_id=each.config.id, started=self._clock.now(), outcome=Outcome.FAILED, message=each.fault)
        run.ended = run.started
        with self.database.write() as session:
            runs.state(session, each.config, self._config.default_language)
            runs.record(session, run, each.config, cursor=None, count=None, clock=self._clock)
        return run

    def _propose_duplicates(self, payload: Mapping[str, Any]) -> None:  # noqa: ARG002 (a job gets its payload)
        duplicates.propose(self.database, clock=self._clock)

    def _notice_quiet(self) -> None:
        with self.database.write() as session:
            runs.quiet(session, [each.config for each in self.sources], clock=self._clock)

    def _move_horizon(self) -> None:
        horizon.move(self.database, index=self._index, clock=self._clock)

    def _forget(self) -> None:
        privacy = self._config.privacy
        with self.database.write() as session:
            raw_items.forget_old(session, days=privacy.raw_items_days, clock=self._clock)
            runs.forget_old(session, days=privacy.log_days, clock=self._clock)


@dataclass(frozen=True)
class _Syncing:
    gathering: Gathering
    source: GatheredSource

    def __call__(self) -> None:
        self.gathering.sync(self.source)
