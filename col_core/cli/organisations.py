"""`col organisations list|add`: who offers something in the city."""

import argparse

from col_core.base.clock import SystemClock
from col_core.base.errors import InvalidInput
from col_core.base.html import plain_line
from col_core.cli.frame import DONE, Subcommands, city_of, database_of
from col_core.organisers import directory

_LONGEST_NAME = 200


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("organisations", help="list the organisations of a city, or add one")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="list them by name, with the short name of their address").set_defaults(
        run=run_list
    )
    adding = actions.add_parser("add", help="add one that no source has named yet")
    adding.add_argument("name", metavar="NAME")
    adding.set_defaults(run=run_add)


def run_list(arguments: argparse.Namespace) -> int:
    """List every organisation."""
    with database_of(city_of(arguments)) as database, database.read() as session:
        found = directory.listing(session)
    for each in found:
        print(f"{each.slug}  {each.name}")
    if not found:
        print("No source has named an organisation yet; `col organisations add NAME` adds one.")
    return DONE


def run_add(arguments: argparse.Namespace) -> int:
    """Add one organisation and print its slug; one of the same name is not added again."""
    name = plain_line(arguments.name, max_chars=_LONGEST_NAME)
    if not name:
        raise InvalidInput("An organisation needs a name.")
    with database_of(city_of(arguments)) as database, database.write() as session:
        there = {each.id for each in directory.listing(session)}
        one = directory.find_or_create(session, [name], clock=SystemClock())[name]
    print(one.slug if one.id not in there else f"{one.slug} is there already.")
    return DONE
