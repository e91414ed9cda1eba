"""`col db upgrade|check`: bring the database to the form that this version expects."""

import argparse
from pathlib import Path

from col_core.base import state_folder
from col_core.base.database import Database
from col_core.base.migrate import pending, upgrade
from col_core.cli.frame import DONE, FAILED, Subcommands, city_of


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("db", help="upgrade the database, or check whether it must be")
    parser.add_argument("action", choices=["upgrade", "check"])
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Upgrade, or say what is missing (exit 1); to check makes and changes nothing."""
    config = city_of(arguments)
    upgrading = arguments.action == "upgrade"
    database = Database(config.database_url)
    try:
        if database.dialect == "sqlite" and not upgrading and not Path(database.url.database or "").exists():
            print(f"There is no database yet: `col --city {config.dir} serve` makes it, and so does `db upgrade`.")
            return FAILED
        state_folder.make(config.var)
        missing = pending(database)
        if upgrading:
            upgrade(database)
    finally:
        database.dispose()
    for each in missing:
        print(f"{'Done' if upgrading else 'Missing'}: {each}")
    if missing and not upgrading:
        print(f"Make a backup, then run `col --city {config.dir} db upgrade`.")
        return FAILED
    print("The database is up to date.")
    return DONE
