"""`col opportunities waiting|publish|withdraw|doubles|different`: what waits for a person, and that person's word."""

import argparse

from sqlalchemy.orm import Session

from col_core.base.errors import NotFound
from col_core.base.i18n import text_in
from col_core.base.settings import CityConfig
from col_core.catalogue import store
from col_core.catalogue.gathering import duplicates
from col_core.catalogue.publishing import moderation
from col_core.catalogue.publishing.moderation import Decided
from col_core.catalogue.records import Opportunity
from col_core.catalogue.vocabulary import Status
from col_core.cli.frame import DONE, FAILED, Subcommands, WrongUse, city_of, database_of
from col_core.federation.exchange import followers
from col_core.house import OpenCity, open_city

_SHOWN = 100


def register(actions: Subcommands) -> None:
    waiting = actions.add_parser("waiting", help="list what waits for a person, and why")
    waiting.add_argument("--source", metavar="ID", help="only what this source brought")
    waiting.set_defaults(run=run_waiting)
    publishing = actions.add_parser("publish", help="show what waited")
    publishing.add_argument("id", nargs="*", metavar="ID")
    publishing.add_argument("--source", metavar="ID", help="everything of this source that waits and has no finding")
    publishing.set_defaults(run=run_publish)
    withdrawing = actions.add_parser("withdraw", help="show something no longer, whatever its source says later")
    withdrawing.add_argument("id", nargs="+", metavar="ID")
    withdrawing.set_defaults(run=run_withdraw)
    doubles = actions.add_parser("doubles", help="list offers that are probably one")
    doubles.set_defaults(run=run_doubles)
    telling_apart = actions.add_parser("different", help="say that two offers are not one, whatever they look like")
    telling_apart.add_argument("one", metavar="ID")
    telling_apart.add_argument("other", metavar="ID")
    telling_apart.set_defaults(run=run_different)
    delivered = actions.add_parser("deliveries", help="show where an offer is shown besides here, and how often opened")
    delivered.add_argument("id", metavar="ID")
    delivered.set_defaults(run=run_deliveries)


def run_waiting(arguments: argparse.Namespace) -> int:
    """List what waits, the oldest first, with what review found."""
    config = city_of(arguments)
    with open_city(config) as city:
        _known_source(city, arguments.source)
        with city.house.database.read() as session:
            found, total = moderation.waiting(session, source_id=arguments.source, limit=_SHOWN)
    if not found:
        print("Nothing waits.")
    for each in found:
        print(f"{each.id}  {_title(each, config)}  ({each.source.id if each.source else 'by hand'})")
        for finding in each.findings:
            print(f"  ! {finding.message}")
    if total > len(found):
        print(f"… and {total - len(found)} more.")
    return DONE


def run_publish(arguments: argparse.Namespace) -> int:
    """Publish by id, or what a source brought and nothing speaks against."""
    if bool(arguments.id) == bool(arguments.source):
        raise WrongUse("Name offers by their id, or one source by --source; `col opportunities waiting` lists both.")
    config = city_of(arguments)
    with open_city(config) as city:
        _known_source(city, arguments.source)
        with city.house.database.write() as session:
            ids = arguments.id or _without_finding(session, arguments.source)
            done = moderation.publish(session, ids, index=city.index, clock=city.house.clock)
    return _said(done, config, "published", "is not waiting")


def run_withdraw(arguments: argparse.Namespace) -> int:
    """Withdraw by id."""
    config = city_of(arguments)
    with open_city(config) as city, city.house.database.write() as session:
        done = moderation.withdraw(session, arguments.id, index=city.index, clock=city.house.clock)
    return _said(done, config, "withdrawn", "is not here, or withdrawn already")


def run_deliveries(arguments: argparse.Namespace) -> int:
    """List the partner cities that show an offer, as they say themselves."""
    config = city_of(arguments)
    with database_of(config) as database, database.read() as session:
        if store.get(session, arguments.id) is None:
            raise NotFound(f"There is no offer {arguments.id!r} here.")
        found = followers.deliveries(session, arguments.id)
    for each in found:
        print(f"{each.host:<40} opened {each.opened:>6}  (as of {each.seen:%Y-%m-%d})")
    if not found:
        print("No partner city says that it shows this offer; they are asked once a day.")
    return DONE


def run_doubles(arguments: argparse.Namespace) -> int:
    """List the pairs, the surest first."""
    config = city_of(arguments)
    with open_city(config) as city, city.house.database.read() as session:
        pairs = duplicates.proposed(session, limit=_SHOWN)
        named = store.get_many(session, [id_ for each in pairs for id_ in (each.first_id, each.second_id)])
    for pair in pairs:
        print(f"{round(pair.score * 100)} %  {', '.join(pair.reasons)}")
        for id_ in (pair.first_id, pair.second_id):
            one = named[id_]
            print(f"  {id_}  {_title(one, config)}  ({one.source.id if one.source else 'by hand'})")
    if not pairs:
        print("No two offers look like one.")
    return DONE


def run_different(arguments: argparse.Namespace) -> int:
    """Tell two offers apart for good."""
    one, other = arguments.one, arguments.other
    with open_city(city_of(arguments)) as city, city.house.database.write() as session:
        duplicates.different(session, one, other, clock=city.house.clock)
    print(f"{one} and {other} are two offers; they are not proposed as one again.")
    return DONE


def _without_finding(session: Session, source_id: str) -> list[str]:
    found, _ = moderation.waiting(session, source_id=source_id)
    return [each.id for each in found if not any(finding.holds for finding in each.findings)]


def _known_source(city: OpenCity, source_id: str | None) -> None:
    if source_id is not None:
        city.gathering.find(source_id)


def _title(one: Opportunity, config: CityConfig) -> str:
    return text_in(one.content.title, config.default_language, otherwise="–")


def _said(done: Decided, config: CityConfig, what: str, why_not: str) -> int:
    for one in done.moved:
        print(f"{what}{' as cancelled' if one.status is Status.CANCELLED else ''}: {one.id}  {_title(one, config)}")
    for id_ in done.left:
        print(f"! {id_} {why_not}.")
    if not done.moved and not done.left:
        print("Nothing waits that has no finding.")
    return FAILED if done.left else DONE
