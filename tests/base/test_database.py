import importlib
import pkgutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import col_core
import col_core.base.heartbeats
import col_core.base.outbox
import col_core.base.ratelimit
from col_core.base.database import Base, Database
from col_core.base.errors import ConfigError
from col_core.base.migrate import NEWEST, pending, upgrade


def test_fifty_who_race_for_ten_seats_get_exactly_ten(database):
    with database.write() as session:
        session.execute(text("CREATE TABLE seat (taken INTEGER)"))
        session.execute(text("CREATE TABLE room (name TEXT PRIMARY KEY)"))
        session.execute(text("INSERT INTO room VALUES ('hall')"))

    def take(_):
        with database.write() as session:
            lock = "" if database.dialect == "sqlite" else " FOR UPDATE"
            session.execute(text(f"SELECT name FROM room{lock}"))
            if session.scalar(text("SELECT count(*) FROM seat")) < 10:
                session.execute(text("INSERT INTO seat VALUES (1)"))
                return True
            return False

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(take, range(50))) == 10


def test_a_reader_cannot_write(database):
    with pytest.raises(DBAPIError, match=r"readonly|read-only"), database.read() as session:
        session.execute(text("DELETE FROM outbox"))


def test_only_who_writes_keeps_many_pages_of_a_file_in_memory(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'city.db'}")

    def kept_kib(session):
        return -session.scalar(text("PRAGMA cache_size"))

    with database.read() as session:
        before = kept_kib(session)
    with database.write() as session:
        assert kept_kib(session) > before
    with database.read() as session:
        assert kept_kib(session) == before
    database.dispose()


def test_a_fault_in_a_writing_block_leaves_nothing_behind(database):
    def fail():
        with database.write() as session:
            session.execute(text("INSERT INTO facet_value (code, kind, value) VALUES (1, 'district', 'Center')"))
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM facet_value")) == 0


def test_migrations_lead_from_nothing_to_what_the_code_expects(empty_database_url):
    for module in pkgutil.walk_packages(col_core.__path__, "col_core."):
        if module.name.endswith("tables"):
            importlib.import_module(module.name)
    made = Database(empty_database_url)
    steps = [each.split()[0] for each in pending(made)]
    assert (steps[0], steps[-1]) == ("0001", NEWEST)
    upgrade(made)
    assert pending(made) == []
    with made.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False, "include_name": _ours})
        assert compare_metadata(context, Base.metadata) == []
    made.dispose()


def _ours(name, kind, _parents):
    """Tables of the text engine are its own, and are not described by rows of ours."""
    return not (kind == "table" and name.startswith("search_text"))


@pytest.mark.parametrize("url", ["mysql://localhost/x", "sqlite://", "sqlite:///:memory:", "nonsense"])
def test_a_database_that_cannot_be_used_is_said_at_once(url):
    with pytest.raises(ConfigError, match=r"\[database\] url"):
        Database(url)


def test_a_glance_sees_what_is_committed_and_leaves_nothing_behind(database):
    with database.write() as session:
        session.execute(text("INSERT INTO facet_value (code, kind, value) VALUES (1, 'type', 'event')"))
    assert database.glance("SELECT count(*), max(code) FROM facet_value") == (1, 1)
    assert database.glance("SELECT code FROM facet_value WHERE code = 2") is None
    with pytest.raises(DBAPIError):
        database.glance("SELECT code FROM nothing")
    with database.write() as session:
        session.execute(text("DELETE FROM facet_value"))
    with database.read() as session, pytest.raises(DBAPIError):
        session.execute(text("INSERT INTO facet_value (code, kind, value) VALUES (2, 'type', 'event')"))
