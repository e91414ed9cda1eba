"""`col mirrors`: what is kept of other cities' issuers, so that their badges verify when those cities are off."""

import argparse
from collections.abc import Sequence

from col_core.cli.frame import DONE, FAILED, Subcommands, city_of, database_of
from col_core.federation.recognition import copies
from col_core.federation.recognition.records import Copy
from col_core.house import open_city


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("mirrors", help="see what is kept of other cities' issuers of badges, and keep it in line")
    nouns = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    listing = nouns.add_parser("list", help="show of which cities something is kept, or what is kept of one")
    listing.add_argument("--host", help="such as learning.example.org")
    listing.set_defaults(run=show)
    refresh = nouns.add_parser("refresh", help="ask a city now for what is kept of it")
    refresh.add_argument("host", metavar="HOST", help="such as learning.example.org")
    refresh.set_defaults(run=ask, trusting=False)
    accept = nouns.add_parser("accept", help="take a city's keys although they cannot follow from those before")
    accept.add_argument("host", metavar="HOST", help="one whose people you asked what became of the old keys")
    accept.set_defaults(run=ask, trusting=True)


def show(arguments: argparse.Namespace) -> int:
    """Print one line a city, or one a document of the city that was asked for."""
    with database_of(city_of(arguments)) as database, database.read() as session:
        kept = copies.listing(session, host=arguments.host)
    if arguments.host is not None:
        for each in kept:
            state = "in doubt" if each.doubted else "failed" if each.error else "kept" if each.fetched else "not yet"
            print(f"{state:<9} {_day(each):<17} {each.kind.value:<12} {each.place} {each.error or ''}".rstrip())
    else:
        for host in sorted({each.host for each in kept}):
            print(_line(host, [each for each in kept if each.host == host]))
    if not kept:
        print("Nothing is kept: it is taken from partner cities whose badges the network recognises.")
    return DONE


def ask(arguments: argparse.Namespace) -> int:
    """Ask one city for everything that is kept of it."""
    with open_city(city_of(arguments)) as city:
        done = city.federation.mirroring.mirror(arguments.host, trusting=arguments.trusting, at_once=True)
    for place, error in done.wrong.items():
        print(f"{place}: {error}")
    print(f"{done.taken} documents of {arguments.host} are in line with what it says now; {len(done.wrong)} are not.")
    return FAILED if done.wrong or not done.taken else DONE


def _line(host: str, kept: Sequence[Copy]) -> str:
    doubted = sum(each.doubted is not None for each in kept)
    doubt = f", {doubted} in doubt: `col mirrors list --host {host}` shows which" if doubted else ""
    oldest = min((each.fetched for each in kept if each.fetched is not None), default=None)
    when = f", the oldest of {oldest:%Y-%m-%d %H:%M}" if oldest is not None else ""
    return f"{host:<40} {len(kept)} documents, {sum(each.size for each in kept) / 1e6:.1f} MB{when}{doubt}"


def _day(copy: Copy) -> str:
    return f"{copy.fetched:%Y-%m-%d %H:%M}" if copy.fetched is not None else "-"
