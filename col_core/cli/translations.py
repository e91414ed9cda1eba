"""`col translations`: what of other cities' offers is translated here, and a person's word over it."""

import argparse
import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

from col_core.base.clock import SystemClock
from col_core.base.errors import InvalidInput
from col_core.base.i18n import text_in
from col_core.cli.frame import DONE, Subcommands, WrongUse, city_of, database_of
from col_core.federation.translating import editing, originals
from col_core.federation.translating.editing import State

_LONGEST_LINE = 60
_SAYS = {
    "outcome": "what one will be able to do afterwards",
    "bring": "what to bring along",
    "travel": "what somebody from elsewhere should know",
}


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("translations", help="see, correct and take away translations of other cities' offers")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="one line a translation: its offer, its language, how it stands")
    listing.add_argument("--language", metavar="TAG", help="only those into this language")
    listing.add_argument("--state", choices=[each.value for each in State], help="only those that stand like this")
    listing.set_defaults(run=run_list)
    showing = actions.add_parser("show", help="one translation as a file that `edit --file` reads, with its original")
    _name(showing)
    showing.set_defaults(run=run_show)
    editing_ = actions.add_parser("edit", help="correct a translation, or make one; it then counts as checked")
    _name(editing_)
    for name in originals.FIELDS:
        kind = "HTML" if name == "description" else "TEXT"
        editing_.add_argument(f"--{name}", metavar=kind, help=f"{_SAYS.get(name, f'the {name}')}, in that language")
    editing_.add_argument("--file", type=Path, metavar="FILE", help="a TOML file of such texts, as `show` prints it")
    editing_.add_argument("--checked", action="store_true", help="it holds as it is, for the original as it is now")
    editing_.set_defaults(run=run_edit)
    removing = actions.add_parser("remove", help="show the original; no translation comes until that changes")
    _name(removing)
    removing.add_argument("--again", action="store_true", help="have it translated anew instead")
    removing.set_defaults(run=run_remove)


def run_list(arguments: argparse.Namespace) -> int:
    """Print one line a translation."""
    config = city_of(arguments)
    if arguments.language is not None and arguments.language not in config.languages:
        raise InvalidInput(
            f"{config.id} does not speak {arguments.language!r}; it speaks {', '.join(config.languages)}."
        )
    found = 0
    with database_of(config) as database, database.read() as session:
        for each in editing.listing(session, language=arguments.language):
            if arguments.state in (None, each.state.value):
                found += 1
                origin = each.offer.origin.host if each.offer.origin else ""
                title = each.kept.texts.get("title") or text_in(each.offer.content.title, each.kept.language)
                way = f"{each.kept.source_language} → {each.kept.language}"
                by = each.kept.translator or "by hand"
                print(f"{each.offer.id}  {way:<8} {each.state:<9}  {title[:_LONGEST_LINE]}  ({origin}; {by})")
    if not found:
        print("There is no such translation." if arguments.state or arguments.language else "Nothing is translated.")
    return DONE


def run_show(arguments: argparse.Namespace) -> int:
    """Print a translation as TOML, each text below its original."""
    with database_of(city_of(arguments)) as database, database.read() as session:
        one, kept = editing.find(session, arguments.offer, arguments.language)
    original = originals.original(one.content, kept.language, kept.source_language)
    print(f"# {one.origin.url if one.origin else one.id}")
    print(f"# {editing.state_of(one, kept)}; from {kept.source_language} by {kept.translator or 'hand'}")
    for name, text in original.texts.items():
        print()
        for line in text.splitlines():
            print(f"# {line}")
        print(f"{name} = {_toml(kept.texts[name])}" if name in kept.texts else f'# {name} = ""')
    return DONE


def run_edit(arguments: argparse.Namespace) -> int:
    """Put a person's words into a translation."""
    texts = {name: said for name in originals.FIELDS if (said := getattr(arguments, name)) is not None}
    if arguments.file is not None:
        texts = {**_read(arguments.file), **texts}
    if not texts and not arguments.checked:
        options = ", ".join(f"--{name}" for name in originals.FIELDS)
        raise WrongUse(f"What shall it say? Write {options} or --file; --checked says that it holds as it is.")
    config = city_of(arguments)
    with database_of(config) as database, database.write() as session:
        kept = editing.edit(session, arguments.offer, arguments.language, texts, config=config, clock=SystemClock())
    print(f"checked: {kept.opportunity_id} in {kept.language}; visitors read it at once.")
    return DONE


def run_remove(arguments: argparse.Namespace) -> int:
    """Take a translation away."""
    with database_of(city_of(arguments)) as database, database.write() as session:
        editing.remove(session, arguments.offer, arguments.language, again=arguments.again, clock=SystemClock())
    what = "it is translated anew within minutes" if arguments.again else "visitors read the original"
    print(f"removed: {arguments.offer} in {arguments.language}; {what}.")
    return DONE


def _name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("offer", metavar="OFFER", help="the id of an offer of another city, as in its address")
    parser.add_argument("language", metavar="LANGUAGE", help="the tag of a language of the city, such as en")


def _read(file: Path) -> Mapping[str, str]:
    """Return the texts of a TOML file. Raises InvalidInput."""
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{file} is no TOML file in UTF-8: {error}.") from error
    wrong = next((name for name, text in said.items() if not isinstance(text, str)), None)
    if wrong is not None:
        raise InvalidInput(f"{file}: {wrong} must be a text in quotes.")
    return said


def _toml(text: str) -> str:
    return f"'''\n{text}'''" if "\n" in text and "'''" not in text else json.dumps(text, ensure_ascii=False)
