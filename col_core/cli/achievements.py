"""`col achievements list|check|sync|new|symbols`: the badges that can be earned in a city."""

import argparse
import re
import sys

from col_core.badges.achievements import files, reading
from col_core.badges.achievements.records import ID_PATTERN, Achievement
from col_core.base.i18n import text_in
from col_core.base.settings import CityConfig
from col_core.cli.badge_file import STARTER
from col_core.cli.frame import DONE, FAILED, Subcommands, WrongUse, city_of
from col_core.house import open_city
from col_core.organisers import directory
from col_core.web.assets import badge_symbols


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("achievements", help="look after the badges that can be earned in a city")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list them, with the organisation that awards each")
    listing.add_argument("--archived", action="store_true", help="those that can no longer be earned")
    listing.set_defaults(run=run_list)
    actions.add_parser("check", help="look through the files of badges for mistakes").set_defaults(run=run_check)
    actions.add_parser("sync", help="bring the files of badges into the portal now").set_defaults(run=run_sync)
    making = actions.add_parser("new", help="write a file of a badge to begin with")
    making.add_argument("id", metavar="ID", help="stands in the badge's address, such as bike-repair")
    making.set_defaults(run=run_new)
    actions.add_parser("symbols", help="list the symbols that a badge may show").set_defaults(run=run_symbols)


def run_list(arguments: argparse.Namespace) -> int:
    """List what can be earned."""
    config = city_of(arguments)
    with open_city(config) as city:
        for fault in city.badge_files.sync().faults:
            print(fault, file=sys.stderr)
        with city.house.database.read() as session:
            found = reading.listing(session, archived=arguments.archived)
            named = directory.by_ids(session, {each.content.organiser_id or "" for each in found})
    for each in found:
        organiser = named.get(each.content.organiser_id or "")
        print(f"{each.id}  {_name(each, config)}  {organiser.name if organiser else 'the city itself'}")
    if not found:
        print("Nothing." if arguments.archived else "No badge yet; `col achievements new ID` begins one.")
    return DONE


def run_check(arguments: argparse.Namespace) -> int:
    """Say each mistake with its file and line; fail where a badge cannot be shown."""
    with open_city(city_of(arguments)) as city:
        faults = city.badge_files.faults()
    for each in faults:
        print(f"{each}{'' if each.fatal else ' (shown all the same)'}")
    if not faults:
        print("Nothing is wrong in the city's badges.")
    return FAILED if any(each.fatal for each in faults) else DONE


def run_sync(arguments: argparse.Namespace) -> int:
    """Bring the files into the portal and say what changed."""
    with open_city(city_of(arguments)) as city:
        synced = city.badge_files.sync()
    for each in synced.faults:
        print(each)
    for what, ids in (("new", synced.new), ("changed", synced.changed), ("archived", synced.archived)):
        for id_ in ids:
            print(f"{id_}: {what}")
    print(
        f"{len(synced.new)} new, {len(synced.changed)} changed, {len(synced.archived)} archived, "
        f"{synced.unchanged} as before."
    )
    return FAILED if any(each.fatal for each in synced.faults) else DONE


def run_new(arguments: argparse.Namespace) -> int:
    """Write the file. Raises WrongUse where the name cannot be one, or is taken."""
    config = city_of(arguments)
    if not re.fullmatch(ID_PATTERN, arguments.id):
        raise WrongUse(f"{arguments.id!r} cannot name a badge: use 3 to 60 small letters, digits and hyphens.")
    file = config.dir / "content" / files.FOLDER / f"{arguments.id}{files.ENDING}"
    if file.exists():
        raise WrongUse(f"{file} is there already.")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(STARTER.substitute(language=config.default_language, country=config.country), encoding="utf-8")
    print(f"{file}: write the badge there, then try `col achievements check`.")
    return DONE


def run_symbols(arguments: argparse.Namespace) -> int:  # noqa: ARG001 (every command gets them)
    """List the symbols."""
    print("\n".join(sorted(badge_symbols())))
    return DONE


def _name(achievement: Achievement, config: CityConfig) -> str:
    return text_in(achievement.content.name, config.default_language)
