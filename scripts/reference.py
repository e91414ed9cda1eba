"""Write docs/reference/ from the code: settings, hooks, what plugins import, commands. A test fails where the files are older than the code.

python scripts/reference.py
"""

import argparse
import dataclasses
import inspect
import re
from collections.abc import Iterator
from enum import EnumType, StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

from marshmallow import Schema, fields, missing

from col_core import plugin
from col_core.base.settings_schema import CityFileSchema
from col_core.cli.main import parser
from col_core.house import SPECIFICATIONS

FOLDER = Path(__file__).parent.parent / "docs" / "reference"
# The folder that a type lies in; plugins import its name alone.
_MODULE = re.compile(r"\b(?:[a-z_]+\.)+(?=[A-Z])")
# A type that is named before it is there.
_FORWARD = re.compile(r"'([A-Z]\w+)'")
_MADE = "<!-- Made from the code by scripts/reference.py; change it there. -->\n\n"


def pages() -> dict[str, str]:
    """Return each page of the reference by file name."""
    return {"settings.md": settings(), "hooks.md": hooks(), "plugin.md": plugin_names(), "commands.md": commands()}


def settings() -> str:
    """Return every setting of city.toml with its purpose, what it may be, and its default."""
    lines = [
        _MADE + "# Settings of city.toml\n",
        "A wrong or unknown key stops the start with the file, the line and the key. Any text may hold `${NAME}`, which",
        "comes from the environment; `${NAME:-default}` says what stands there when it is not set. Secrets belong there.",
        "`COL_DATABASE_URL`, `COL_JOBS_URL`, `COL_FILES_URL`, `COL_BASE_URL`, `COL_SECRET_KEY`, `COL_METRICS_TOKEN`,",
        "`COL_PROXIES`, `COL_NETWORK_ANCHOR`, and `COL_HTTP_ALLOW_HOSTS` and `COL_FEDERATION_PEERS` (separated by commas)",
        "override what the file says; `COL_VAR` moves the state folder.\n",
    ]
    for name, field in CityFileSchema().fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        assert isinstance(inner, fields.Nested)
        schema = inner.schema if isinstance(inner.schema, Schema) else inner.schema()
        title = f"[[{name}]]" if isinstance(field, fields.List) else f"[{name}]"
        lines += [f"## `{title}`\n", f"{field.metadata['help']}\n"]
        lines += ["| key | for | expected | if left out |", "|---|---|---|---|"]
        lines += [_row(key, each) for key, each in schema.fields.items()]
        lines.append("")
    return "\n".join(lines)


def _row(key: str, field: fields.Field) -> str:
    default = field.load_default() if callable(field.load_default) else field.load_default
    left_out = "**required**" if field.required else "–" if default is missing else f"`{default!r}`"
    said = field.metadata["expected"].replace("|", "\\|")
    return f"| `{key}` | {field.metadata['help']} | {said} | {left_out} |"


def hooks() -> str:
    """Return every hook with its signature and docstring."""
    lines = [
        _MADE + "# Hooks\n",
        "A plugin implements what it needs: `from col_core.plugin import hookimpl`. Hooks are called when a city starts",
        "unless said otherwise, each plugin alone; they are plain functions, and slow work belongs in a job.",
        "What is in the types: [plugin.md](plugin.md).\n",
    ]
    for module in SPECIFICATIONS:
        for name, function in specified(module):
            lines += [f"## `{name}{_signature(function)}`\n", inspect.getdoc(function) or "", ""]
    return "\n".join(lines)


def specified(module: object) -> Iterator[tuple[str, object]]:
    """Return the hooks that `module` declares, in the order of the file."""
    found = [(name, each) for name, each in vars(module).items() if hasattr(each, "col_spec")]
    return iter(sorted(found, key=lambda pair: inspect.getsourcelines(pair[1])[1]))


