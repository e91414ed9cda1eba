"""The background worker: takes jobs from the outbox, runs periodic work, and never lets one job stop another."""

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from col_core.base import heartbeats, outbox
from col_core.base.clock import Clock
from col_core.base.database import Database, upsert
from col_core.base.errors import ColError
from col_core.base.hands import Hands, Work
from col_core.base.heartbeats import BEAT_S, Trouble
from col_core.base.outbox import PeriodicRow, Task

_log = structlog.get_logger()
_BACKOFF_S = (5, 30, 120, 600, 3600, 3 * 3600, 12 * 3600)
_LONGEST_BACKOFF = timedelta(seconds=_BACKOFF_S[-1])


@dataclass(frozen=True, kw_only=True)
class Job:
    """A kind of background work. `run` gets the payload; it must bear being run twice with the same one.

    After `lease_s` seconds its worker counts as dead, and another one begins the job again. `outside` says that
    somebody else notices it (a mail, a push to a partner): after a backup was restored, such a job does not run by
    itself, for it may have run already. `waits` says that it waits for other servers: such jobs have hands of their
    own, so that a partner that is slow or dead keeps no other work from being done.
    """

    name: str
    run: Callable[[Mapping[str, Any]], None]
    lease_s: int = 600
    outside: bool = True
    waits: bool = False


@dataclass(frozen=True, kw_only=True)
class Periodic:
    """Work that is due every `every_s` seconds, on one worker at a time.

    While it runs it is not due; after `lease_s` seconds its worker counts as dead, and it is due again. `waits` is as
    with a job.
    """

    name: str
    every_s: int
    run: Callable[[], None]
    at_start: bool = False
    lease_s: int = 600
    waits: bool = False


def forget_failed(database: Database, *, days: int, clock: Clock) -> Periodic:
    """Return the work that forgets jobs that failed for good, `days` after their last try."""

    def run() -> None:
        with database.write() as session:
            outbox.forget_dead(session, before=clock.now() - timedelta(days=days))

    return Periodic(name="jobs.forget", every_s=24 * 3600, run=run)


