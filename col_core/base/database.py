"""The database: one engine a process, sessions that read, sessions that write.

SQLite needs three things said aloud. `BEGIN IMMEDIATE` for writers: with a deferred begin, two writers that both
read first cannot both go on, and one fails with "locked". `synchronous=FULL`: with NORMAL, a power cut loses
acknowledged commits. WAL: readers go on while one writes.
"""

import math
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import DateTime, Dialect, MetaData, TypeDecorator, create_engine, event, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from col_core.base.errors import ConfigError, StorageFull, Unavailable

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

PATIENCE_S = 10.0
_RESTED_S = 1.0
_UNTIL = "col_until_s"
# SQLite asks so often (in steps of its machine) whether a statement has run long enough.
_STEPS = 50_000
# `Session.info` of a session that only reads: what it was answered once holds as long as it lasts.
ONE_MOMENT = "col_one_moment"
# Pages that SQLite keeps in memory for each connection: its own default, and more for one that writes. What an import
# changes in one transaction would leave a smaller cache before its end, and be read and written several times.
_READERS_KIB, _WRITERS_KIB = 2_000, 8_000
_CACHE = "col_cache_kib"
# `Table.info` of a table that is made again from others, or is worth nothing later: no backup holds it.
DERIVED = {"derived": True}


class Base(DeclarativeBase):
    """Base of all rows. Constraints have names, so that a migration can find them on both engines."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Aware going in, aware UTC coming out; SQLite keeps no zone by itself."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """One city's database. `url` is a SQLAlchemy URL for SQLite or PostgreSQL.

    `patience_s` is how long a writer waits for another; `statement_limit_s` how long one statement (a whole reading
    session, on SQLite) may take, where somebody waits for it. Raises ConfigError where the URL cannot be used.
    """

    def __init__(
        self, url: str, *, pool_size: int = 8, patience_s: float = PATIENCE_S, statement_limit_s: float | None = None
    ) -> None:
        parsed = _checked(url)
        self._statement_limit_s = statement_limit_s
        self.url = parsed
        self.dialect: Literal["sqlite", "postgresql"] = (
            "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql"
        )
        is_sqlite = self.dialect == "sqlite"
        limit = f" -c statement_timeout={round(statement_limit_s * 1000)}" if statement_limit_s else ""
        on_a_server = {
            "connect_timeout": 5,
            "options": f"-c timezone=UTC -c lock_timeout={round(patience_s * 1000)}{limit}",
        }
        self.engine = create_engine(
            parsed,
            pool_size=pool_size,
            # What was used last has in memory what is asked for next.
            pool_use_lifo=True,
            max_overflow=8,
            pool_timeout=patience_s,
            # What people wrote must not stand in an error, which goes to the log.
            hide_parameters=True,
            connect_args={"timeout": patience_s} if is_sqlite else on_a_server,
        )
        if is_sqlite:
            _prepare_sqlite(self.engine, patience_s)
        else:
            _try_what_rested(self.engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that only reads: it sees one moment of the database, and writes nothing."""
        with _translated_errors(), self.engine.connect() as connection:
            connection = connection.execution_options(
                **(
                    {"col_begin": "DEFERRED"}
                    if self.dialect == "sqlite"
                    # Otherwise each statement would see another moment.
                    else {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
                )
            )
            with (
                self._bounded(connection),
                Session(connection, expire_on_commit=False, autoflush=False, info={ONE_MOMENT: True}) as session,
            ):
                yield session
                session.rollback()

    def glance(self, statement: str) -> tuple[Any, ...] | None:
        """Return the first row of one SELECT, without a transaction around it: for what is asked at every request.

        Nothing but this promise keeps it from writing. Both engines answer sooner than SQLAlchemy has put the question.
        """
        with _translated_errors():
            return self._glance_at_file(statement) if self.dialect == "sqlite" else self._glance_at_server(statement)

    def _glance_at_file(self, statement: str) -> tuple[Any, ...] | None:
        with _as_of_sqlalchemy(statement, self.engine.dialect):
            pooled = self.engine.raw_connection()
            try:
                return _first_row(pooled.driver_connection, statement, ())
            finally:
                pooled.close()

    def _glance_at_server(self, statement: str) -> tuple[Any, ...] | None:
        with _as_of_sqlalchemy(statement, self.engine.dialect):
            pooled = self.engine.raw_connection()
            raw: Any = pooled.driver_connection
            try:
                # Otherwise the driver begins a transaction, which has to be ended by a second question.
                raw.autocommit = True
                row = _first_row(raw, statement, ())
                raw.autocommit = False
            except self.engine.dialect.loaded_dbapi.Error:
                is_gone = raw.closed
                pooled.invalidate()
                if not is_gone:
                    raise
                return self._asked_in_full(statement)
            finally:
                pooled.close()
            return row

    def _asked_in_full(self, statement: str) -> tuple[Any, ...] | None:
        """Ask as SQLAlchemy does, who finds out whether its other connections are gone too."""
        with self.engine.connect() as connection:
            row = connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(statement).first()
        return None if row is None else tuple(row)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Open a connection without a transaction, for what brings its own. Raises Unavailable."""
        with _translated_errors(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Open a connection that only reads, and sees one moment of the database however long it takes.

        Rows come in small portions, so that a large table is never wholly in memory.
        """
        options: dict[str, Any] = (
            {"col_begin": "DEFERRED"}
            if self.dialect == "sqlite"
            else {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        )
        with _translated_errors(), self.engine.connect() as connection:
            yield connection.execution_options(**options, yield_per=100)
            connection.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a session in one transaction; commit at the end, roll back when an exception leaves the block."""
        with _translated_errors(), self.engine.connect() as connection:
            if self.dialect == "sqlite":
                connection = connection.execution_options(col_begin="IMMEDIATE")
            with Session(connection, expire_on_commit=False) as session, session.begin():
                yield session

    @contextmanager
    def _bounded(self, connection: Connection) -> Iterator[None]:
        """End what a reader asks of SQLite when its time is up; PostgreSQL does so by itself."""
        if self.dialect != "sqlite" or self._statement_limit_s is None:
            yield
            return
        raw: Any = connection.connection.driver_connection
        times = connection.info
        times[_UNTIL] = monotonic() + self._statement_limit_s
        raw.set_progress_handler(lambda: monotonic() > times[_UNTIL], _STEPS)
        try:
            yield
        finally:
            raw.set_progress_handler(None, 0)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def glance(session: Session, statement: str, values: Mapping[str, object] | None = None) -> tuple[Any, ...] | None:
    """Return the first row of one SELECT as `session` sees it, for what is asked often: see `Database.glance`.

    `values` are those of the statement's places (`:name`).
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        with _as_of_sqlalchemy(statement, connection.dialect):
            return _first_row(connection.connection.driver_connection, statement, values or ())
    row = connection.execute(text(statement), values).first()
    return None if row is None else tuple(row)


def _first_row(raw: Any, statement: str, values: Mapping[str, object] | tuple[()]) -> tuple[Any, ...] | None:
    row: tuple[Any, ...] | None = raw.execute(statement, values).fetchone()
    return row


@contextmanager
def _as_of_sqlalchemy(statement: str, dialect: Dialect) -> Iterator[None]:
    """Let an error of the driver look as if it had come through SQLAlchemy."""
    driver: Any = dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        raise DBAPIError.instance(statement, None, error, driver.Error, dialect=dialect) from error


@contextmanager
def unhurried(session: Session) -> Iterator[None]:
    """Let the time of this block not count, where a reading session has a limit: for what all who come later need too.

    Where one reader were stopped in it, the next would begin it anew, and none would ever come to its end.
    """
    times, begun = session.connection().info, monotonic()
    until = times.get(_UNTIL, math.inf)
    times[_UNTIL] = math.inf
    try:
        yield
    finally:
        times[_UNTIL] = until + monotonic() - begun


def upsert(session: Session, table: type[Base]) -> "postgresql.Insert | sqlite.Insert":
    """Return an INSERT into `table` in the engine's own words, for `on_conflict_do_update` and `…_do_nothing`."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # a city on SQLite starts without it

    return postgresql.insert(table)


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            "[database] url cannot be read: write sqlite:///file.db or postgresql://user@host/name."
        ) from error
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise ConfigError(f"[database] url names {backend!r}: only sqlite and postgresql can be used.")
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise ConfigError("[database] url needs a file: a database in memory would be lost at the next start.")
    return parsed


def _prepare_sqlite(engine: Engine, patience_s: float) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        # The driver's own transaction handling begins late and deferred: we begin ourselves, below.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            # Pages that were written several times since go into the file once: 16 MB of the log, and not its usual 4.
            "wal_autocheckpoint=4000",
            "foreign_keys=ON",
            f"busy_timeout={round(patience_s * 1000)}",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("col_begin", "IMMEDIATE")
        raw: Any = connection.connection.driver_connection
        writes = mode == "IMMEDIATE"
        # What cannot fail goes past SQLAlchemy, whose own way takes ten times as long, at every request.
        raw.execute(f"PRAGMA query_only={int(not writes)}")
        cache_kib = _WRITERS_KIB if writes else _READERS_KIB
        if connection.info.get(_CACHE) != cache_kib:
            raw.execute(f"PRAGMA cache_size=-{cache_kib}")
            connection.info[_CACHE] = cache_kib
        if writes:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            raw.execute("BEGIN DEFERRED")


def _try_what_rested(engine: Engine) -> None:
    """Ask a connection that nobody used for a while whether its server is still there, before somebody relies on it.

    SQLAlchemy's own way asks each time, which costs a busy city more than what is read.
    """

    @event.listens_for(engine, "checkin")
    def checkin(_connection: object, entry: ConnectionPoolEntry) -> None:
        entry.info["used_s"] = monotonic()

    @event.listens_for(engine, "checkout")
    def checkout(connection: Any, entry: ConnectionPoolEntry, _handed: object) -> None:
        if monotonic() - entry.info.get("used_s", monotonic()) < _RESTED_S:
            return
        try:
            connection.execute("SELECT 1")
            connection.rollback()
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


@contextmanager
def _translated_errors() -> Iterator[None]:
    """Turn what the disk and the server do to us into errors that say what to do."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("The database is busy; please try again in a moment.", retry_after_s=2) from error
    except DBAPIError as error:
        raise _as_our_error(error) or error from error


# What is said of each: SQLSTATE of PostgreSQL (its manual, appendix A), words of SQLite, what to answer.
_FULL = ({"53100"}, ("disk is full", "no space left"))
_BUSY = ({"55P03", "40001", "40P01", "53300"}, ("locked", "busy"))
_TOO_LONG = ({"57014"}, ("interrupted", "statement timeout"))
_AWAY = (
    {"57P01", "57P02", "57P03", "08000", "08001", "08003", "08004", "08006", "58030"},
    ("connection", "could not connect", "unable to open", "disk i/o error"),
)


def _as_our_error(error: DBAPIError) -> Unavailable | None:
    original: Any = error.orig
    text, state = str(original).lower(), getattr(original, "sqlstate", None)

    def is_of(kind: tuple[set[str], tuple[str, ...]]) -> bool:
        # PostgreSQL says by its code what it is; its words may quote what somebody wrote.
        return state in kind[0] if state else any(word in text for word in kind[1])

    if isinstance(error, IntegrityError | ProgrammingError | DataError):
        return None
    if is_of(_FULL):
        return StorageFull("The disk is full: nothing was lost, and reading goes on.", retry_after_s=60)
    if is_of(_BUSY):
        return Unavailable("The database is busy; please try again in a moment.", retry_after_s=2)
    if is_of(_TOO_LONG):
        return Unavailable("This took too long and was stopped; please ask for less.", retry_after_s=10)
    if error.connection_invalidated or is_of(_AWAY):
        return Unavailable("The database cannot be reached.", retry_after_s=10)
    return None
