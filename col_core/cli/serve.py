"""`col serve`: answer requests until told to stop; what has begun is finished first."""

import argparse
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from col_core.base import logs
from col_core.base.at_work import at_work
from col_core.base.database import Database
from col_core.base.migrate import upgrade
from col_core.cli import ports, serving
from col_core.cli.frame import DONE, FAILED, Subcommands, WrongUse, city_of

if TYPE_CHECKING:
    from flask import Flask

TARGET = f"{__name__}:application"
_SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_CANNOT_START = "cannot-start"


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("serve", help="answer requests, until SIGTERM")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8001, help="port to listen on (8001)")
    parser.add_argument("--workers", type=int, default=1, help="processes that answer (1)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Bring the database to the present form, then serve."""
    config = city_of(arguments)
    if arguments.workers < 1:
        raise WrongUse(f"--workers: found {arguments.workers}; expected 1 or more.")
    ports.refuse_unusable(arguments.host, arguments.port, way_out="--port 8080")
    logs.set_up(city=config.id)
    # The processes that answer are at work by themselves, each for as long as it lives.
    with at_work(config):
        database = Database(config.database_url)
        try:
            upgrade(database)
        finally:
            database.dispose()
    os.environ["COL_CITY"] = str(config.dir)
    with _shared_counts():
        serving.run(
            TARGET,
            host=arguments.host,
            port=arguments.port,
            workers=arguments.workers,
            memory_mb=config.limits.process_memory_mb,
        )
    return DONE


def application() -> "Flask":
    """Return the application of the city that COL_CITY names; the server calls this once in each of its processes.

    A process that cannot open the city ends, and the server begins it once more before it gives up: the second one ends
    without a word, since the reason stands in the log.
    """
    reason_was_said = Path(os.environ[_SHARED_FOLDER]) / _CANNOT_START
    if reason_was_said.exists():
        sys.exit(FAILED)
    # What a start makes stays for good. To look through it for what can be forgotten, while it is made and ever after,
    # takes a fifth of a start, and finds a fiftieth of it.
    gc.disable()
    try:
        # Imported here, in the process that answers: the one that watches over it needs none of it.
        from col_core.app import from_environment

        return from_environment()
    except SystemExit:
        reason_was_said.touch()
        raise
    finally:
        gc.freeze()
        gc.enable()


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
