"""`col jobs list|release|drop`: what waits in the background, and what waits for a decision after a restore."""

import argparse

from col_core.base import outbox
from col_core.base.clock import SystemClock
from col_core.base.database import Database
from col_core.base.errors import ConfigError
from col_core.base.migrate import pending
from col_core.cli.frame import DONE, Subcommands, city_of

_SAID = {"waiting": "wait for the worker", outbox.PARKED: "are parked", "dead": "failed for good"}


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("jobs", help="show what waits in the background; run or forget what a restore parked")
    parser.add_argument("action", choices=["list", "release", "drop"])
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List the jobs by kind, or decide about the parked ones."""
    config = city_of(arguments)
    database = Database(config.database_url)
    try:
        if not config.var.exists() or pending(database):
            raise ConfigError("The database is not there or not up to date: run `col --city DIR db upgrade`.")
        if arguments.action == "list":
            _list(database)
            return DONE
        with database.write() as session:
            if arguments.action == "release":
                print(f"{outbox.release(session, now=SystemClock().now())} jobs are released; the worker runs them.")
            else:
                print(f"{outbox.drop_parked(session)} jobs are forgotten.")
    finally:
        database.dispose()
    return DONE


def _list(database: Database) -> None:
    with database.read() as session:
        found = outbox.kept(session)
    for each in found:
        print(f"{each.number} {each.job} {_SAID.get(each.state, each.state)}{f': {each.error}' if each.error else ''}")
    if not found:
        print("Nothing waits.")
