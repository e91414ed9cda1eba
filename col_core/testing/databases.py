"""Databases for tests that cost little: migrated once in a process, then copied or emptied, so that each test begins
with one as new.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from col_core.base.database import Database
from col_core.base.migrate import upgrade
from col_core.testing import servers
from col_core.testing.servers import Server

_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
_SHAPE = """
SELECT md5(string_agg(concat_ws(' ', c.relname, c.relkind, a.attname, a.atttypid), ',' ORDER BY c.relname, a.attnum))
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
"""
_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class SqliteFiles:
    """Copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self._model = folder / "migrated.db"

    def copy(self, file: Path) -> str:
        """Put a migrated database at `file`; return its URL."""
        if not self._model.exists():
            _migrate(f"sqlite:///{self._model}")
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self._model, file)
        return f"sqlite:///{file}"


class PostgresDatabases:
    """Databases of one server that tests have one after the other; each is emptied before the next one has it.

    One that a test left in another shape, or changed in what migrations put there, is dropped.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._free: list[str] = []
        self._made: list[str] = []
        self._shape: str | None = None
        self._filled: dict[str, str] = {}

    @contextmanager
    def one(self) -> Iterator[str]:
        """Give the URL of a migrated database that is as new, for as long as the block lasts."""
        url = self._free.pop() if self._free else self._new()
        try:
            yield url
        finally:
            if self._emptied(url):
                self._free.append(url)
            else:
                self._made.remove(url)
                servers.drop_database(self._server, url)

    def drop_all(self) -> None:
        for url in self._made:
            servers.drop_database(self._server, url)

    def _new(self) -> str:
        url = servers.new_database(self._server)
        self._made.append(url)
        with _connected(url) as connection:
            # A power cut would cost these databases their last commits, which nobody misses.
            name = sql.Identifier(str(make_url(url).database))
            connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(name))
        _migrate(url)
        with _connected(url) as connection:
            self._shape = _shape(connection)
            self._filled = {name: _content(connection, name) for name in _not_empty(connection)}
        return url

    def _emptied(self, url: str) -> bool:
        """Empty a database; return whether it is as new then."""
        with _connected(url) as connection:
            connection.execute(_OTHERS)
            if _shape(connection) != self._shape:
                return False
            connection.execute("SET session_replication_role = replica")
            for name in _not_empty(connection):
                if name not in self._filled:
                    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
            for (name,) in connection.execute(_SEQUENCES).fetchall():
                connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(name)))
            return all(_content(connection, name) == content for name, content in self._filled.items())


def _migrate(url: str) -> None:
    made = Database(url)
    upgrade(made)
    made.dispose()


@contextmanager
def _connected(url: str) -> Iterator["psycopg.Connection[tuple[str, ...]]"]:
    dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        yield connection


def _shape(connection: "psycopg.Connection[tuple[str, ...]]") -> str | None:
    row = connection.execute(_SHAPE).fetchone()
    return None if row is None else row[0]


def _not_empty(connection: "psycopg.Connection[tuple[str, ...]]") -> list[str]:
    names = [name for (name,) in connection.execute(_TABLES).fetchall()]
    asked = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(name), sql.Identifier(name))
        for name in names
    ]
    return [name for (name,) in connection.execute(sql.SQL(" UNION ALL ").join(asked)).fetchall()]


def _content(connection: "psycopg.Connection[tuple[str, ...]]", name: str) -> str:
    asked = sql.SQL("SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {} AS t").format(sql.Identifier(name))
    row = connection.execute(asked).fetchone()
    return "" if row is None else row[0]
