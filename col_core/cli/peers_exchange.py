"""`col peers follow|unfollow|sync|status`: whose offers are shown here, too, and how reading them goes."""

import argparse

from werkzeug.datastructures import MultiDict

from col_core.base.clock import SystemClock
from col_core.base.errors import NotFound
from col_core.cli.frame import DONE, FAILED, Subcommands, WrongUse, city_of, database_of
from col_core.federation import peers
from col_core.federation.exchange import filters, status, subscriptions
from col_core.federation.exchange.harvest import Ended, Harvested
from col_core.federation.exchange.records import Exchanged
from col_core.house import OpenCity, open_city

_KILOMETRE_M = 1_000
_MOST_RUNS = 500


def register(nouns: Subcommands) -> None:
    follow = nouns.add_parser("follow", help="show the offers of another city, too; all of them, or a part")
    follow.add_argument("url", metavar="URL", help="its address, such as https://learning.example.org")
    follow.add_argument("--topic", action="append", default=[], metavar="WORD", help="such as music; may be repeated")
    follow.add_argument("--age", metavar="YEARS", help="only what is for somebody of this age")
    follow.add_argument("--language", action="append", default=[], metavar="TAG", help="such as en; may be repeated")
    follow.add_argument(
        "--format", action="append", default=[], metavar="WORD", help="in_person, online or hybrid; may be repeated"
    )
    follow.add_argument("--type", action="append", default=[], metavar="WORD", help="such as workshop; may be repeated")
    follow.add_argument("--near", metavar="LAT,LON", help="only what is near this spot; with --within-km")
    follow.add_argument("--within-km", type=float, metavar="N", help="how near")
    follow.set_defaults(run=run_follow)
    unfollow = nouns.add_parser("unfollow", help="show the offers of a city no longer")
    unfollow.add_argument("host", metavar="HOST", help="such as learning.example.org")
    unfollow.set_defaults(run=run_unfollow)
    sync = nouns.add_parser("sync", help="read what partners offer now, without waiting for the worker")
    sync.add_argument("host", nargs="?", metavar="HOST", help="one of them; all that are followed if left out")
    sync.add_argument("--whole", action="store_true", help="read everything anew and withdraw what is not there")
    sync.add_argument("--accept-fewer", action="store_true", help="believe that it has much less than before")
    sync.set_defaults(run=run_sync)
    stands = nouns.add_parser("status", help="show how the exchange with each city stands")
    stands.add_argument("host", nargs="?", metavar="HOST", help="one of them, with what was not taken of it, and why")
    stands.set_defaults(run=run_status)


def run_follow(arguments: argparse.Namespace) -> int:
    """Follow a city, or ask something else of it than before."""
    config = city_of(arguments)
    if (arguments.near is None) != (arguments.within_km is None):
        raise WrongUse("--near and --within-km stand together.")
    said = [
        *(("category", each) for each in arguments.topic),
        *(("language", each) for each in arguments.language),
        *(("format", each) for each in arguments.format),
        *(("type", each) for each in arguments.type),
    ]
    if arguments.age is not None:
        said.append(("age", arguments.age))
    if arguments.near is not None:
        said += [("near", arguments.near), ("radius_m", f"{arguments.within_km * _KILOMETRE_M:.0f}")]
    asked = filters.parse(MultiDict(said))
    with database_of(config) as database, database.write() as session:
        done = subscriptions.follow(session, arguments.url, asked=asked, config=config, clock=SystemClock())
        peer = peers.get(session, done.host)
    what = filters.in_words(asked)
    print(f"{done.host} is followed now: {what}.")
    stands = peers.standing(peer, config.federation, now=SystemClock().now()) if peer is not None else None
    if stands is not None and not stands.is_partner:
        print(
            f"It stands as {stands}, so nothing of it is read yet. That changes by itself once its membership has been "
            "seen; [federation] allow in city.toml trusts it without one."
        )
    return DONE


def run_unfollow(arguments: argparse.Namespace) -> int:
    """Follow a city no longer."""
    config = city_of(arguments)
    with database_of(config) as database, database.write() as session:
        subscriptions.unfollow(session, arguments.host, clock=SystemClock())
    print(f"{arguments.host} is not followed any more; what it brought is taken away within a minute.")
    if arguments.host in {peers.host_of(each) for each in config.federation.peers}:
        print("[federation] peers in city.toml still names it: take it out there, too, or it is followed again.")
    return DONE


def run_sync(arguments: argparse.Namespace) -> int:
    """Read on until everything is here; fails where a partner could not be read."""
    config = city_of(arguments)
    with open_city(config) as city:
        with city.house.database.write() as session:
            followed = [each.host for each in subscriptions.listing(session)]
            if arguments.host is not None and arguments.host not in followed:
                raise NotFound(f"This city does not follow {arguments.host!r}; it follows: {', '.join(followed)}.")
            hosts = followed if arguments.host is None else [arguments.host]
            for host in hosts if arguments.whole or arguments.accept_fewer else ():
                subscriptions.note(session, host, **subscriptions.begins_anew())
        done = [_read(city, host, accept_fewer=arguments.accept_fewer) for host in hosts]
    if not hosts:
        print("This city follows no other yet: col peers follow URL")
    return FAILED if any(each.ended in (Ended.FAILED, Ended.COLLAPSED) for each in done) else DONE


def run_status(arguments: argparse.Namespace) -> int:
    """Print a paragraph for each city."""
    config, now = city_of(arguments), SystemClock().now()
    with database_of(config) as database, database.read() as session:
        found = status.status(session, now=now)
        refused = status.refusals(session, arguments.host) if arguments.host is not None else ()
    found = [each for each in found if arguments.host in (None, each.host)]
    for each in found:
        _print(each)
    for one in refused:
        print(f"  refused {one.id}: {one.reason}")
    if not found:
        print("There is no exchange with anybody yet: col peers follow URL")
    return DONE


def _read(city: OpenCity, host: str, *, accept_fewer: bool) -> Harvested:
    """Read one partner to the end, and say what came of it."""
    pages = changed = refused = 0
    for _ in range(_MOST_RUNS):
        done = city.federation.exchange.harvest.run(host, at_once=True, accept_fewer=accept_fewer)
        pages, changed, refused = pages + done.pages, changed + done.changed, refused + done.refused
        if done.ended is not Ended.MORE:
            break
    why = f"; {done.error}" if done.error else ""
    print(f"{host}: {done.ended}, {pages} pages, {changed} changed, {refused} refused{why}")
    return done


def _print(one: Exchanged) -> None:
    print(one.host)
    if one.is_followed:
        lag = "never" if one.lag_s is None else f"{one.lag_s:.0f} s ago"
        whole = "never" if one.whole_synced is None else f"{one.whole_synced:%Y-%m-%d %H:%M} UTC"
        same = {True: "equal", False: "not equal", None: "not compared"}[one.equal]
        print(f"  follows it: {filters.in_words(filters.of_text(one.filter))}")
        print(f"  {one.kept} offers, {one.refused} refused; up to date {lag}; wholly read {whole}; digests {same}")
    if one.their_filter is not None:
        print(f"  follows this city: {filters.in_words(filters.of_text(one.their_filter))}")
    if one.hidden:
        print("  hidden: it is no partner now (col peers list)")
    if one.error:
        print(f"  ! {one.error} ({one.failures} failures in a row)")
