"""Write docs/reference/ from the code: settings, hooks, commands. A test fails where the files are older than the code.

python scripts/reference.py
"""

import argparse
import inspect
from collections.abc import Iterator
from pathlib import Path

from marshmallow import Schema, fields, missing

from col_core.base.settings_schema import CityFileSchema
from col_core.cli.main import parser
from col_core.house import SPECIFICATIONS

FOLDER = Path(__file__).parent.parent / "docs" / "reference"
_MADE = "<!-- Made from the code by scripts/reference.py; change it there. -->\n\n"


def pages() -> dict[str, str]:
    """Return each page of the reference by file name."""
    return {"settings.md": settings(), "hooks.md": hooks(), "commands.md": commands()}


def settings() -> str:
    """Return every setting of city.toml with its purpose, what it may be, and its default."""
    lines = [
        _MADE + "# Settings of city.toml\n",
        "A wrong or unknown key stops the start with the file, the line and the key. Any text may hold `${NAME}`, which",
        "comes from the environment; `${NAME:-default}` says what stands there when it is not set. Secrets belong there.",
        "`COL_DATABASE_URL`, `COL_JOBS_URL`, `COL_FILES_URL`, `COL_BASE_URL`, `COL_SECRET_KEY`, `COL_METRICS_TOKEN`,",
        "`COL_PROXIES` and `COL_HTTP_ALLOW_HOSTS` (separated by commas) override what the file says; `COL_VAR` moves the state folder.\n",
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
        "unless said otherwise, each plugin alone; they are plain functions, and slow work belongs in a job.\n",
    ]
    for module in SPECIFICATIONS:
        for name, function in specified(module):
            signature = str(inspect.signature(function)).replace("col_core.", "")
            lines += [f"## `{name}{signature}`\n", inspect.getdoc(function) or "", ""]
    return "\n".join(lines)


def specified(module: object) -> Iterator[tuple[str, object]]:
    """Return the hooks that `module` declares, in the order of the file."""
    found = [(name, each) for name, each in vars(module).items() if hasattr(each, "col_spec")]
    return iter(sorted(found, key=lambda pair: inspect.getsourcelines(pair[1])[1]))


def commands() -> str:
    """Return every command with its arguments, as `--help` says them."""
    root = parser()
    nouns = next(each for each in root._actions if isinstance(each, argparse._SubParsersAction))
    lines = [_MADE + "# Commands\n", "`col --city DIR COMMAND …`; `COL_CITY` stands in for `--city`.\n"]
    for choice in nouns._choices_actions:
        command = nouns.choices[choice.dest]
        lines += [f"## `col {choice.dest}`\n", f"{(choice.help or '').capitalize()}.\n", "```"]
        lines += [command.format_usage().strip().removeprefix("usage: "), "```", ""]
        for action in command._actions:
            if isinstance(action, argparse._HelpAction):
                continue
            name = ", ".join(action.option_strings) or action.metavar or action.dest
            choices = f": {', '.join(map(str, action.choices))}" if action.choices else ""
            lines.append(f"- `{name}`{choices}{' – ' + action.help if action.help else ''}")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, text in pages().items():
        (FOLDER / file).write_text(text.rstrip() + "\n", encoding="utf-8")
