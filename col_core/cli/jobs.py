"""`col jobs list|release|drop`: what waits in the background, what failed, what waits for a word after a restore."""

import argparse

from col_core.base import outbox
from col_core.base.clock import SystemClock
from col_core.base.database import Database
from col_core.base.errors import ConfigError
from col_core.base.migrate import pending
from col_core.cli.frame import DONE, Subcommands, WrongUse, city_of

_SAID = {"waiting": "wait for the worker", outbox.PARKED: "are parked", outbox.DEAD: "failed for good"}


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("jobs", help="show what waits in the background; run or forget what was parked or failed")
    parser.add_argument(
        "action",
        choices=["list", "release", "drop"],
        help="release: run what a restore parked; drop: forget that, and what failed for good",
    )
    parser.add_argument("--failed", action="store_true", help="release or drop: only what failed for good")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List the jobs by kind, or decide about those that no worker runs by itself."""
    if arguments.failed and arguments.action == "list":
        raise WrongUse("`col jobs list` without --failed shows all of them, those that failed too.")
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
                chosen = outbox.DEAD if arguments.failed else outbox.PARKED
                number = outbox.release(session, now=SystemClock().now(), state=chosen)
                print(f"{number} jobs are released; the worker runs them.")
            else:
                parked = "" if arguments.failed else f"{outbox.drop(session, outbox.PARKED)} parked and "
                print(f"{parked}{outbox.drop(session, outbox.DEAD)} failed jobs are forgotten.")
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
