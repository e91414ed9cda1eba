"""`col bench catalogue|badges|federation`: measure this house on this machine."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from col_core.bench import badges, catalogue, federation, figures
from col_core.bench.town import ENGINES
from col_core.cli.frame import DONE, FAILED, Subcommands

_WIDTH = 40


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("bench", help="measure what a catalogue, badges or a partner city cost on this machine")
    parser.add_argument("name", choices=["catalogue", "badges", "federation"], help="what to measure")
    parser.add_argument(
        "--size", type=_size, metavar="N", help="number of made-up offers (100000), or of badges that are issued (5000)"
    )
    parser.add_argument("--engine", choices=ENGINES, default="sqlite", help="on which database (sqlite)")
    parser.add_argument("--port", type=int, default=9240, help="port of the server that is measured (9240)")
    parser.add_argument("--keep", action="store_true", help="catalogue: keep the city afterwards, and say where it is")
    parser.add_argument(
        "--reference", type=_folder, metavar="FOLDER", help="badges: where the JavaScript reference is installed"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure, and print the figures; fails where a goal was missed."""
    measured = {"catalogue": _catalogue, "badges": _badges, "federation": _federation}
    report = measured[arguments.name](arguments)
    if arguments.json:
        print(figures.as_json(report.figures, report.facts))
    else:
        print(", ".join(f"{name} {value}" for name, value in report.facts.items()))
        print(figures.table(report.figures))
    if report.kept:
        print(f"kept: {report.kept}", file=sys.stderr)
    return FAILED if any(each.reached is False for each in report.figures) else DONE


def _catalogue(arguments: argparse.Namespace) -> catalogue.Report:
    return catalogue.measure(
        arguments.size or 100_000,
        arguments.engine,
        port=arguments.port,
        keep=arguments.keep,
        progress=_progress(),
        say=_say,
    )


def _badges(arguments: argparse.Namespace) -> catalogue.Report:
    return badges.measure(arguments.size or 5_000, engine=arguments.engine, reference=arguments.reference, say=_say)


def _federation(arguments: argparse.Namespace) -> catalogue.Report:
    return federation.measure(
        arguments.size or 100_000, arguments.engine, port=arguments.port, progress=_progress(), say=_say
    )


def _say(step: str) -> None:
    print(step, file=sys.stderr, flush=True)


def _folder(text: str) -> Path:
    folder = Path(text)
    if not (folder / "node_modules").is_dir():
        raise argparse.ArgumentTypeError("must hold the verifiers; `make test` installs them in tests/badges/foreign")
    return folder


def _size(text: str) -> int:
    number = int(text)
    if not 1_000 <= number <= 5_000_000:
        raise argparse.ArgumentTypeError("must be from 1000 to 5000000")
    return number


def _progress() -> Callable[[str, int, int], None]:
    """Return what draws a bar on a terminal, and plain lines elsewhere."""
    told = -1

    def show(what: str, done: int, whole: int) -> None:
        nonlocal told
        tenth = done * 10 // whole
        if sys.stderr.isatty():
            bar = "#" * (done * _WIDTH // whole)
            print(
                f"\r{what} [{bar:<{_WIDTH}}] {done:,}", end="\n" if done >= whole else "", file=sys.stderr, flush=True
            )
        elif tenth != told:
            print(f"{what}: {done:,} of {whole:,}", file=sys.stderr, flush=True)
        told = tenth

    return show