def plugin_names() -> str:
    """Return what `col_core.plugin` holds: records with their fields, words, protocols, errors, functions."""
    lines = [
        _MADE + "# What plugins import\n",
        "All of it comes from `col_core.plugin`. A field that names a default may be left out. Records are made with",
        'the names of their fields, and never change: `Place(name="Library", lat_deg=46.05, lon_deg=14.51)`.\n',
    ]
    for name in plugin.__all__:
        one = getattr(plugin, name)
        if inspect.isclass(one):
            lines += [f"## `{name}`\n", *_of_class(one), ""]
        elif inspect.isfunction(one):
            lines += [f"## `{name}{_signature(one)}`\n", inspect.getdoc(one) or "", ""]
        elif inspect.ismodule(one):
            lines += [f"## `{name}`\n", f"A module. {inspect.getdoc(one) or ''}\n", *_of_module(one), ""]
    return "\n".join(lines)


def _of_module(one: ModuleType) -> Iterator[str]:
    for name, function in inspect.getmembers(one, inspect.isfunction):
        if function.__module__ == one.__name__ and not name.startswith("_"):
            summary = (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")
            yield f"- `{one.__name__.rpartition('.')[2]}.{name}{_signature(function)}`: {summary}"


def _of_class(one: type) -> Iterator[str]:
    said = one.__dict__.get("__doc__") or ""
    # What dataclasses and enums write where there is no docstring.
    if said and not said.startswith(f"{one.__name__}(") and said != StrEnum.__doc__:
        yield f"{inspect.cleandoc(said)}\n"
    if isinstance(one, EnumType):
        yield "\n".join(f"- `{one.__name__}.{each.name}`: `{each.value}`" for each in one)
    elif dataclasses.is_dataclass(one):
        yield "\n".join(f"- `{each.name}: {_typed(each.type)}{_default(each)}`" for each in dataclasses.fields(one))
    elif issubclass(one, Exception):
        yield f"An error; a kind of `{one.__mro__[1].__name__}`."
    if not isinstance(one, EnumType) and not issubclass(one, Exception):
        for name, function in vars(one).items():
            if inspect.isfunction(function) and not name.startswith("_"):
                summary = (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")
                yield f"- `{name}{_signature(function)}`{': ' + summary if summary else ''}"


def _default(field: "dataclasses.Field[Any]") -> str:
    if field.default_factory is not dataclasses.MISSING:
        return f" = {field.default_factory()!r}"
    if field.default is dataclasses.MISSING:
        return ""
    if dataclasses.is_dataclass(field.default):
        return f" = {type(field.default).__name__}()"
    enum = type(field.default).__name__
    return f" = {enum}.{field.default.name}" if isinstance(field.default, StrEnum) else f" = {field.default!r}"


def _typed(annotation: object) -> str:
    written = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return _FORWARD.sub(r"\1", _MODULE.sub("", written))


def _signature(function: object) -> str:
    return _MODULE.sub("", str(inspect.signature(function)))  # type: ignore[arg-type]  # it is a function


def commands() -> str:
    """Return every command with its arguments, as `--help` says them."""
    root = parser()
    nouns = next(each for each in root._actions if isinstance(each, argparse._SubParsersAction))
    lines = [_MADE + "# Commands\n", "`col --city DIR COMMAND …`; `COL_CITY` stands in for `--city`.\n"]
    for choice in nouns._choices_actions:
        command = nouns.choices[choice.dest]
        lines += [f"## `col {choice.dest}`\n", f"{_sentence(choice.help)}\n", *_of_command(command)]
    return "\n".join(lines)


def _of_command(command: argparse.ArgumentParser) -> Iterator[str]:
    within = [each for each in command._actions if isinstance(each, argparse._SubParsersAction)]
    for actions in within:
        for choice in actions._choices_actions:
            yield from [f"### `{command.prog} {choice.dest}`\n", f"{_sentence(choice.help)}\n"]
            yield from _of_command(actions.choices[choice.dest])
    if within:
        return
    yield from ["```", command.format_usage().strip().removeprefix("usage: "), "```", ""]
    for action in command._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        name = ", ".join(action.option_strings) or action.metavar or action.dest
        choices = f": {', '.join(map(str, action.choices))}" if action.choices else ""
        yield f"- `{name}`{choices}{' – ' + action.help if action.help else ''}"
    yield ""


def _sentence(text: str | None) -> str:
    return f"{(text or '')[:1].upper()}{(text or '')[1:]}."


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, text in pages().items():
        (FOLDER / file).write_text(text.rstrip() + "\n", encoding="utf-8")
