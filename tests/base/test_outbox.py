import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from col_core.base import outbox
from col_core.base.errors import InvalidInput
from col_core.base.jobs import Job, Periodic, Worker, forget_failed
from col_core.base.outbox import OutboxRow, PeriodicRow


@pytest.fixture
def done():
    return []


def a_worker(database, clock, run, *, periodics=()):
    return Worker(database, jobs=[Job(name="note", run=run)], periodics=periodics, clock=clock)


def states(database):
    with database.read() as session:
        return [tuple(row) for row in session.execute(select(OutboxRow.state, OutboxRow.attempts))]


def test_a_job_runs_once_after_its_commit(database, clock, done):
    with database.write() as session:
        outbox.enqueue(session, "note", {"word": "delavnica"}, clock=clock)
    worker = a_worker(database, clock, done.append)
    worker.drain()
    worker.drain()
    assert done == [{"word": "delavnica"}]
    assert states(database) == []


def test_what_was_rolled_back_never_runs(database, clock, done):
    def fail():
        with database.write() as session:
            outbox.enqueue(session, "note", {}, clock=clock)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    a_worker(database, clock, done.append).drain()
    assert done == []


def test_a_key_that_waits_is_not_written_twice(database, clock, done):
    for _ in range(3):
        with database.write() as session:
            outbox.enqueue(session, "note", {}, clock=clock, key="image:1")
    a_worker(database, clock, done.append).drain()
    assert done == [{}]


def test_a_job_that_fails_is_tried_again_later_and_stops_no_other(database, clock, done):
    def run(payload):
        if payload.get("bad") and not done:
            raise ConnectionError("not now")
        done.append(payload)

    with database.write() as session:
        outbox.enqueue(session, "note", {"bad": True}, clock=clock)
    worker = a_worker(database, clock, run)
    worker.drain()
    assert done == []
    with database.write() as session:
        outbox.enqueue(session, "note", {"good": True}, clock=clock)
    worker.drain()
    assert done == [{"good": True}]
    clock.advance(seconds=6)
    worker.drain()
    assert done == [{"good": True}, {"bad": True}]


def test_a_poison_job_ends_as_a_dead_letter_with_its_reason(database, clock):
    def run(_payload):
        raise InvalidInput("This will never work.")

    with database.write() as session:
        outbox.enqueue(session, "note", {}, clock=clock)
    a_worker(database, clock, run).drain()
    assert states(database) == [("dead", 1)]
    with database.read() as session:
        assert session.scalar(select(OutboxRow.error)) == "InvalidInput: This will never work."
        assert outbox.counts(session) == {"waiting": 0, "dead": 1}


def test_a_job_that_always_fails_is_given_up_after_its_last_try(database, clock):
    def run(_payload):
        raise ConnectionError("never")

    with database.write() as session:
        outbox.enqueue(session, "note", {}, clock=clock)
    worker = a_worker(database, clock, run)
    for _ in range(20):
        worker.drain()
        clock.advance(hours=13)
    assert states(database) == [("dead", 8)]


def test_jobs_that_failed_for_good_are_forgotten_in_time_and_no_other(database, clock):
    def run(_payload):
        raise InvalidInput("This will never work.")

    with database.write() as session:
        outbox.enqueue(session, "note", {}, clock=clock)
    a_worker(database, clock, run).drain()
    clock.advance(days=29)
    with database.write() as session:
        outbox.enqueue(session, "note", {}, clock=clock)
        outbox.park(session, reason="A backup was restored.")
        outbox.enqueue(session, "note", {}, clock=clock)
    forgetting = forget_failed(database, days=30, clock=clock)
    forgetting.run()
    assert len(states(database)) == 3
    clock.advance(days=2)
    forgetting.run()
    assert sorted(states(database)) == [("parked", 0), ("waiting", 0)]


def test_the_job_of_a_worker_that_died_is_due_again(database, clock, done):
    with database.write() as session:
        outbox.enqueue(session, "note", {}, clock=clock)
    with database.write() as session:
        assert len(outbox.take(session, now=clock.now(), lease=timedelta(minutes=15), limit=5)) == 1
    worker = a_worker(database, clock, done.append)
    worker.drain()
    assert done == []
    clock.advance(minutes=16)
    worker.drain()
    assert done == [{}]


