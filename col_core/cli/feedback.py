"""`col feedback list|delete`: what visitors wrote, for those who run the city."""

import argparse
import json
from zoneinfo import ZoneInfo

from col_core.base.clock import SystemClock
from col_core.base.errors import NotFound
from col_core.base.settings import CityConfig
from col_core.cli.frame import DONE, Subcommands, city_of, database_of
from col_core.content import feedback
from col_core.content.records import Feedback


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("feedback", help="read what visitors wrote, or delete one of it")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="everything that is kept, what is urgent first")
    listing.add_argument("--json", action="store_true", help="for programs, one JSON list")
    listing.set_defaults(run=run_list)
    deleting = actions.add_parser("delete", help="delete one, as its writer may ask")
    deleting.add_argument("id", metavar="ID")
    deleting.set_defaults(run=run_delete)


def run_list(arguments: argparse.Namespace) -> int:
    """Print what is kept."""
    config = city_of(arguments)
    with database_of(config) as database, database.read() as session:
        kept = feedback.listing(session)
    if arguments.json:
        print(json.dumps([_plain(each, config) for each in kept], ensure_ascii=False, indent=2))
        return DONE
    for each in kept:
        when = f"{each.created.astimezone(ZoneInfo(config.timezone)):%Y-%m-%d %H:%M}"
        print(f"{'! ' if each.urgent else ''}{each.id}  {when}  {each.kind}  {each.email or 'no address'}")
        if each.about:
            print(f"  about {_address(each, config)}")
        print("".join(f"  {line}\n" for line in each.message.splitlines()))
    if not kept:
        print("Nobody has written.")
    return DONE


def run_delete(arguments: argparse.Namespace) -> int:
    """Delete one. Raises NotFound."""
    with database_of(city_of(arguments)) as database, database.write() as session:
        if not feedback.forget(session, arguments.id, clock=SystemClock()):
            raise NotFound(f"There is no feedback {arguments.id!r}; `col feedback list` shows what there is.")
    print(f"{arguments.id} is deleted.")
    return DONE


def _plain(each: Feedback, config: CityConfig) -> dict[str, object]:
    return {
        "id": each.id,
        "kind": each.kind.value,
        "urgent": each.urgent,
        "about": _address(each, config),
        "message": each.message,
        "email": each.email,
        "language": each.language,
        "created": each.created.isoformat(),
    }


def _address(each: Feedback, config: CityConfig) -> str | None:
    return f"{config.base_url}/{config.default_language}/opportunities/{each.about}" if each.about else None