class Worker:
    """Runs `jobs` and `periodics` of one city until it is told to stop.

    Several workers may run beside each other: rows are leased, so each job runs on one of them. `threads` do what is
    done here, `waiting_threads` what waits for other servers. `troubles` tells how the plugins of this process stand,
    for those who look after the city.
    """

    def __init__(
        self,
        database: Database,
        *,
        jobs: Sequence[Job],
        periodics: Sequence[Periodic],
        clock: Clock,
        threads: int = 3,
        waiting_threads: int = 3,
        poll_s: float = 0.5,
        beat_s: float = BEAT_S,
        troubles: Callable[[], Sequence[Trouble]] = lambda: (),
    ) -> None:
        self._database = database
        self._jobs = {job.name: job for job in jobs}
        self._periodics = tuple(periodics)
        self._waiting_jobs = frozenset(job.name for job in jobs if job.waits)
        self._clock = clock
        self._poll_s, self._beat_s = poll_s, beat_s
        self._troubles = troubles
        self._leases = {job.name: timedelta(seconds=job.lease_s) for job in jobs}
        self._lease = max(self._leases.values(), default=timedelta(minutes=10))
        done = threading.Event()
        # By whether the work waits for other servers.
        self._hands = {waits: Hands(count, done=done) for waits, count in ((False, threads), (True, waiting_threads))}
        self._id = secrets.token_hex(8)
        self._started = clock.now()

    @property
    def jobs(self) -> Sequence[Job]:
        return tuple(self._jobs.values())

    def run(self, stop: threading.Event, *, drain_s: float = 20, worn_out: Callable[[], bool] = lambda: False) -> bool:
        """Work until `stop` is set; what has begun is finished within `drain_s` seconds, or given back.

        Returns True where the process should begin anew: work hangs in too many of its threads, or `worn_out` said so
        (it is asked every few seconds).
        """
        next_beat_s = 0.0
        while not stop.is_set():
            if monotonic() >= next_beat_s:
                next_beat_s = monotonic() + self._beat_s
                self._beat()
                if any(hands.are_tied for hands in self._hands.values()) or worn_out():
                    break
            for hands in self._hands.values():
                for work in hands.leave_behind():
                    self._note_hanging(work)
            begun = self._due_now({waits: hands.free for waits, hands in self._hands.items()})
            for waits, work in begun:
                self._hands[waits].begin(work)
            if not begun:
                self._hands[False].wait(self._poll_s, stop)
        until_s = monotonic() + drain_s
        for hands in self._hands.values():
            for work in hands.finish(max(0.0, until_s - monotonic())):
                self._give_back(work)
        self._leave()
        return not stop.is_set()

    def run_once(self) -> bool:
        """Do what is due now, one after the other; return whether there was anything."""
        due = self._take({False: 20, True: 20})
        for _, work in due:
            work.do()
        return bool(due)

    def drain(self, *, rounds: int = 1000) -> None:
        """Run until nothing is due, for set-up and tests."""
        for _ in range(rounds):
            if not self.run_once():
                return

    def _due_now(self, free: Mapping[bool, int]) -> Sequence[tuple[bool, Work]]:
        if max(free.values()) < 1:
            return []
        try:
            return self._take(free)
        except (ColError, SQLAlchemyError) as error:
            _log.warning("worker.database", error=type(error).__name__)
            return []

    def _take(self, free: Mapping[bool, int]) -> Sequence[tuple[bool, Work]]:
        """Take what is due, up to `free` things that wait for other servers (True) and that do not (False)."""
        now = self._clock.now()
        begun = [work for hands in self._hands.values() for work in hands.begun]
        busy = {work.name for work in begun}
        mine = [work.task.id for work in begun if work.task is not None]
        rested = [each for each in self._periodics if f"periodic {each.name}" not in busy and free[each.waits] > 0]
        kinds = [each for each in (False, True) if free[each] > 0 and (self._waiting_jobs or not each)]
        # Asked twice a second: an idle worker must not keep others from writing.
        with self._database.read() as session:
            due = self._due(session, rested, now)
            waiting = [
                each for each in kinds if outbox.is_due(session, now=now, without=mine, **self._of_kind(waits=each))
            ]
            if not due and not waiting:
                return []
        with self._database.write() as session:
            periodics = [each for each in due if self._begins(session, each, now)]
            tasks = [
                (kind, task)
                for kind in waiting
                for task in outbox.take(
                    session,
                    now=now,
                    lease=self._lease,
                    leases=self._leases,
                    limit=free[kind],
                    without=mine,
                    **self._of_kind(waits=kind),
                )
            ]
        return [
            *(
                (
                    each.waits,
                    Work(name=f"periodic {each.name}", do=partial(self._periodic, each, now), lease_s=each.lease_s),
                )
                for each in periodics
            ),
            *(
                (
                    kind,
                    Work(name=f"task {each.id}", do=partial(self._task, each), lease_s=self._lease_s(each), task=each),
                )
                for kind, each in tasks
            ),
        ]

    def _of_kind(self, *, waits: bool) -> dict[str, Any]:
        """Return how the outbox is asked for jobs that wait for other servers, or for the others."""
        return {"only": self._waiting_jobs} if waits else {"but": self._waiting_jobs}

    def _lease_s(self, task: Task) -> float:
        job = self._jobs.get(task.job)
        return job.lease_s if job is not None else 60

    def _beat(self) -> None:
        """Say that this worker is there, and set right what a clock that was wrong for a while left behind."""
        now = self._clock.now()
        try:
            with self._database.write() as session:
                heartbeats.beat(session, self._id, started=self._started, now=now, troubles=self._troubles())
                outbox.set_right(session, now=now, lease=self._lease, longest_backoff=_LONGEST_BACKOFF)
        except (ColError, SQLAlchemyError) as error:
            _log.warning("worker.database", error=type(error).__name__)

    def _leave(self) -> None:
        try:
            with self._database.write() as session:
                heartbeats.leave(session, self._id)
        except (ColError, SQLAlchemyError) as error:
            _log.warning("worker.database", error=type(error).__name__)

    def _note_hanging(self, work: Work) -> None:
        """Write down that `work` did not come back: its thread is lost, and it counts as a try that failed."""
        _log.error("worker.hangs", work=work.name, lease_s=work.lease_s)
        error = f"It did not come back within {work.lease_s:g} seconds."
        try:
            with self._database.write() as session:
                if work.task is not None:
                    outbox.fail(session, work.task, error=error, retry_at=self._next_try(work.task))
                row = session.get(PeriodicRow, work.name.removeprefix("periodic "))
                if row is not None:
                    row.last_error = error
        except (ColError, SQLAlchemyError) as trouble:
            _log.warning("worker.database", error=type(trouble).__name__)

    def _next_try(self, task: Task) -> datetime | None:
        """Return when to try again what failed; None when it was tried often enough."""
        if task.attempts > len(_BACKOFF_S):
            return None
        return self._clock.now() + timedelta(seconds=_BACKOFF_S[task.attempts - 1])

    def _give_back(self, work: Work) -> None:
        """Let another worker begin `work` at once: this one ends before it is done."""
        _log.warning("worker.gave_back", work=work.name)
        try:
            with self._database.write() as session:
                if work.task is not None:
                    outbox.give_back(session, work.task)
                row = session.get(PeriodicRow, work.name.removeprefix("periodic "))
                if row is not None:
                    row.due = self._clock.now()
        except (ColError, SQLAlchemyError) as error:
            _log.warning("worker.database", error=type(error).__name__)

    def _due(self, session: Session, periodics: Sequence[Periodic], now: datetime) -> list[Periodic]:
        """Return those of `periodics` that are due, or that no worker has seen yet."""
        known = {row.name: row.due for row in session.execute(select(PeriodicRow.name, PeriodicRow.due))}
        return [each for each in periodics if each.name not in known or _is_due(each, known[each.name], now)]

    def _begins(self, session: Session, periodic: Periodic, now: datetime) -> bool:
        """Say whether `periodic` is due and ours; nobody else begins it then."""
        first = now if periodic.at_start else now + timedelta(seconds=periodic.every_s)
        insert = upsert(session, PeriodicRow).values(name=periodic.name, due=first)
        session.execute(insert.on_conflict_do_nothing(index_elements=[PeriodicRow.name]))
        row = session.scalar(
            select(PeriodicRow).where(PeriodicRow.name == periodic.name).with_for_update(skip_locked=True)
        )
        if row is None or not _is_due(periodic, row.due, now):
            return False
        row.due = now + _taken(periodic)
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
            retry_at = None if permanent else self._next_try(task)
            _log.exception("job.failed", job=task.job, attempt=task.attempts, dead=retry_at is None)
            with self._database.write() as session:
                outbox.fail(session, task, error=f"{type(error).__name__}: {error}", retry_at=retry_at)
            return
        with self._database.write() as session:
            outbox.finish(session, task.id)


def _taken(periodic: Periodic) -> timedelta:
    """Return for how long nobody else begins `periodic` once it has begun."""
    return timedelta(seconds=max(periodic.every_s, periodic.lease_s))


def _is_due(periodic: Periodic, due: datetime, now: datetime) -> bool:
    # A clock that was set back must not silence the work until it catches up.
    too_far = now + _taken(periodic) + timedelta(seconds=periodic.every_s)
    return due <= now or due > too_far
