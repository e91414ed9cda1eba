"""Where in a TOML file each key stands, so that an error can name the line. `tomllib` does not tell."""

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*(\[\[|\[)\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=(.*)$")
_INLINE_KEY = re.compile(rf"[{{,]\s*({_DOTTED})\s*=")


class Lines:
    """The line of each key of one TOML text that `tomllib` could read."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {(): 1}
        for path, line in _keys(text):
            for length in range(1, len(path) + 1):
                self._lines.setdefault(path[:length], line)

    def of(self, path: Path) -> int:
        """Return the line (from 1) of `path`, or of the nearest table that holds it."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]


def _keys(text: str) -> Iterator[tuple[Path, int]]:
    table: Path = ()
    arrays: dict[Path, int] = {}
    open_value = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if open_value:
            open_value += "\n" + line
            if _is_closed(open_value):
                open_value = ""
            continue
        if header := _HEADER.match(line):
            name = _with_indexes(_parts(header[2]), arrays)
            if header[1] == "[[":
                arrays[name] = arrays.get(name, -1) + 1
                name = (*name, arrays[name])
            table = name
            yield table, number
        elif key := _KEY.match(line):
            path = (*table, *_parts(key[1]))
            yield path, number
            for inline in _INLINE_KEY.finditer(key[2]):
                yield (*path, *_parts(inline[1])), number
            if not _is_closed(key[2]):
                open_value = key[2]


def _parts(dotted: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in re.findall(_PART, dotted))


def _with_indexes(name: Path, arrays: dict[Path, int]) -> Path:
    """`[sources.options]` after `[[sources]]` belongs to the last source."""
    result: Path = ()
    for position, part in enumerate(name):
        result = (*result, part)
        if position < len(name) - 1 and result in arrays:
            result = (*result, arrays[result])
    return result


def _is_closed(value: str) -> bool:
    """Whether a value that began on this line also ends on it (no open bracket or multi-line string)."""
    without_long = re.sub(r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'', "", value, flags=re.DOTALL)
    if '"""' in without_long or "'''" in without_long:
        return False
    bare = re.sub(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', "", without_long)
    return bare.count("[") + bare.count("{") <= bare.count("]") + bare.count("}")
