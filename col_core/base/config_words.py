"""How a fault in city.toml is said to the person who wrote it: where, what was found, why it cannot be."""

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from col_core.base.toml_lines import Path

_LONGEST = 60
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
# What the checks say by themselves, and what a person makes of it; nothing where "expected …" says it already.
_PLAINLY = (
    ("string does not match expected pattern", ""),
    ("must be one of", ""),
    ("must be greater", ""),
    ("length must be", ""),
    ("longer than maximum", ""),
    ("shorter than minimum", ""),
    ("not a valid string", "not a text in quotes"),
    ("not a valid list", "not a list in [ ]"),
    ("not a valid integer", "not a whole number"),
    ("not a valid boolean", "not true or false"),
    ("not a valid mapping type", "not a table"),
    ("invalid input type", "not a table"),
    ("special numeric values", "not a number"),
)
_TOML_HINTS = (
    ("Invalid value", 'texts stand in straight quotes ("…"), numbers with a point, yes and no are true and false'),
    ("Illegal character '\\n'", "a quote is missing at the end of the text"),
    ("Cannot overwrite a value", "the key stands twice in this table"),
    ("Cannot mutate immutable namespace", "the key stands twice in this table"),
    ("Cannot declare", "the table stands twice; only [[sources]], in double brackets, may come again and again"),
    ("Expected '=' after a key", 'a line is written as key = "value"'),
    ("Unclosed array", "a ] is missing"),
    ("Unescaped '\\'", r"write \\ for one \ in a text, or put the text between '…'"),
)


def dotted(path: Path) -> str:
    """Return where in the file a key stands: `("sources", 1, "url")` as `[[sources]] (number 2) url`."""
    if not path:
        return "the file"
    head, *rest = path
    words = f"[{head}]"
    if rest and isinstance(number := rest[0], int):
        words = f"[[{head}]] (number {number + 1})"
        rest = rest[1:]
    key = ""
    for part in rest:
        key += f" (number {part + 1})" if isinstance(part, int) else f".{part}" if key else str(part)
    return f"{words} {key}".rstrip()


def shown(value: object) -> str:
    """Return a value much as it stands in the file, cut to a length that can be read."""
    text = repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "…"


def detail(said: str) -> str:
    """Return in brackets why a value cannot be; nothing where it says no more than what is expected."""
    plain = said.rstrip(".")
    # Our own checks are whole already; what begins with a capital letter comes from the library.
    plain = plain[:1].lower() + plain[1:]
    for begins, instead in _PLAINLY:
        if plain.startswith(begins):
            plain = instead
    return f" ({plain})" if plain else ""


def toml_fault(file: object, text: str, error: tomllib.TOMLDecodeError) -> str:
    """Return what is wrong with a text that is no TOML: the file, the line as it stands, and what to do."""
    said = str(error)
    position = _POSITION.search(said)
    lines = text.splitlines()
    number = int(position[1]) if position is not None and position[1] else max(len(lines), 1)
    stands = lines[number - 1].strip() if number <= len(lines) else ""
    reason = said[: position.start()] if position is not None else said
    hint = next((hint for begins, hint in _TOML_HINTS if reason.startswith(begins)), reason[:1].lower() + reason[1:])
    return f"{file}:{number} is not valid TOML: found {shown(stands)}; {hint}."


def at(data: Any, path: Path) -> Any:
    """Return what stands at `path`, None where nothing does."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def flat(messages: Any, path: Path = ()) -> list[tuple[Path, list[str]]]:
    """Return each fault that marshmallow found with its path; `key` and `value` of a table are the path's own end."""
    if isinstance(messages, Mapping):
        return [
            fault
            for key, inner in messages.items()
            for fault in flat(inner, path if key in ("_schema", "key", "value") else (*path, key))
        ]
    return [(path, list(messages) if isinstance(messages, list) else [str(messages)])]
