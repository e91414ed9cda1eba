"""The database locked, full, gone or asked for too much: what is said then, and that reading goes on where it can."""

import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import event, text

from col_core.base import outbox
from col_core.base.database import Database, unhurried
from col_core.base.errors import StorageFull, Unavailable
from col_core.base.migrate import pending, upgrade

ENDLESS = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c"


@contextmanager
def opened(url, **options):
    made = Database(url, **options)
    yield made
    made.dispose()


def count(database):
    with database.read() as session:
        return session.scalar(text("SELECT count(*) FROM facet_value"))


def put(database, code=1):
    with database.write() as session:
        session.execute(text(f"INSERT INTO facet_value (code, kind, value) VALUES ({code}, 'district', 'D{code}')"))


def test_a_writer_who_waits_too_long_is_told_to_come_back_and_readers_go_on(database, database_url):
    with opened(database_url, patience_s=0.2) as impatient, database.write() as session:
        lock = "SELECT 1" if database.dialect == "sqlite" else "LOCK TABLE facet_value IN EXCLUSIVE MODE"
        session.execute(text(lock))
        with pytest.raises(Unavailable, match="busy") as said:
            put(impatient)
        assert said.value.retry_after_s > 0
        assert count(impatient) == 0


def test_a_full_disk_refuses_writers_and_serves_readers(tmp_path):
    with opened(f"sqlite:///{tmp_path / 'city.db'}") as database:
        upgrade(database)
        put(database)
        database.dispose()
        event.listen(database.engine, "connect", lambda raw, _: raw.execute("PRAGMA max_page_count = 1"))
        with pytest.raises(StorageFull), database.write() as session:
            session.execute(text("CREATE TABLE big AS SELECT randomblob(1000000) AS body"))
        assert count(database) == 1


def test_what_is_asked_for_too_much_is_stopped_and_the_next_one_is_answered(database, database_url):
    with opened(database_url, statement_limit_s=0.3) as bounded:
        with pytest.raises(Unavailable, match="too long"), bounded.read() as session:
            session.execute(text(ENDLESS))
        assert count(bounded) == 0


def test_what_all_who_come_later_need_too_takes_nothing_from_the_time_of_one_reader(database, database_url):
    counting = text(
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 50000) SELECT max(n) FROM c"
    )
    with opened(database_url, statement_limit_s=1) as bounded, bounded.read() as session:
        with unhurried(session):
            time.sleep(1.1)
            assert session.scalar(counting) == 50_000
        assert session.scalar(counting) == 50_000


class Wire:
    """A way to a server that can be cut and mended."""

    def __init__(self, host, port):
        self._target = (host, port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._ends = []
        self.is_cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near = self._listening.accept()[0]
            except OSError:
                return
            if self.is_cut:
                near.close()
                continue
            far = socket.create_connection(self._target)
            self._ends += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one, other):
        try:
            while piece := one.recv(65536):
                other.sendall(piece)
        except OSError:
            pass
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def cut(self):
        self.is_cut = True
        for each in self._ends:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.cut()
        self._listening.close()
        for each in self._ends:
            each.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_that_is_gone_is_said_and_one_that_is_back_is_used_again(database, database_url):
    wire = Wire(database.url.host, database.url.port or 5432)
    url = database.url.set(host="127.0.0.1", port=wire.port).render_as_string(hide_password=False)
    with opened(url) as far:
        assert count(far) == 0
        wire.cut()
        with pytest.raises(Unavailable, match="cannot be reached"):
            count(far)
        wire.is_cut = False
        put(far)
        wire.cut()
        with pytest.raises(Unavailable):
            put(far, code=2)
        wire.is_cut = False
        assert count(far) == 1
    wire.close()


KILLED = """
import os, signal, sys
from sqlalchemy import event
from col_core.base.database import Database
from col_core.base.migrate import upgrade
database = Database(sys.argv[1])
@event.listens_for(database.engine, "after_cursor_execute")
def end(connection, cursor, statement, *_):
    if statement.strip().startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
upgrade(database)
"""


@pytest.mark.parametrize("after", ["CREATE TABLE source_run", "ALTER TABLE source_state ADD COLUMN changes"])
def test_an_upgrade_that_is_killed_in_the_middle_leaves_a_database_to_go_on_with(empty_database_url, after):
    ended = subprocess.run([sys.executable, "-c", KILLED, empty_database_url, after], check=False)
    assert ended.returncode == -9
    with opened(empty_database_url) as database:
        assert pending(database)
        upgrade(database)
        assert pending(database) == []
        with database.read() as session:
            assert outbox.counts(session) == {"waiting": 0, "dead": 0}


def test_processes_that_start_at_once_upgrade_one_after_the_other(empty_database_url):
    program = (
        "import sys; from col_core.base.database import Database; from col_core.base.migrate import upgrade; "
        "upgrade(Database(sys.argv[1]))"
    )
    started = [subprocess.Popen([sys.executable, "-c", program, empty_database_url]) for _ in range(3)]
    assert [each.wait(60) for each in started] == [0, 0, 0]
    with opened(empty_database_url) as database:
        assert pending(database) == []
