"""`col api-token`: tokens by which an organisation's own programs write into the catalogue."""

import argparse
import sys
from datetime import timedelta

from sqlalchemy.orm import Session

from col_core.accounts import tokens
from col_core.accounts.records import ApiToken, Scope
from col_core.base.clock import Clock, SystemClock
from col_core.base.errors import NotFound
from col_core.base.settings import CityConfig
from col_core.cli.frame import DONE, Subcommands, city_of, database_of
from col_core.organisers import directory
from col_core.organisers.records import Organiser

_MOST_DAYS = 3650
_SHOWN = 10


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("api-token", help="make, list or revoke a token for programs of an organisation")
    parser.add_argument("--organisation", metavar="SLUG", help="whose token it is")
    parser.add_argument(
        "--scope",
        nargs="+",
        action="extend",
        choices=[str(each) for each in Scope],
        metavar="SCOPE",
        help=f"what it may do; of: {', '.join(Scope)}",
    )
    parser.add_argument("--name", default="", metavar="TEXT", help="what it is for, to know it again")
    parser.add_argument("--days", type=_days, metavar="N", help="days that it is good for; for good if left out")
    parser.add_argument("--review", action="store_true", help="what comes by it waits for a person")
    parser.add_argument("--list", action="store_true", help="list the tokens instead, without their secrets")
    parser.add_argument("--revoke", metavar="ID", help="revoke a token instead")
    parser.set_defaults(run=lambda arguments: run(arguments, parser))


def run(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Print a new token's secret on stdout and the rest on stderr; or list, or revoke."""
    if not (arguments.list or arguments.revoke) and not (arguments.organisation and arguments.scope):
        parser.error("a new token needs --organisation SLUG and --scope SCOPE …; or write --list or --revoke ID")
    config, clock = city_of(arguments), SystemClock()
    with database_of(config) as database, database.write() as session:
        if arguments.revoke:
            if not tokens.revoke(session, arguments.revoke, clock=clock):
                raise NotFound(f"There is no token {arguments.revoke!r}; `col api-token --list` shows those there are.")
            print(f"{arguments.revoke} is revoked.")
            return DONE
        organiser = _organiser(session, config, arguments.organisation) if arguments.organisation else None
        if arguments.list:
            return _list(session, organiser, clock)
        assert organiser is not None
        expires = clock.now() + timedelta(days=arguments.days) if arguments.days else None
        token, secret = tokens.issue(
            session,
            organisation_id=organiser.id,
            scopes=arguments.scope,
            clock=clock,
            name=arguments.name,
            under_review=arguments.review,
            expires=expires,
        )
    print(secret)
    until = f"until {token.expires:%Y-%m-%d}" if token.expires else "until it is revoked"
    print(f"Token {token.id} of {organiser.name}, good {until}. It is shown only now.", file=sys.stderr)
    return DONE


def _list(session: Session, organiser: Organiser | None, clock: Clock) -> int:
    listed = tokens.listing(session, organisation_id=organiser.id if organiser else None)
    names = directory.by_ids(session, {each.organisation_id for each in listed})
    for each in listed:
        whose = names[each.organisation_id].slug if each.organisation_id in names else each.organisation_id
        used = f"used {each.used:%Y-%m-%d}" if each.used else "never used"
        label = f"  {each.name}" if each.name else ""
        print(f"{each.id}  {whose}  {' '.join(sorted(each.scopes))}  {_state(each, clock)}, {used}{label}")
    if not listed:
        print("There are no tokens.")
    return DONE


def _state(token: ApiToken, clock: Clock) -> str:
    if token.revoked is not None:
        return f"revoked {token.revoked:%Y-%m-%d}"
    if token.expires is None:
        return "good"
    return f"{'good until' if token.is_good(clock.now()) else 'expired'} {token.expires:%Y-%m-%d}"


def _organiser(session: Session, config: CityConfig, slug: str) -> Organiser:
    organiser = directory.by_slug(session, slug)
    if organiser is not None:
        return organiser
    known = [each.slug for each in directory.listing(session)]
    shown = ", ".join(known[:_SHOWN]) + (" …" if len(known) > _SHOWN else "")
    raise NotFound(f"There is no organisation {slug!r} in {config.id}; there are: {shown or 'none yet'}.")


def _days(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text[:9]) <= _MOST_DAYS):
        raise argparse.ArgumentTypeError(f"must be a whole number of days from 1 to {_MOST_DAYS}")
    return int(text)
