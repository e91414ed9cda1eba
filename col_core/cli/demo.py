"""`col demo`: the two cities of this repository and their network on one machine, each with its own processes."""

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

from sqlalchemy.exc import DatabaseError

from col_core.base import state_folder
from col_core.base.config import load_city
from col_core.base.database import Database
from col_core.base.errors import ColError
from col_core.base.settings import CityConfig
from col_core.catalogue import published
from col_core.cli import demo_network, ports
from col_core.cli.frame import DONE, Subcommands, WrongUse

_START_S = 60.0
_STOP_S = 30.0
_LINES_SHOWN = 8


def register(sub: Subcommands) -> None:
    parser = sub.add_parser(
        "demo", help="run the demonstration cities and their network; PORT_BASE (8001) is the first one's port"
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR", help="cities (cities/ljubljana cities/vilnius)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Fill the cities, make them members of a network, serve all of it, say READY, and stop on Ctrl-C or SIGTERM."""
    folders = arguments.folders or [Path("cities/ljubljana"), Path("cities/vilnius")]
    count = len(folders) + 1
    first = _first_port(of=count)
    own_ports = range(first, first + count)
    # Each may ask the others, whose plain addresses on this machine the guard would refuse: for their keys and lists.
    neighbours = ",".join(f"localhost:{port}" for port in own_ports)
    *cities, anchor = (f"http://localhost:{port}" for port in own_ports)
    everywhere = {**os.environ, "COL_HTTP_ALLOW_HOSTS": neighbours}
    addresses: dict[str, str] = {}
    children: list[subprocess.Popen[bytes]] = []
    journals: list[Path] = []
    signal.signal(signal.SIGTERM, _interrupt)

    def start(environ: Mapping[str, str], journal: Path, *words: str) -> None:
        journals.append(journal)
        children.append(_col(environ, journal, *words))

    try:
        network = demo_network.begun(anchor, environ=everywhere)
        words = ("network", "serve", str(network), "--port", str(own_ports[-1]), "--renew")
        start(everywhere, network / "serve.log", *words)
        working: list[tuple[Mapping[str, str], Path]] = []
        for port, address, folder in zip(own_ports, cities, folders, strict=False):
            config = _filled(folder)
            addresses[config.id] = address
            environ = {
                **everywhere,
                "COL_BASE_URL": address,
                "COL_CITY": str(folder),
                "COL_NETWORK_ANCHOR": anchor,
                "COL_FEDERATION_PEERS": ",".join(each for each in cities if each != address),
            }
            start(environ, config.var / "serve.log", "serve", "--port", str(port))
            working.append((environ, config.var / "worker.log"))
        for address in (f"{anchor}/healthz", *(f"{each}/readyz" for each in cities)):
            _wait_for(address, children)
        began = demo_network.admit(network, cities, environ=everywhere)
        for own, journal in working:
            start(own, journal, "worker")
        # Later the cities know each other already, or somebody tries how it is when they do not.
        if began:
            demo_network.wait_until_members(cities, within_s=_START_S)
        said = " ".join(f"{name}={address}" for name, address in (*addresses.items(), ("network", anchor)))
        print(f"READY {said}", flush=True)
        print(f"What happens is written to {', '.join(map(str, journals))}; Ctrl-C ends it.", flush=True)
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        raise ColError("A part of the demonstration ended by itself.")
    except ColError:
        for child, journal in zip(children, journals, strict=True):
            if child.poll() is not None:
                print(f"{journal} ends with:", *_end_of(journal), sep="\n  ", file=sys.stderr)
        raise
    except KeyboardInterrupt:
        return DONE
    finally:
        _stop(children)


def _first_port(*, of: int) -> int:
    """Return the first of the `of` ports in a row that PORT_BASE asks for. Raises ColError where one is no use."""
    said = os.environ.get("PORT_BASE", "8001")
    last = ports.LAST_PORT + 1 - of
    try:
        first = int(said)
    except ValueError:
        first = 0
    if not 1 <= first <= last:
        raise WrongUse(f"PORT_BASE: found {said!r}; expected a number from 1 to {last}.")
    for port in range(first, first + of):
        ports.refuse_unusable("127.0.0.1", port, way_out="PORT_BASE=9001 make run")
    return first


def _filled(folder: Path) -> CityConfig:
    """Run the sources of a city that has no offers yet; return its settings."""
    config = load_city(folder)
    if not _has_offers(config):
        from col_core.house import open_city  # takes a second, which a city that is filled already does not need

        with open_city(config) as city:
            for each in city.gathering.sources:
                done = city.gathering.sync(each)
                print(f"{config.id}: {done.source_id}: {done.new} offers", flush=True)
    return config


def _has_offers(config: CityConfig) -> bool:
    state_folder.make(config.var)
    database = Database(config.database_url)
    try:
        with database.read() as session:
            return bool(published.parts(session, size=1_000_000))
    except DatabaseError:
        # It has no tables yet.
        return False
    finally:
        database.dispose()


def _col(environ: Mapping[str, str], journal: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "col_core", *words]
    with journal.open("wb") as file:
        # A session of its own: Ctrl-C reaches this process alone, which then stops the others in order.
        return subprocess.Popen(  # noqa: S603 (our own program)
            command, env=dict(environ), stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )


def _end_of(journal: Path) -> list[str]:
    return journal.read_text(encoding="utf-8", errors="replace").splitlines()[-_LINES_SHOWN:]


def _wait_for(address: str, children: Sequence[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until:
        if any(child.poll() is not None for child in children):
            raise ColError("A part of the demonstration did not start. Is the port taken?")
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
