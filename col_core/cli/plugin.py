"""`col plugin new NAME DIR`: a working plugin with a test."""

import argparse
import re
from pathlib import Path
from string import Template

from col_core.base.config import FILE
from col_core.cli import plugin_files
from col_core.cli.frame import DONE, Subcommands, WrongUse
from col_core.hooks.registry import available, is_taken


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("plugin", help="make a new plugin")
    parser.add_argument("action", choices=["new"])
    parser.add_argument("name", metavar="NAME")
    parser.add_argument(
        "folder", metavar="DIR", type=Path, help="a new folder; CITY/plugins/NAME makes a plugin of that city alone"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the plugin. Raises WrongUse where it would overwrite something, or the name cannot be one."""
    name, folder = arguments.name, arguments.folder
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", name):
        raise WrongUse(f"{name!r} cannot name a plugin: use small letters, digits and _, beginning with a letter.")
    if folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder]):
        raise WrongUse(f"{folder} is there already and not empty: choose another folder.")
    of_city = _is_of_city(folder)
    if is_taken(name) if of_city else name in available(None):
        what = "a module of Python" if of_city else "an installed plugin"
        raise WrongUse(f"{name!r} is the name of {what} already: choose another name.")
    if of_city and folder.name != name:
        raise WrongUse(
            f"{folder}: a city's plugin lies in a folder of its own name: write {folder.parent / name}, "
            f"or call it {folder.name!r}."
        )
    words = {
        "name": name,
        "dashed": name.replace("_", "-"),
        "Name": name.title().replace("_", ""),
        "module": name if of_city else f"col_plugin_{name}",
    }
    for path, text in (plugin_files.IN_CITY if of_city else plugin_files.PACKAGE).items():
        file = folder / Template(path).substitute(words)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(Template(text).substitute(words), encoding="utf-8")
    if of_city:
        print(f"{folder} holds a plugin that works. Next: pytest {folder}, then name it in {FILE}:")
        print(f'  [plugins] enabled = [… , "{name}"]')
    else:
        print(f"{folder} holds a plugin that works. Next: pip install -e {folder} && pytest {folder}")
    return DONE


def _is_of_city(folder: Path) -> bool:
    whole = folder.resolve()
    return whole.parent.name == "plugins" and (whole.parent.parent / FILE).is_file()
