"""`col opportunities import`: bring a file into the catalogue."""

import argparse
from pathlib import Path

from col_core.base.errors import NotFound
from col_core.catalogue import imports
from col_core.catalogue.runs import Outcome
from col_core.cli.frame import DONE, FAILED, Subcommands, city_of
from col_core.cli.sources import print_run
from col_core.house import open_gathering
from col_core.organisers import directory


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("opportunities", help="bring opportunities in from a file")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    importing = actions.add_parser("import", help="store what a file holds; the same rows again update")
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.add_argument("--format", choices=sorted(imports.READERS), help="found out by the ending if left out")
    importing.add_argument("--organisation", metavar="SLUG", help="organisation of what names none")
    importing.add_argument("--publish", action="store_true", help="publish at once what needs no look by a person")
    importing.set_defaults(run=run_import)


def run_import(arguments: argparse.Namespace) -> int:
    """Import one file and say what came of it."""
    config = city_of(arguments)
    format_ = arguments.format or imports.format_of(arguments.file)
    with open_gathering(config) as gathering:
        organiser = None
        if arguments.organisation:
            with gathering.database.read() as session:
                organiser = directory.by_slug(session, arguments.organisation)
            if organiser is None:
                raise NotFound(f"There is no organisation {arguments.organisation!r} in {config.id}.")
        done = imports.import_file(
            gathering,
            arguments.file,
            format_=format_,
            organiser=organiser,
            publish=arguments.publish,
            language=config.default_language,
        )
    print_run(done)
    return DONE if done.outcome is Outcome.DONE else FAILED
