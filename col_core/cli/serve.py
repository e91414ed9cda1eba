"""`col serve`: answer requests until told to stop; what has begun is finished first."""

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from col_core.base import logs
from col_core.base.database import Database
from col_core.base.migrate import upgrade
from col_core.cli.frame import DONE, Subcommands, city_of

TARGET = "col_core.app:from_environment"
_SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_DRAIN_S = 20
_THREADS = 8
_HEADERS_MS = 10_000
_HEADERS_BYTES = 64_000


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("serve", help="answer requests, until SIGTERM")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8001, help="port to listen on (8001)")
    parser.add_argument("--workers", type=int, default=1, help="processes that answer (1)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Bring the database to the present form, then serve."""
    config = city_of(arguments)
    logs.set_up(city=config.id)
    config.var.mkdir(parents=True, exist_ok=True)
    database = Database(config.database_url)
    try:
        upgrade(database)
    finally:
        database.dispose()
    os.environ["COL_CITY"] = str(config.dir)
    with _shared_counts():
        _serve(arguments, memory_mb=config.limits.process_memory_mb)
    return DONE


def _serve(arguments: argparse.Namespace, *, memory_mb: int) -> None:
    Server(
        TARGET,
        factory=True,
        interface=Interfaces.WSGI,
        address=arguments.host,
        port=arguments.port,
        workers=arguments.workers,
        blocking_threads=_THREADS,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADERS_MS, max_buffer_size=_HEADERS_BYTES),
        workers_max_rss=memory_mb,
        workers_kill_timeout=_DRAIN_S,
        respawn_failed_workers=True,
        log_access=False,
        log_dictconfig=logs.THROUGH_ROOT,
        websockets=False,
    ).serve()


@contextmanager
def _shared_counts() -> Iterator[None]:
    """Give the processes of this server a folder in which they count together.

    It lies in memory where there is such a place: what they count goes through mapped files, and a full disk under
    one of those would end the process.
    """
    memory = Path("/dev/shm")  # noqa: S108 (the folder in it has a name of its own, and is ours alone)
    folder = tempfile.mkdtemp(prefix="col-metrics-", dir=memory if os.access(memory, os.W_OK) else None)
    # Read when prometheus_client is imported, which the server's processes do after this.
    os.environ[_SHARED_FOLDER] = folder
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
