"""The background worker: takes jobs from the outbox, runs periodic work, and never lets one job stop another."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import select

from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import ColError
from col_core.base.outbox import PeriodicRow, Task

_log = structlog.get_logger()
_BACKOFF_S = (5, 30, 120, 600, 3600, 3 * 3600, 12 * 3600)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A kind of background work. `run` gets the payload; it must bear being run twice with the same one."""

    name: str
    run: Callable[[Mapping[str, Any]], None]
    lease_s: int = 600


@dataclass(frozen=True, kw_only=True)
class Periodic:
    """Work that is due every `every_s` seconds, on one worker at a time."""

    name: str
    every_s: int
    run: Callable[[], None]
    at_start: bool = False


class Worker:
    """Runs `jobs` and `periodics` of one city until it is told to stop.

    Several workers may run beside each other: rows are leased, so each job runs on one of them.
    """

    def __init__(
        self,
        database: Database,
        *,
        jobs: Sequence[Job],
        periodics: Sequence[Periodic],
        clock: Clock,
        threads: int = 2,
        poll_s: float = 0.5,
    ) -> None:
        self._database = database
        self._jobs = {job.name: job for job in jobs}
        self._periodics = tuple(periodics)
        self._clock = clock
        self._threads = threads
        self._poll_s = poll_s

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what has begun is finished."""
        with ThreadPoolExecutor(self._threads, thread_name_prefix="job") as pool:
            while not stop.is_set():
                try:
                    busy = self.run_once(pool)
                except ColError as error:
                    _log.warning("worker.database", error=error.code)
                    busy = False
                if not busy:
                    stop.wait(self._poll_s)

    def run_once(self, pool: ThreadPoolExecutor | None = None) -> bool:
        """Do what is due now; return whether there was anything."""
        now = self._clock.now()
        work: list[Callable[[], None]] = [partial(self._periodic, each) for each in self._due(now)]
        with self._database.write() as session:
            tasks = outbox.take(session, now=now, lease=timedelta(minutes=15), limit=20)
        work += [partial(self._task, task) for task in tasks]
        if pool is None:
            for each in work:
                each()
        else:
            for future in [pool.submit(each) for each in work]:
                future.result()
        return bool(work)

    def drain(self, *, rounds: int = 1000) -> None:
        """Run until nothing is due, for set-up and tests."""
        for _ in range(rounds):
            if not self.run_once():
                return

    def _due(self, now: datetime) -> list[Periodic]:
        due = []
        with self._database.write() as session:
            rows = {
                row.name: row for row in session.scalars(select(PeriodicRow).with_for_update(skip_locked=True)).all()
            }
            known = set(session.scalars(select(PeriodicRow.name)))
            for each in self._periodics:
                row = rows.get(each.name)
                if row is None and each.name in known:
                    continue
                if row is None:
                    row = PeriodicRow(
                        name=each.name, due=now if each.at_start else now + timedelta(seconds=each.every_s)
                    )
                    session.add(row)
                # A clock that was set back must not silence the work until it catches up.
                late = row.due - now > timedelta(seconds=2 * each.every_s)
                if row.due <= now or late:
                    row.due = now + timedelta(seconds=each.every_s)
                    row.last_run = now
                    due.append(each)
        return due

    def _periodic(self, periodic: Periodic) -> None:
        error: str | None = None
        try:
            periodic.run()
        except Exception as caught:
            error = f"{type(caught).__name__}: {caught}"
            _log.exception("periodic.failed", job=periodic.name)
        with self._database.write() as session:
            row = session.get(PeriodicRow, periodic.name)
            if row is not None:
                row.last_error = error

    def _task(self, task: Task) -> None:
        job = self._jobs.get(task.job)
        try:
            if job is None:
                raise LookupError(f"no job is called {task.job}")
            job.run(task.payload)
        except Exception as error:
            permanent = job is None or (isinstance(error, ColError) and error.permanent)
            tries_left = not permanent and task.attempts <= len(_BACKOFF_S)
            retry_at = self._clock.now() + timedelta(seconds=_BACKOFF_S[task.attempts - 1]) if tries_left else None
            _log.exception("job.failed", job=task.job, attempt=task.attempts, dead=retry_at is None)
            with self._database.write() as session:
                outbox.fail(session, task, error=f"{type(error).__name__}: {error}", retry_at=retry_at)
            return
        with self._database.write() as session:
            outbox.finish(session, task.id)
