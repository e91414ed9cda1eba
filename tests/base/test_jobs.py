"""The worker as a whole: work that hangs, a stop in the middle, clocks that jump."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from col_core.base import heartbeats, outbox
from col_core.base.database import Database
from col_core.base.hands import MOST_LEFT_BEHIND
from col_core.base.jobs import Job, Periodic, Worker
from col_core.base.migrate import upgrade
from col_core.base.outbox import OutboxRow, PeriodicRow


@pytest.fixture
def one_file(tmp_path):
    """A database on the embedded engine, for what does not depend on which it is."""
    made = Database(f"sqlite:///{tmp_path / 'city.db'}")
    upgrade(made)
    yield made
    made.dispose()


class Running:
    """A worker in a thread, until the block ends."""

    def __init__(self, worker, **options):
        self.stop, self.begins_anew = threading.Event(), None
        self._thread = threading.Thread(target=self._run, args=(worker, options))

    def _run(self, worker, options):
        self.begins_anew = worker.run(self.stop, **options)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self._thread.join(30)
        assert not self._thread.is_alive()

    def ends_by_itself(self):
        self._thread.join(30)
        return not self._thread.is_alive()


def come_home(let_go):
    """Let go of what hangs, and wait for its threads: they still use the database."""
    let_go.set()
    for each in threading.enumerate():
        if each.name.startswith("work "):
            each.join(30)


def enqueue(database, clock, job, payload=None, **rest):
    with database.write() as session:
        outbox.enqueue(session, job, payload or {}, clock=clock, **rest)


def rows(database):
    with database.read() as session:
        found = list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))
        session.expunge_all()
        return found


def test_jobs_that_hang_hold_up_no_other_and_count_as_tries_that_failed(one_file, clock):
    let_go, done = threading.Event(), threading.Event()
    jobs = [
        Job(name="hangs", run=lambda _: let_go.wait(60), lease_s=0.2),
        Job(name="works", run=lambda _: done.set()),
    ]
    for _ in range(2):
        enqueue(one_file, clock, "hangs")
    enqueue(one_file, clock, "works", not_before=clock.now() + timedelta(seconds=1))
    with Running(Worker(one_file, jobs=jobs, periodics=[], clock=clock, threads=2, poll_s=0.02), drain_s=0.1):
        clock.advance(seconds=2)
        assert done.wait(20)
    assert {(each.job, each.error, each.lease_until) for each in rows(one_file)} == {
        ("hangs", "It did not come back within 0.2 seconds.", None)
    }
    come_home(let_go)


def test_a_worker_in_which_too_much_hangs_begins_anew(one_file, clock):
    let_go = threading.Event()
    job = Job(name="hangs", run=lambda _: let_go.wait(60), lease_s=0.01)
    for _ in range(MOST_LEFT_BEHIND + 2):
        enqueue(one_file, clock, "hangs")
    worker = Worker(one_file, jobs=[job], periodics=[], clock=clock, threads=4, poll_s=0.02, beat_s=0.1)
    with Running(worker, drain_s=0.1) as run:
        assert run.ends_by_itself()
    assert run.begins_anew
    come_home(let_go)


def test_a_worker_that_is_worn_out_finishes_what_it_has_begun_and_begins_anew(one_file, clock):
    begun, let_go, done = threading.Event(), threading.Event(), []

    def work(_):
        begun.set()
        assert let_go.wait(20)
        done.append(1)

    def is_worn_out():
        worn_out = begun.is_set()
        let_go.set() if worn_out else None
        return worn_out

    enqueue(one_file, clock, "works")
    job = Job(name="works", run=work)
    worker = Worker(one_file, jobs=[job], periodics=[], clock=clock, poll_s=0.02, beat_s=0.05)
    with Running(worker, worn_out=is_worn_out) as run:
        assert run.ends_by_itself()
    assert (run.begins_anew, done, rows(one_file)) == (True, [1], [])


def test_what_is_not_done_when_the_time_to_stop_is_over_is_given_back(database, clock):
    begun, let_go, periodic_begun = threading.Event(), threading.Event(), threading.Event()

    def slow(_=None):
        begun.set()
        let_go.wait(60)

    def periodic():
        periodic_begun.set()
        let_go.wait(60)

    enqueue(database, clock, "slow")
    worker = Worker(
        database,
        jobs=[Job(name="slow", run=slow)],
        periodics=[Periodic(name="source", every_s=3600, run=periodic, at_start=True)],
        clock=clock,
        poll_s=0.02,
    )
    with Running(worker, drain_s=0.1) as run:
        assert begun.wait(20)
        assert periodic_begun.wait(20)
        run.stop.set()
    (row,) = rows(database)
    assert (row.lease_until, row.attempts, row.state) == (None, 0, "waiting")
    with database.read() as session:
        assert session.scalar(select(PeriodicRow.due)) == clock.now()
        assert heartbeats.last_seen(session) is None, "it said good-bye"
    done = []
    again = Worker(database, jobs=[Job(name="slow", run=done.append)], periodics=[], clock=clock)
    again.drain()
    assert done == [{}]
    come_home(let_go)


def test_a_worker_says_that_it_is_there_and_how_its_plugins_stand(database, clock):
    trouble = {"plugin": "faulty", "hook": "col_observe", "message": "no", "count": 2, "out": False}
    worker = Worker(database, jobs=[], periodics=[], clock=clock, poll_s=0.02, beat_s=0.05, troubles=lambda: [trouble])

    def seen():
        with database.read() as session:
            return heartbeats.last_seen(session)

    with Running(worker) as run:
        for _ in range(400):
            if seen() == clock.now():
                break
            run.stop.wait(0.02)
        with database.read() as session:
            assert heartbeats.troubles(session, since=clock.now()) == [trouble]
    assert seen() is None


def set_right(database, clock):
    with database.write() as session:
        outbox.set_right(session, now=clock.now(), lease=timedelta(minutes=10), longest_backoff=timedelta(hours=12))


def test_what_a_clock_wrote_that_was_ahead_does_not_wait_until_the_time_comes(database, clock):
    clock.advance(days=365)
    enqueue(database, clock, "now")
    enqueue(database, clock, "in-a-week", not_before=clock.now() + timedelta(days=7))
    clock.advance(days=-365)
    done = []
    jobs = [Job(name=name, run=lambda _, name=name: done.append(name)) for name in ("now", "in-a-week")]
    worker = Worker(database, jobs=jobs, periodics=[], clock=clock)
    worker.drain()
    assert done == []
    set_right(database, clock)
    worker.drain()
    assert done == ["now"]
    clock.advance(days=7)
    worker.drain()
    assert done == ["now", "in-a-week"]


def test_a_lease_and_a_retry_of_a_clock_that_was_ahead_do_not_last_for_a_year(database, clock):
    enqueue(database, clock, "note")
    clock.advance(days=365)
    with database.write() as session:
        assert outbox.take(session, now=clock.now(), lease=timedelta(minutes=10), limit=1)
    clock.advance(days=-365)
    set_right(database, clock)
    done = []
    Worker(database, jobs=[Job(name="note", run=done.append)], periodics=[], clock=clock).drain()
    assert done == [{}]


def test_a_clock_that_jumps_ahead_does_not_begin_a_second_time_what_runs(one_file, clock):
    begun, let_go, count = threading.Event(), threading.Event(), []

    def work(_):
        count.append(1)
        begun.set()
        assert let_go.wait(20)

    enqueue(one_file, clock, "work")
    worker = Worker(one_file, jobs=[Job(name="work", run=work)], periodics=[], clock=clock, poll_s=0.02)
    with Running(worker) as run:
        assert begun.wait(20)
        clock.advance(days=1)
        run.stop.wait(0.3)
        let_go.set()
    assert (count, rows(one_file)) == ([1], [])


def test_a_worker_with_nothing_to_do_writes_nothing(one_file, clock):
    worker = Worker(one_file, jobs=[], periodics=[Periodic(name="hourly", every_s=3600, run=lambda: None)], clock=clock)
    worker.run_once()
    with one_file.read() as session:
        before = session.scalar(select(PeriodicRow.due))
    statements = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(one_file.engine, "before_cursor_execute", note)
    assert worker.run_once() is False
    event.remove(one_file.engine, "before_cursor_execute", note)
    with one_file.read() as session:
        assert session.scalar(select(PeriodicRow.due)) == before
    assert "BEGIN IMMEDIATE" not in statements
    assert any("periodic" in each for each in statements)


def test_what_waits_for_other_servers_takes_no_hand_from_other_work(one_file, clock):
    let_go, done, waits = threading.Event(), threading.Event(), threading.Semaphore(0)

    def wait(_):
        waits.release()
        let_go.wait(60)

    jobs = [Job(name="asks", run=wait, waits=True), Job(name="works", run=lambda _: done.set())]
    for _ in range(5):
        enqueue(one_file, clock, "asks")
    worker = Worker(one_file, jobs=jobs, periodics=[], clock=clock, threads=1, waiting_threads=2, poll_s=0.02)
    with Running(worker, drain_s=0.1):
        assert waits.acquire(timeout=20)
        assert waits.acquire(timeout=20)
        enqueue(one_file, clock, "works")
        assert done.wait(20)
        assert not waits.acquire(blocking=False)
        let_go.set()
        for _ in range(3):
            assert waits.acquire(timeout=20)
    come_home(let_go)
    assert not rows(one_file)


def test_periodic_work_that_waits_for_other_servers_has_hands_of_its_own(one_file, clock):
    let_go, done = threading.Event(), threading.Event()
    periodics = [
        Periodic(name="asks", every_s=60, run=lambda: let_go.wait(60), at_start=True, waits=True),
        Periodic(name="works", every_s=60, run=done.set, at_start=True),
    ]
    worker = Worker(one_file, jobs=[], periodics=periodics, clock=clock, threads=1, waiting_threads=1, poll_s=0.02)
    with Running(worker, drain_s=20):
        assert done.wait(20)
        let_go.set()


def test_everything_that_is_due_is_done_at_once_whatever_it_waits_for(one_file, clock):
    done = []
    jobs = [
        Job(name="asks", run=lambda _: done.append("asks"), waits=True),
        Job(name="works", run=lambda _: done.append("works")),
    ]
    enqueue(one_file, clock, "asks")
    enqueue(one_file, clock, "works")
    Worker(one_file, jobs=jobs, periodics=[], clock=clock).drain()
    assert sorted(done) == ["asks", "works"]
