"""Who is at work in a city is known, also to another process, until the process ends, however it ends."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from sqlalchemy import text

from col_core.base.at_work import at_rest, at_work
from col_core.base.config import load_city
from col_core.base.database import Database
from col_core.base.errors import Conflict
from col_core.testing.processes import until
from col_core.testing.towns import write_town

PROCESS = """
import sys, time
from pathlib import Path
from col_core.base.at_work import at_work
from col_core.base.config import load_city
with at_work(load_city(Path(sys.argv[1]))):
    print("at work", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folder(tmp_path):
    return write_town(tmp_path / "town")


@pytest.fixture
def environ(tmp_path, database_url):
    return {"COL_VAR": str(tmp_path / "var"), "COL_DATABASE_URL": database_url}


@pytest.fixture
def config(folder, environ):
    return load_city(folder, environ=environ)


def is_at_rest(config):
    try:
        with at_rest(config):
            return True
    except Conflict:
        return False


def kill_one_at_work(folder, environ, *, when):
    """Begin a process that is at work, call `when`, and end it as a power cut does."""
    command = [sys.executable, "-c", PROCESS, str(folder)]
    with subprocess.Popen(command, env={**os.environ, **environ}, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout.readline() == b"at work\n"
            when()
        finally:
            process.send_signal(signal.SIGKILL)


def test_any_number_may_be_at_work_and_a_restore_waits_for_none(config):
    said = pytest.raises(Conflict, match=r"A server or a worker of testville is running.*Nothing was touched")
    with at_work(config), at_work(config), said, at_rest(config):
        pass
    assert is_at_rest(config)


def test_two_restores_do_not_run_beside_each_other(config):
    with at_rest(config):
        assert not is_at_rest(config)


def test_a_process_that_is_killed_is_at_work_no_more(config, folder, environ):
    seen = []
    kill_one_at_work(folder, environ, when=lambda: seen.append(is_at_rest(config)))
    assert seen == [False]
    # PostgreSQL needs a moment to see that the connection has ended.
    until(lambda: is_at_rest(config))


def test_it_is_known_by_the_database_whatever_the_state_folder(config, folder, environ, tmp_path):
    with at_work(config):
        elsewhere = load_city(folder, environ={**environ, "COL_VAR": str(tmp_path / "other")})
        assert not is_at_rest(elsewhere)


def test_it_is_known_by_the_state_folder_whatever_the_database(config, folder, environ, tmp_path):
    with at_work(config):
        moved = load_city(folder, environ={**environ, "COL_DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}"})
        assert not is_at_rest(moved)


def test_who_begins_during_a_restore_waits_until_it_is_over(config):
    begun = threading.Event()

    def begin():
        with at_work(config):
            begun.set()

    with at_rest(config):
        beginner = threading.Thread(target=begin)
        beginner.start()
        assert not begun.wait(1.5)
    assert begun.wait(60)
    beginner.join()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_lock_that_postgresql_lost_is_taken_again(config, folder, environ, database_url, tmp_path):
    elsewhere = load_city(folder, environ={**environ, "COL_VAR": str(tmp_path / "other")})
    database = Database(database_url)
    with at_work(config):
        with database.write() as session:
            # Returns when it is gone, and the lock with it.
            gone = session.scalars(
                text(
                    "SELECT pg_terminate_backend(l.pid, 30000) "
                    "FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
                    "WHERE l.locktype = 'advisory' AND d.datname = current_database()"
                )
            ).all()
        database.dispose()
        assert gone == [True]
        until(lambda: not is_at_rest(elsewhere))
