"""`col serve`: answer requests until told to stop; what has begun is finished first."""

import argparse
import os

from granian.constants import Interfaces
from granian.server import Server

from col_core.base.database import Database
from col_core.base.migrate import upgrade
from col_core.cli.frame import DONE, Subcommands, city_of

TARGET = "col_core.app:from_environment"
_DRAIN_S = 20


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("serve", help="answer requests, until SIGTERM")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8001, help="port to listen on (8001)")
    parser.add_argument("--workers", type=int, default=1, help="processes that answer (1)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Bring the database to the present form, then serve."""
    config = city_of(arguments)
    config.var.mkdir(parents=True, exist_ok=True)
    database = Database(config.database_url)
    try:
        upgrade(database)
    finally:
        database.dispose()
    os.environ["COL_CITY"] = str(config.dir)
    Server(
        TARGET,
        factory=True,
        interface=Interfaces.WSGI,
        address=arguments.host,
        port=arguments.port,
        workers=arguments.workers,
        blocking_threads=4,
        workers_kill_timeout=_DRAIN_S,
        respawn_failed_workers=True,
        log_access=False,
        websockets=False,
    ).serve()
    return DONE
