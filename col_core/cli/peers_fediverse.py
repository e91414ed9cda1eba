"""`col peers …` for the push lane: whom the city follows, who follows it, and what could not be delivered."""

import argparse

from col_core.base.clock import SystemClock
from col_core.cli.frame import DONE, FAILED, Subcommands, city_of, database_of
from col_core.federation.fediverse import letters, subscriptions


def register(nouns: Subcommands) -> None:
    follow = nouns.add_parser(
        "follow-actor", help="ask somebody of the fediverse (Mobilizon, Gancio) for their events, which wait for you"
    )
    follow.add_argument(
        "actor", metavar="URL", help="the address of their actor, such as https://events.example.org/@group"
    )
    follow.set_defaults(run=follow_actor)
    leave = nouns.add_parser("unfollow-actor", help="hear no longer from somebody of the fediverse")
    leave.add_argument("actor", metavar="URL", help="as `col peers following` shows it")
    leave.set_defaults(run=unfollow_actor)
    following = nouns.add_parser("following", help="show whom of the fediverse the city follows")
    following.set_defaults(run=show_following)
    followers = nouns.add_parser("followers", help="show who follows the city")
    followers.set_defaults(run=show_followers)
    deliveries = nouns.add_parser("deliveries", help="what could not be delivered to other servers")
    verbs = deliveries.add_subparsers(dest="verb", required=True, metavar="WHAT")
    for name, said, run in (
        ("list", "show what was given up, and why", show_deliveries),
        ("retry", "send it once more, and what waits at once", retry_deliveries),
    ):
        verb = verbs.add_parser(name, help=said)
        verb.add_argument("host", metavar="HOST", nargs="?", help="that server's alone")
        verb.set_defaults(run=run)


def follow_actor(arguments: argparse.Namespace) -> int:
    """Have the worker ask somebody for what they say."""
    config = city_of(arguments)
    with database_of(config) as database, database.write() as session:
        subscriptions.follow(session, arguments.actor, clock=SystemClock())
    print(f"{arguments.actor} is asked by the worker; `col peers following` shows what they answer.")
    return DONE


def unfollow_actor(arguments: argparse.Namespace) -> int:
    """Have the worker tell somebody that the city follows them no more."""
    config = city_of(arguments)
    with database_of(config) as database, database.write() as session:
        known = subscriptions.unfollow(session, arguments.actor, clock=SystemClock())
    print(f"{arguments.actor} is told by the worker." if known else f"The city does not follow {arguments.actor}.")
    return DONE if known else FAILED


def show_following(arguments: argparse.Namespace) -> int:
    """Print one line for each whom the city follows: how it stands, and their actor."""
    config = city_of(arguments)
    with database_of(config) as database, database.read() as session:
        found = subscriptions.followed(session)
    for each in found:
        print(f"{each.state:<9} {each.since:%Y-%m-%d} {each.actor}")
    if not found:
        print("The city follows nobody yet.")
    return DONE


def show_followers(arguments: argparse.Namespace) -> int:
    """Print one line for each who follows the city."""
    config = city_of(arguments)
    with database_of(config) as database, database.read() as session:
        found = subscriptions.followers_of(session)
    for actor in found:
        print(actor)
    if not found:
        print("Nobody follows the city yet.")
    return DONE


def show_deliveries(arguments: argparse.Namespace) -> int:
    """Print one line for each delivery that was given up."""
    config = city_of(arguments)
    with database_of(config) as database, database.read() as session:
        found = letters.given_up(session, host=arguments.host)
        waiting = letters.counts(session)[letters.WAITING]
    for each in found:
        print(f"{each.created:%Y-%m-%d %H:%M} {each.host:<30} {each.kind:<8} {each.about} ({each.error})")
    print(f"{len(found)} given up, {waiting} waiting.")
    return DONE


def retry_deliveries(arguments: argparse.Namespace) -> int:
    """Send again what was given up."""
    config = city_of(arguments)
    with database_of(config) as database, database.write() as session:
        number = letters.retry(session, host=arguments.host, clock=SystemClock())
    print(f"{number} deliveries that were given up are sent once more.")
    return DONE
