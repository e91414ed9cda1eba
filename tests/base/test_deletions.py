from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from col_core.base import deletions, deletions_file, migration_steps
from col_core.base.config import load_city
from col_core.base.database import Database
from col_core.base.deletions import Deletable, Deletion
from col_core.base.deletions_file import DeletionsWork
from col_core.base.jobs import Worker
from col_core.base.outbox import OutboxRow
from col_core.testing.clock import START
from col_core.testing.towns import write_town

LONG_AGO = START - timedelta(days=10_000)


def gone(key, *, kind="accounts.token_revoked", days=0):
    return Deletion(kind=kind, key=key, deleted=START + timedelta(days=days))


def journal(database):
    with database.read() as session:
        return deletions.listing(session)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "deletions.jsonl"


@pytest.fixture
def work(tmp_path, database, clock):
    config = load_city(write_town(tmp_path), environ={"COL_VAR": str(tmp_path / "var")})
    config.var.mkdir(parents=True)
    return DeletionsWork(config=config, database=database, clock=clock)


def worker(work):
    return Worker(work.database, jobs=work.jobs(), periodics=work.periodics(), clock=work.clock)


def test_a_deletion_is_written_down_once_with_the_later_instant(database, clock):
    with database.write() as session:
        deletions.note(session, "accounts.token_revoked", ["a", "b", "a"], clock=clock)
    clock.advance(days=1)
    with database.write() as session:
        deletions.note(session, "accounts.token_revoked", ["a"], clock=clock)
        deletions.keep(session, [gone("b", days=-3)], clock=clock)
    assert journal(database) == [gone("b"), gone("a", days=1)]


def test_what_is_rolled_back_was_not_deleted(database, clock):
    with database.connection() as connection, Session(connection) as session:
        deletions.note(session, "accounts.token_revoked", ["a"], clock=clock)
        session.rollback()
    assert journal(database) == []


def test_many_at_once_are_written_down(database, clock):
    with database.write() as session:
        deletions.note(session, "accounts.token_revoked", (str(each) for each in range(1_200)), clock=clock)
    assert len(journal(database)) == 1_200


def test_a_database_of_an_older_form_tells_of_nothing(empty_database_url):
    database = Database(empty_database_url)
    with database.write() as session:
        migration_steps.take(session.connection(), "0040")
        assert not deletions.is_kept(session)
        assert deletions.listing(session) == []
    database.dispose()


def test_what_the_journal_of_a_backup_has_is_not_deleted_again_and_the_rest_is_whatever_the_clock_said(database, clock):
    asked = []

    def again(session, mine):
        asked.extend(mine)
        return 1

    with database.write() as session:
        deletions.note(session, "accounts.token_revoked", ["known"], clock=clock)
        done = deletions.delete_again(
            session,
            [gone("known"), gone("new"), gone("earlier", days=-9), gone("x", kind="badges.gone")],
            [Deletable(kind="accounts.token_revoked", again=again)],
            clock=clock,
        )
    assert sorted(each.key for each in asked) == ["earlier", "new"]
    assert (done.number, done.unknown) == (1, {"badges.gone": 1})
    assert {each.key for each in journal(database)} == {"known", "new", "earlier", "x"}


def test_a_worker_copies_each_deletion_into_the_file(work):
    with work.database.write() as session:
        deletions.note(session, "accounts.token_revoked", ["a"], clock=work.clock)
    worker(work).drain()
    file = work.config.var / deletions_file.FILE
    assert file.read_text() == '{"kind":"accounts.token_revoked","key":"a","deleted":"2026-01-07T12:00:00Z"}\n'
    assert file.stat().st_mode & 0o777 == 0o600
    work.clock.advance(days=1)
    with work.database.write() as session:
        deletions.note(session, "accounts.token_revoked", ["b"], clock=work.clock)
    worker(work).drain()
    assert deletions_file.read(file).deletions == [gone("a"), gone("b", days=1)]


def test_a_file_that_was_lost_is_written_again(work):
    with work.database.write() as session:
        deletions.note(session, "accounts.token_revoked", ["a"], clock=work.clock)
    worker(work).drain()
    file = work.config.var / deletions_file.FILE
    file.unlink()
    work.clock.advance(days=1)
    worker(work).drain()
    assert deletions_file.read(file).deletions == [gone("a")]


def test_journal_and_file_forget_what_no_backup_may_hold_any_more(work):
    with work.database.write() as session:
        deletions.note(session, "accounts.token_revoked", ["old"], clock=work.clock)
    worker(work).drain()
    work.clock.advance(days=400)
    with work.database.write() as session:
        deletions.note(session, "accounts.token_revoked", ["new"], clock=work.clock)
    work.clock.advance(days=1)
    worker(work).drain()
    assert [each.key for each in journal(work.database)] == ["new"]
    assert [each.key for each in deletions_file.read(work.config.var / deletions_file.FILE).deletions] == ["new"]


def test_after_a_restore_the_copying_runs_by_itself(work):
    assert [job.outside for job in work.jobs()] == [False]
    with work.database.write() as session:
        deletions.note(session, "accounts.token_revoked", ["a"], clock=work.clock)
        assert session.scalars(select(OutboxRow.job)).all() == [deletions.COPY_JOB]


def test_a_last_line_that_was_torn_is_no_fault_and_is_written_again(file):
    deletions_file.write_down(file, [gone("a"), gone("b")], since=LONG_AGO)
    whole = file.read_bytes()
    for end in range(whole.index(b"\n") + 1, len(whole)):
        file.write_bytes(whole[:end])
        said = deletions_file.read(file)
        assert (said.deletions, said.unreadable) == ([gone("a")], [])
        deletions_file.write_down(file, [gone("a"), gone("b")], since=LONG_AGO)
        assert file.read_bytes() == whole


def test_what_stands_there_twice_does_no_harm(file):
    deletions_file.write_down(file, [gone("a")], since=LONG_AGO)
    file.write_bytes(file.read_bytes() * 2)
    assert deletions.newest(deletions_file.read(file).deletions) == [gone("a")]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "{",
        '{"kind": "a", "key": "b"}',
        '{"kind": "a", "key": "b", "deleted": "2026-01-07T12:00:00"}',
        '{"kind": "a", "key": "b", "deleted": "0001-01-01T00:00:00+14:00"}',
        '{"kind": "", "key": "b", "deleted": "2026-01-07T12:00:00Z"}',
        '{"kind": "a", "key": "\\u0000", "deleted": "2026-01-07T12:00:00Z"}',
        '{"kind": "a", "key": "' + 201 * "b" + '", "deleted": "2026-01-07T12:00:00Z"}',
        "x" * 100_000,
        "[" * 50_000,
    ],
)
def test_a_line_that_says_nothing_is_counted_and_costs_no_other(file, line):
    deletions_file.write_down(file, [gone("a")], since=LONG_AGO)
    with file.open("a") as out:
        out.write(f"{line}\n")
    deletions_file.write_down(file, [gone("a"), gone("b")], since=LONG_AGO)
    said = deletions_file.read(file)
    assert said.deletions == [gone("a"), gone("b")]
    assert said.unreadable[0] == 2
