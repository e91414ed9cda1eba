"""The background worker: takes jobs from the outbox, runs periodic work, and never lets one job stop another."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.base.database import Database, upsert
from col_core.base.errors import ColError
from col_core.base.outbox import PeriodicRow, Task

_log = structlog.get_logger()
_BACKOFF_S = (5, 30, 120, 600, 3600, 3 * 3600, 12 * 3600)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A kind of background work. `run` gets the payload; it must bear being run twice with the same one.

    After `lease_s` seconds its worker counts as dead, and another one begins the job again. `outside` says that
    somebody else notices it (a mail, a push to a partner): after a backup was restored, such a job does not run by
    itself, for it may have run already.
    """

    name: str
    run: Callable[[Mapping[str, Any]], None]
    lease_s: int = 600
    outside: bool = True


@dataclass(frozen=True, kw_only=True)
class Periodic:
    """Work that is due every `every_s` seconds, on one worker at a time.

    While it runs it is not due; after `lease_s` seconds its worker counts as dead, and it is due again.
    """

    name: str
    every_s: int
    run: Callable[[], None]
    at_start: bool = False
    lease_s: int = 600


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
        self._lease = timedelta(seconds=max((job.lease_s for job in jobs), default=600))

    @property
    def jobs(self) -> Sequence[Job]:
        return tuple(self._jobs.values())

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what has begun is finished."""
        running: set[Future[None]] = set()
        with ThreadPoolExecutor(self._threads, thread_name_prefix="job") as pool:
            while not stop.is_set():
                due = self._due_now(self._threads - len(running))
                running |= {pool.submit(self._safely, work) for work in due}
                if len(running) >= self._threads:
                    wait(running, timeout=self._poll_s, return_when=FIRST_COMPLETED)
                elif not due:
                    stop.wait(self._poll_s)
                running = {each for each in running if not each.done()}

    def run_once(self) -> bool:
        """Do what is due now, one after the other; return whether there was anything."""
        due = self._take(limit=20)
        for work in due:
            work()
        return bool(due)

    def drain(self, *, rounds: int = 1000) -> None:
        """Run until nothing is due, for set-up and tests."""
        for _ in range(rounds):
            if not self.run_once():
                return

    def _due_now(self, limit: int) -> Sequence[Callable[[], None]]:
        if limit < 1:
            return []
        try:
            return self._take(limit=limit)
        except (ColError, SQLAlchemyError) as error:
            _log.warning("worker.database", error=type(error).__name__)
            return []

    def _take(self, *, limit: int) -> Sequence[Callable[[], None]]:
        now = self._clock.now()
        with self._database.write() as session:
            periodics = [each for each in self._periodics if self._begins(session, each, now)]
            tasks = outbox.take(session, now=now, lease=self._lease, limit=limit)
        return [partial(self._periodic, each, now) for each in periodics] + [
            partial(self._task, each) for each in tasks
        ]

    def _safely(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:
            # The database went away before the end could be written down: the lease runs out, and it is done again.
            _log.exception("worker.unfinished")

    def _begins(self, session: Session, periodic: Periodic, now: datetime) -> bool:
        """Say whether `periodic` is due and ours; nobody else begins it then."""
        first = now if periodic.at_start else now + timedelta(seconds=periodic.every_s)
        insert = upsert(session, PeriodicRow).values(name=periodic.name, due=first)
        session.execute(insert.on_conflict_do_nothing(index_elements=[PeriodicRow.name]))
        taken = timedelta(seconds=max(periodic.every_s, periodic.lease_s))
        # A clock that was set back must not silence the work until it catches up.
        too_far = now + taken + timedelta(seconds=periodic.every_s)
        row = session.scalar(
            select(PeriodicRow)
            .where(PeriodicRow.name == periodic.name, (PeriodicRow.due <= now) | (PeriodicRow.due > too_far))
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return False
        row.due = now + taken
        row.last_run = now
        return True

    def _periodic(self, periodic: Periodic, began: datetime) -> None:
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
                row.due = began + timedelta(seconds=periodic.every_s)

    def _task(self, task: Task) -> None:
        job = self._jobs.get(task.job)
        given_up = task.attempts > len(_BACKOFF_S) + 1
        try:
            if job is None:
                raise LookupError(f"no job is called {task.job}")
            if given_up:
                raise RuntimeError("its worker died each time that it ran")
            job.run(task.payload)
        except Exception as error:
            permanent = job is None or given_up or (isinstance(error, ColError) and error.permanent)
            tries_left = not permanent and task.attempts <= len(_BACKOFF_S)
            retry_at = self._clock.now() + timedelta(seconds=_BACKOFF_S[task.attempts - 1]) if tries_left else None
            _log.exception("job.failed", job=task.job, attempt=task.attempts, dead=retry_at is None)
            with self._database.write() as session:
                outbox.fail(session, task, error=f"{type(error).__name__}: {error}", retry_at=retry_at)
            return
        with self._database.write() as session:
            outbox.finish(session, task.id)
