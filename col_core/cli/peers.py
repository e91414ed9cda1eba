"""`col peers`: the servers that a city knows of, and how they stand with it."""

import argparse

from col_core.badges.credentials.records import KeyKind
from col_core.base.clock import SystemClock
from col_core.cli import peers_exchange, peers_fediverse
from col_core.cli.frame import DONE, Subcommands, city_of, database_of
from col_core.federation import peers
from col_core.federation.ground import NETWORK_KEYS
from col_core.house import open_city


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("peers", help="see other cities and servers, follow them, shut one out")
    nouns = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    listing = nouns.add_parser("list", help="show the servers that the city knows of")
    listing.set_defaults(run=show)
    block = nouns.add_parser("block", help="have nothing to do with a server any more; what it brought is hidden")
    block.add_argument("host", metavar="HOST", help="such as learning.example.org")
    block.add_argument("--reason", required=True, help="why, for those who ask later")
    block.set_defaults(run=deny)
    admit = nouns.add_parser("admit", help="let a server in again that was blocked or put into quarantine")
    admit.add_argument("host", metavar="HOST", help="such as learning.example.org")
    admit.set_defaults(run=let_in)
    peers_fediverse.register(nouns)
    keys = nouns.add_parser("keys", help="the keys with which the city speaks to other servers")
    steps = keys.add_subparsers(dest="step", required=True, metavar="STEP")
    steps.add_parser("list", help="every such key that there is or was").set_defaults(run=list_keys)
    rotating = steps.add_parser("rotate", help="announce a new key; it signs once the network has taken it over")
    rotating.add_argument(
        "--at-once", action="store_true", help="sign with it now: the old one is lost, and the network is told by hand"
    )
    rotating.set_defaults(run=rotate_key)
    peers_exchange.register(nouns)


def show(arguments: argparse.Namespace) -> int:
    """Print one line a server: how it stands, its host, its name."""
    config, clock = city_of(arguments), SystemClock()
    with database_of(config) as database, database.read() as session:
        known = peers.listing(session)
    for each in known:
        state = peers.standing(each, config.federation, now=clock.now())
        why = each.denied_because or each.quarantined_because or each.error or ""
        print(f"{state:<12} {each.host:<40} {each.name(config.default_language)} {why}".rstrip())
    if not known:
        print("The city knows of no other server yet; [federation] peers in city.toml names those that it follows.")
    return DONE


def deny(arguments: argparse.Namespace) -> int:
    """Shut a server out."""
    config = city_of(arguments)
    with database_of(config) as database, database.write() as session:
        done = peers.deny(session, arguments.host, reason=arguments.reason, clock=SystemClock())
    print(f"{done.host} is shut out; what it brought is hidden within seconds.")
    return DONE


def let_in(arguments: argparse.Namespace) -> int:
    """Take back what was held against a server."""
    config = city_of(arguments)
    with database_of(config) as database, database.write() as session:
        done = peers.admit(session, arguments.host, clock=SystemClock())
    state = peers.standing(done, config.federation, now=SystemClock().now())
    print(f"{done.host} is no longer shut out; it stands as {state} now.")
    return DONE


def list_keys(arguments: argparse.Namespace) -> int:
    """Print one line a key: its name for other servers, its kind, how it stands."""
    with open_city(city_of(arguments)) as city, city.house.database.read() as session:
        keyring = city.office.keyring
        announced = {each.id for kind in KeyKind for each in keyring.live(session, issuer=NETWORK_KEYS, kind=kind)[1:]}
        for key in keyring.listing(session, issuer=NETWORK_KEYS):
            if key.compromised or key.retired:
                state = f"signs no more since {key.compromised or key.retired:%Y-%m-%d}"
            else:
                state = "announced" if key.id in announced else f"signs since {key.created:%Y-%m-%d}"
            print(f"{key.public.thumbprint()}  {key.kind:<8} {state}")
    return DONE


def rotate_key(arguments: argparse.Namespace) -> int:
    """Announce a new key, or put it in the place of one that is lost."""
    with open_city(city_of(arguments)) as city, city.house.database.write() as session:
        if arguments.at_once:
            key = city.office.keyring.rotate(session, issuer=NETWORK_KEYS, kind=KeyKind.P256)
            print(f"{key.public.thumbprint()} signs from now on.")
            print("Tell those who run the network: until they admit it with --new-keys, others put the city aside.")
        else:
            key = city.federation.trust.membership.announce_key(session)
            print(f"{key.public.thumbprint()} is announced; it signs once the network has taken it over.")
    return DONE
