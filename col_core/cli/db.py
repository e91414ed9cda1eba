"""`col db upgrade|check`: bring the database to the form that this version expects."""

import argparse

from col_core.base.database import Database
from col_core.base.migrate import pending, upgrade
from col_core.cli.frame import DONE, FAILED, Subcommands, city_of


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("db", help="upgrade the database, or check whether it must be")
    parser.add_argument("action", choices=["upgrade", "check"])
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Upgrade, or say what is missing (exit 1)."""
    config = city_of(arguments)
    config.var.mkdir(parents=True, exist_ok=True)
    database = Database(config.database_url)
    try:
        if arguments.action == "upgrade":
            upgrade(database)
            print("The database is up to date.")
            return DONE
        missing = pending(database)
    finally:
        database.dispose()
    if missing:
        print(f"Missing: {', '.join(missing)}. Run `col --city DIR db upgrade`.")
        return FAILED
    print("The database is up to date.")
    return DONE