def test_periodic_work_runs_when_it_is_due_and_survives_its_own_faults(database, clock, done):
    def run():
        done.append(clock.now())
        raise ConnectionError("the source is away")

    worker = a_worker(
        database, clock, done.append, periodics=[Periodic(name="sync", every_s=60, run=run, at_start=True)]
    )
    worker.drain()
    worker.drain()
    assert len(done) == 1
    clock.advance(seconds=61)
    worker.drain()
    assert len(done) == 2
    with database.read() as session:
        assert session.scalar(select(PeriodicRow.last_error)) == "ConnectionError: the source is away"


def test_a_clock_that_was_set_back_does_not_silence_periodic_work(database, clock, done):
    periodic = Periodic(name="sync", every_s=60, run=lambda: done.append(1), at_start=True)
    worker = a_worker(database, clock, done.append, periodics=[periodic])
    worker.drain()
    clock.advance(days=-30)
    worker.drain()
    assert len(done) == 2


def test_what_is_written_down_while_the_same_job_runs_is_not_lost(database, clock, done):
    def run(payload):
        done.append(payload["word"])
        if payload["word"] == "first":
            with database.write() as session:
                outbox.enqueue(session, "note", {"word": "second"}, clock=clock, key="index")

    with database.write() as session:
        outbox.enqueue(session, "note", {"word": "first"}, clock=clock, key="index")
    a_worker(database, clock, run).drain()
    assert done == ["first", "second"]


def test_a_key_that_waits_is_brought_forward(database, clock, done):
    for days in (7, 1, 3):
        with database.write() as session:
            later = clock.now() + timedelta(days=days)
            outbox.enqueue(session, "note", {}, clock=clock, key="reminder", not_before=later)
    clock.advance(days=1)
    a_worker(database, clock, done.append).drain()
    assert done == [{}]
    assert states(database) == []


def test_a_worker_that_was_too_slow_does_not_touch_the_job_of_the_next(database, clock):
    with database.write() as session:
        outbox.enqueue(session, "note", {}, clock=clock)
    with database.write() as session:
        (slow,) = outbox.take(session, now=clock.now(), lease=timedelta(minutes=1), limit=1)
    clock.advance(minutes=2)
    with database.write() as session:
        assert len(outbox.take(session, now=clock.now(), lease=timedelta(minutes=1), limit=1)) == 1
        outbox.fail(session, slow, error="too late", retry_at=None)
    assert states(database) == [("waiting", 2)]


def test_each_kind_of_job_is_due_again_after_its_own_lease(database, clock):
    with database.write() as session:
        for name in ("short", "long"):
            outbox.enqueue(session, name, {}, clock=clock)
    minutes, leases = timedelta(minutes=1), {"short": timedelta(minutes=1)}
    with database.write() as session:
        assert len(outbox.take(session, now=clock.now(), lease=10 * minutes, leases=leases, limit=5)) == 2
    clock.advance(minutes=2)
    with database.write() as session:
        (again,) = outbox.take(session, now=clock.now(), lease=10 * minutes, leases=leases, limit=5)
    assert again.job == "short"


def test_a_job_that_kills_its_worker_each_time_is_given_up(database, clock, done):
    with database.write() as session:
        outbox.enqueue(session, "note", {}, clock=clock)
    for _ in range(8):
        with database.write() as session:
            outbox.take(session, now=clock.now(), lease=timedelta(minutes=1), limit=1)
        clock.advance(minutes=2)
    a_worker(database, clock, done.append).drain()
    assert done == []
    assert states(database) == [("dead", 9)]


def test_periodic_work_that_takes_long_does_not_begin_a_second_time(database, clock, done):
    def run():
        done.append(1)
        clock.advance(minutes=5)
        a_worker(database, clock, done.append, periodics=[sync]).drain()

    sync = Periodic(name="sync", every_s=60, run=run, at_start=True)
    a_worker(database, clock, done.append, periodics=[sync]).run_once()
    assert done == [1]


def test_workers_side_by_side_do_each_job_once_and_a_slow_one_holds_up_no_other(database, clock):
    done = Counter()
    all_quick_are_done, stop = threading.Event(), threading.Event()

    def run(payload):
        if payload["number"] == 0:
            assert all_quick_are_done.wait(20)
        done[payload["number"]] += 1
        if set(range(1, 30)) <= set(done):
            all_quick_are_done.set()
        if set(range(30)) <= set(done):
            stop.set()

    with database.write() as session:
        for number in range(30):
            outbox.enqueue(session, "note", {"number": number}, clock=clock)
    threads = [threading.Thread(target=a_worker(database, clock, run).run, args=(stop,)) for _ in range(2)]
    for each in threads:
        each.start()
    assert stop.wait(20)
    for each in threads:
        each.join()
    assert done == Counter(range(30))
    assert states(database) == []
