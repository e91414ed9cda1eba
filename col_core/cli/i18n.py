"""`col i18n update|compile|check`: the catalogues of the core, of a plugin or of a city."""

import argparse
from pathlib import Path

from babel.messages.catalog import Catalog

from col_core.base.catalogue_check import check_file
from col_core.base.catalogues import Entry, core_translations
from col_core.base.errors import ConfigError, InvalidInput
from col_core.cli import extraction
from col_core.cli.frame import DONE, FAILED, Subcommands


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("i18n", help="gather texts to translate, check and compile translations")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, run, said in (
        ("update", run_update, "gather the texts and carry them into every catalogue of the folder"),
        ("compile", run_compile, "write a .mo beside each .po"),
        ("check", run_check, "say what is missing or wrong; exit code 1 if anything is"),
    ):
        action = actions.add_parser(name, help=said)
        action.add_argument("folder", nargs="?", type=Path, help="folder of catalogues (the core's if left out)")
        if name != "compile":
            action.add_argument("--sources", type=Path, help="package whose texts the folder translates")
        if name == "update":
            action.add_argument("--add", metavar="TAG", help="begin a catalogue for one more language")
        if name == "check":
            action.add_argument("--partial", action="store_true", help="messages may be left out (a city's own words)")
        action.set_defaults(run=run)


def run_update(arguments: argparse.Namespace) -> int:
    """Gather texts where sources are known, then bring every catalogue up to the template."""
    folder, sources = _places(arguments)
    if sources is not None and extraction.write_template(extraction.extracted(sources), folder):
        print(f"{folder / extraction.TEMPLATE}: written")
    template = _template(folder)
    files = extraction.catalogue_files(folder)
    if arguments.add:
        files[arguments.add] = _new_file(folder, arguments.add)
    for tag, path in files.items():
        if extraction.update(path, template, tag=tag):
            print(f"{path}: written")
    return DONE


def run_compile(arguments: argparse.Namespace) -> int:
    """Compile every catalogue of the folder."""
    folder = arguments.folder or core_translations()
    for path in extraction.catalogue_files(folder).values():
        print(f"{extraction.compile_file(path)}: written")
    return DONE


def run_check(arguments: argparse.Namespace) -> int:
    """Print each problem on a line of its own."""
    folder, sources = _places(arguments)
    template = extraction.entries(_template(folder))
    problems: list[str] = []
    if sources is not None and _differs(template, extraction.entries(extraction.extracted(sources))):
        problems.append(f"{folder / extraction.TEMPLATE}: not what the sources say; run `col i18n update`.")
    files = extraction.catalogue_files(folder)
    for tag, path in files.items():
        problems += check_file(path, tag=tag, template=template, partial=arguments.partial)
    print("\n".join([*problems, f"{len(files)} catalogues, {len(template)} messages, {len(problems)} problems."]))
    return FAILED if problems else DONE


def _places(arguments: argparse.Namespace) -> tuple[Path, Path | None]:
    """Return the folder of catalogues, and the package that they translate where it can be read."""
    core = core_translations()
    folder = arguments.folder or core
    if not folder.is_dir() and not arguments.sources:
        raise InvalidInput(f"{folder}: no such folder.")
    package = core.parent / "col_core"
    if arguments.sources is None and folder.resolve() == core.resolve() and package.is_dir():
        return folder, package
    return folder, arguments.sources


def _template(folder: Path) -> Catalog:
    """Return the folder's own template; a folder without one (a language plugin, a city) translates the core."""
    for candidate in (folder, core_translations()):
        if (candidate / extraction.TEMPLATE).is_file():
            return extraction.read_template(candidate)
    raise ConfigError(f"{folder / extraction.TEMPLATE} is missing; run `col i18n update`.")


def _new_file(folder: Path, tag: str) -> Path:
    try:
        return extraction.catalogue_path(folder, tag)
    except ValueError as problem:
        raise InvalidInput(f"{tag!r} is no language tag such as sl or pt-BR.") from problem


def _differs(one: tuple[Entry, ...], other: tuple[Entry, ...]) -> bool:
    return {(entry.context, entry.ids) for entry in one} != {(entry.context, entry.ids) for entry in other}
