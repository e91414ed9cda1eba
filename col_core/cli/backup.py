"""`col backup FILE`: the whole of a city's data in one file."""

import argparse
import signal
import sys
from pathlib import Path

from col_core.base.clock import SystemClock
from col_core.cli.frame import DONE, Subcommands, city_of
from col_core.cli.progress import Bar
from col_core.upkeep.backup import back_up


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("backup", help="write database, files and secret into one file, while the city goes on")
    parser.add_argument("file", type=Path, metavar="FILE", help="a new file, or a folder in which it gets its name")
    parser.add_argument("--force", action="store_true", help="overwrite the file")
    parser.add_argument("--keep", type=_number, metavar="N", help="delete all but the newest N backups in the folder")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make a backup and say what it holds."""
    config = city_of(arguments)
    # What is half written goes away also when the service manager ends us.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    done = back_up(
        config, arguments.file, clock=SystemClock(), force=arguments.force, keep=arguments.keep, progress=Bar()
    )
    for name in done.strangers:
        print(f"Table {name} is none of this city's, and is not in the backup.", file=sys.stderr)
    print(f"{done.file}: {done.rows} rows, {done.files} files, {done.bytes / 1e6:.1f} MB.")
    for each in done.removed:
        print(f"{each} is deleted.")
    print("It holds personal data and the city's secret: keep it where only those may read who look after the city.")
    return DONE


def _number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 10000")
    return int(text)
