"""`col demo`: the two cities of this repository on one machine, each with its own database and worker."""

import argparse
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from col_core.base.config import load_city
from col_core.base.errors import ColError
from col_core.catalogue.records import Query
from col_core.cli.frame import DONE, FAILED, Subcommands
from col_core.house import open_city

_START_S = 60.0
_STOP_S = 30.0


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("demo", help="run the demonstration cities; PORT_BASE (8001) is the first one's port")
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR", help="cities (cities/ljubljana cities/vilnius)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Fill the cities, serve them, say READY, and stop all of it on Ctrl-C or SIGTERM."""
    folders = arguments.folders or [Path("cities/ljubljana"), Path("cities/vilnius")]
    base = int(os.environ.get("PORT_BASE", "8001"))
    addresses: dict[str, str] = {}
    children: list[subprocess.Popen[bytes]] = []
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        for port, folder in enumerate(folders, start=base):
            address = f"http://localhost:{port}"
            city_id = _fill(folder)
            addresses[city_id] = address
            environ = {**os.environ, "COL_BASE_URL": address, "COL_CITY": str(folder)}
            children += [_col(environ, "serve", "--port", str(port)), _col(environ, "worker")]
        for address in addresses.values():
            _wait_for(f"{address}/readyz", children)
        print("READY " + " ".join(f"{city}={address}" for city, address in addresses.items()), flush=True)
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        print("A part of the demonstration ended by itself.", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return DONE
    finally:
        _stop(children)


def _fill(folder: Path) -> str:
    """Run the sources of a city that has no offers yet; return its id."""
    config = load_city(folder)
    with open_city(config) as city:
        if not city.catalogue.find(Query(per_page=1)).total:
            for each in city.gathering.sources:
                done = city.gathering.sync(each)
                print(f"{config.id}: {done.source_id}: {done.new} offers", flush=True)
    return config.id


def _col(environ: Mapping[str, str], *words: str) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches this process alone, which then stops the others in order.
    command = [sys.executable, "-m", "col_core", *words]
    return subprocess.Popen(command, env=dict(environ), start_new_session=True)  # noqa: S603 (our own program)


def _wait_for(address: str, children: Sequence[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        if any(child.poll() is not None for child in children):
            raise ColError("A part of the demonstration did not start; the reason is above. Is the port taken?")
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 (our own address, on loopback)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise ColError(f"{address} did not become ready within {_START_S:.0f} seconds.")


def _stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
