"""`col content check`: what is wrong in the city's pages and articles."""

import argparse

from col_core.cli.frame import DONE, FAILED, Subcommands, city_of
from col_core.house import open_city


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("content", help="look through the city's pages and articles for mistakes")
    parser.add_argument("action", choices=["check"])
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Say each mistake with its file and line; fail where a file cannot be shown."""
    with open_city(city_of(arguments)) as city:
        faults = city.library.faults()
    for each in faults:
        print(f"{each}{'' if each.fatal else ' (shown all the same)'}")
    if not faults:
        print("Nothing is wrong in the city's pages and articles.")
    return FAILED if any(each.fatal for each in faults) else DONE
