"""`col opportunities import|export`: bring a file into the catalogue, or write the catalogue into one."""

import argparse
import sys
from pathlib import Path

from col_core.base.errors import ColError, InvalidInput, NotFound
from col_core.catalogue.exchange import exports, feeds
from col_core.catalogue.gathering import imports
from col_core.catalogue.gathering.runs import Outcome
from col_core.cli import moderation
from col_core.cli.frame import DONE, FAILED, Subcommands, city_of
from col_core.cli.progress import Bar
from col_core.cli.sources import print_run
from col_core.house import OpenCity, open_city
from col_core.organisers import directory
from col_core.organisers.records import Organiser


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("opportunities", help="bring opportunities in, write them out, publish what waits")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    importing = actions.add_parser("import", help="store what a file holds; the same rows again update")
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.add_argument("--format", choices=sorted(imports.READERS), help="found out by the ending if left out")
    importing.add_argument("--organisation", metavar="SLUG", help="organisation of what names none")
    importing.add_argument("--publish", action="store_true", help="publish at once what needs no look by a person")
    importing.set_defaults(run=run_import)
    exporting = actions.add_parser("export", help="write everything public to a file or to the screen")
    exporting.add_argument(
        "--format", required=True, metavar="FORMAT", help="csv, xlsx, ics, geojson, jsonld, rss; or a plugin's"
    )
    exporting.add_argument("--organisation", metavar="SLUG", help="only what this organisation offers")
    exporting.add_argument(
        "--language", metavar="TAG", help="language of formats that hold one; the city's if left out"
    )
    exporting.add_argument("--output", type=Path, metavar="FILE", help="where to; standard output if left out")
    exporting.set_defaults(run=run_export)
    moderation.register(actions)


def run_import(arguments: argparse.Namespace) -> int:
    """Import one file and say what came of it, with each row that could not be taken."""
    config = city_of(arguments)
    format_ = arguments.format or imports.format_of(arguments.file)
    with open_city(config) as city:
        done = imports.import_file(
            city.gathering,
            config,
            arguments.file,
            format_=format_,
            organiser=_organiser(city, arguments.organisation),
            publish=arguments.publish,
            progress=Bar(),
        )
    print_run(done)
    return DONE if done.outcome is Outcome.DONE else FAILED


def run_export(arguments: argparse.Namespace) -> int:
    """Write everything public in one format."""
    config = city_of(arguments)
    language = arguments.language or config.default_language
    if language not in config.languages:
        raise InvalidInput(f"--language {language!r}: {config.id} speaks {', '.join(config.languages)}.")
    with open_city(config) as city:
        _organiser(city, arguments.organisation)
        body = exports.export(
            city.house.database,
            city.house.plugins,
            feeds.formats(city.house),
            extension=arguments.format,
            language=language,
            slug=arguments.organisation,
        )
    if arguments.output is None:
        sys.stdout.buffer.write(body)
        return DONE
    try:
        arguments.output.write_bytes(body)
    except OSError as error:
        raise ColError(f"{arguments.output} cannot be written: {error.strerror}.") from error
    print(f"{arguments.output}: {len(body)} bytes.", file=sys.stderr)
    return DONE


def _organiser(city: OpenCity, slug: str | None) -> Organiser | None:
    if slug is None:
        return None
    with city.house.database.read() as session:
        organiser = directory.by_slug(session, slug)
    if organiser is None:
        raise NotFound(f"There is no organisation {slug!r} in {city.house.config.id}.")
    return organiser
