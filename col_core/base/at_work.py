"""Who is at work in a city: servers and workers say so for as long as they live, and a restore begins beside none.

Each holds shared locks where the data is: on a file in the state folder, on one beside an SQLite database, and in
PostgreSQL an advisory lock, which processes on other machines see too. The system lets go of them when the process
ends, however it ends; a note in a table would outlive one that was killed.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from col_core.base import state_folder
from col_core.base.database import Database
from col_core.base.errors import ColError, ConfigError, Conflict
from col_core.base.settings import CityConfig

_FILE = "at-work.lock"
# Any number, the same for every version of this program; migrations have another one.
_KEY = 7_031_906
_ASK_AGAIN_S = 1.0
_LOOK_AFTER_S = 5.0
_log = structlog.get_logger()


@contextmanager
def at_work(config: CityConfig) -> Iterator[None]:
    """Be known to be at work for as long as the block, or the process, lasts. Waits while a backup is restored."""
    with ExitStack() as held:
        told = False
        while (locks := _locked(config, shared=True)) is None:
            if not told:
                _log.warning("city.is_being_restored")
                told = True
            time.sleep(_ASK_AGAIN_S)
        held.enter_context(locks)
        yield


@contextmanager
def at_rest(config: CityConfig) -> Iterator[None]:
    """Keep everybody from being at work for as long as the block lasts. Raises Conflict where somebody is."""
    locks = _locked(config, shared=False)
    if locks is None:
        raise Conflict(
            f"A server or a worker of {config.id} is running, here or on another machine with the same database, or "
            "another restore is. Stop `col serve` and `col worker` of this city, then restore again. Nothing was "
            "touched."
        )
    with locks:
        yield


class _Lock(Protocol):
    def take(self, *, shared: bool) -> bool:
        """Take it, if nobody has it who must not beside us, and tell whether that went."""

    def close(self) -> None:
        """Let go of it."""


def _locked(config: CityConfig, *, shared: bool) -> ExitStack | None:
    """Return every lock of the city, held until it is closed; None where one of them could not be had."""
    state_folder.make(config.var)
    with ExitStack() as held:
        for lock in _locks_of(config):
            held.enter_context(closing(lock))
            if not lock.take(shared=shared):
                return None
        return held.pop_all()


def _locks_of(config: CityConfig) -> Iterator[_Lock]:
    # Files and secret lie there, and another city's database may not.
    yield _FileLock(config.var / _FILE)
    database = Database(config.database_url, pool_size=1)
    if database.dialect == "sqlite":
        yield _FileLock(Path(f"{database.url.database}.{_FILE}"))
    else:
        yield _DatabaseLock(database)


class _FileLock:
    def __init__(self, file: Path) -> None:
        try:
            self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ConfigError(f"{file} cannot be made or opened: {error.strerror}.") from error

    def take(self, *, shared: bool) -> bool:
        try:
            fcntl.flock(self._descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        os.close(self._descriptor)


class _DatabaseLock:
    """An advisory lock of PostgreSQL. It ends with its connection, so a thread sees to it that there is one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held = ExitStack()
        self._ended = threading.Event()
        self._keeper: threading.Thread | None = None

    def take(self, *, shared: bool) -> bool:
        with ExitStack() as held:
            connection = held.enter_context(self._database.connection())
            if not _try(connection, shared=shared):
                return False
            self._held = held.pop_all()
        self._keeper = threading.Thread(target=self._keep, args=(connection, shared), daemon=True)
        self._keeper.start()
        return True

    def close(self) -> None:
        self._ended.set()
        if self._keeper is not None:
            self._keeper.join()
        self._held.close()
        self._database.dispose()

    def _keep(self, connection: Connection, shared: bool) -> None:
        """Take the lock again when its connection was lost: the database was started anew, or the network failed."""
        lost = False
        while not self._ended.wait(_LOOK_AFTER_S):
            try:
                if lost:
                    connection = self._held.enter_context(self._database.connection())
                    lost = not _try(connection, shared=shared)
                    if lost:
                        _log.warning("city.was_restored_meanwhile")
                        self._held.close()
                else:
                    connection.execute(text("SELECT 1"))
                    connection.rollback()
            except (ColError, SQLAlchemyError) as error:
                _log.warning("at_work.lock_lost", error=type(error).__name__)
                lost = True
                self._held.close()


def _try(connection: Connection, *, shared: bool) -> bool:
    function = "pg_try_advisory_lock_shared" if shared else "pg_try_advisory_lock"
    taken: bool = connection.execute(text(f"SELECT {function}(:key)"), {"key": _KEY}).scalar_one()
    # The lock is the connection's, not the transaction's.
    connection.commit()
    return taken
