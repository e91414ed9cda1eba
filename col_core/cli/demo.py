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

from sqlalchemy.exc import DatabaseError

from col_core.base.config import load_city
from col_core.base.database import Database
from col_core.base.errors import ColError
from col_core.base.settings import CityConfig
from col_core.catalogue import published
from col_core.cli.frame import DONE, Subcommands

_START_S = 60.0
_STOP_S = 30.0
_LINES_SHOWN = 8


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
    journals: list[Path] = []
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        for port, folder in enumerate(folders, start=base):
            address = f"http://localhost:{port}"
            config = _filled(folder)
            addresses[config.id] = address
            environ = {**os.environ, "COL_BASE_URL": address, "COL_CITY": str(folder)}
            for words in (("serve", "--port", str(port)), ("worker",)):
                journals.append(config.var / f"{words[0]}.log")
                children.append(_col(environ, journals[-1], *words))
        for address in addresses.values():
            _wait_for(f"{address}/readyz", children)
        print("READY " + " ".join(f"{city}={address}" for city, address in addresses.items()), flush=True)
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
    config.var.mkdir(parents=True, exist_ok=True)
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
