"""`col worker`: do a city's background work until it is told to stop."""

import argparse
import signal
import threading

from col_core.base import logs
from col_core.cli.frame import DONE, Subcommands, city_of
from col_core.house import open_city


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("worker", help="gather from the sources and do what waits, until SIGTERM")
    parser.add_argument("--once", action="store_true", help="do what is due now, and end")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Work; on SIGTERM or Ctrl-C finish what has begun, and end."""
    config = city_of(arguments)
    logs.set_up(city=config.id)
    with open_city(config) as city:
        worker = city.worker()
        if arguments.once:
            worker.drain()
            return DONE
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        worker.run(stop)
    return DONE
