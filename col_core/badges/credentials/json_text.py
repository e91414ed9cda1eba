"""Reading and writing the JSON of credentials, so that everybody who reads the same bytes reads the same content.

RFC 8259 leaves open what a name that stands twice means, and how large numbers may be; RFC 7493 (I-JSON) forbids both.
Control characters are refused because libraries of canonical forms disagree on how to write them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from col_core.badges.credentials.errors import Unreadable

# A picture within a badge may take most of it.
MAX_BYTES = 2_000_000
# The largest whole number that every reader of JSON keeps exactly.
MAX_NUMBER = 2**53 - 1
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """How much JSON is taken: bytes, values, and how deep they are nested."""

    bytes: int
    values: int
    depth: int


BADGE = Bounds(bytes=MAX_BYTES, values=10_000, depth=40)
# Every badge that an issuer took back stands in one list, flat: two or three values for each.
REVOCATIONS = Bounds(bytes=20_000_000, values=1_000_000, depth=10)


def parsed(text: bytes | str, bounds: Bounds = BADGE) -> dict[str, Any]:
    """Return the JSON object that `text` holds.

    Raises Unreadable (`json`, `size`) for what is no object, ambiguous, or larger than we take.
    """
    if len(text) > bounds.bytes:
        raise Unreadable("size", f"more than {bounds.bytes} bytes")
    try:
        written = text if isinstance(text, str) else text.decode()
        value = json.loads(written, object_pairs_hook=_object, parse_constant=_constant)
    except RecursionError:
        raise Unreadable("size", "nested too deeply") from None
    except ValueError as error:
        raise Unreadable("json", f"no JSON: {error}") from None
    if not isinstance(value, dict):
        raise Unreadable("json", "no JSON object")
    examine(value, bounds)
    return value


def written(document: Mapping[str, Any]) -> bytes:
    """Return `document` as JSON in UTF-8, without blanks, its names in the order in which they stand."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def examine(document: Any, bounds: Bounds = BADGE) -> None:
    """Raise Unreadable for what no reader should meet in a credential: control characters, vast numbers, depth."""
    level: list[Any] = [document]
    seen = 0
    for _ in range(bounds.depth):
        below: list[Any] = []
        for each in level:
            if isinstance(each, Mapping):
                for name in each:
                    if not isinstance(name, str) or _CONTROL.search(name):
                        raise Unreadable("characters", "a name with control characters")
                below.extend(each.values())
            elif isinstance(each, list | tuple):
                below.extend(each)
            else:
                _examine_value(each)
        seen += len(below)
        if seen > bounds.values:
            raise Unreadable("size", f"more than {bounds.values} values")
        if not below:
            return
        level = below
    raise Unreadable("size", "nested too deeply")


def has_controls(text: str) -> bool:
    """Return whether `text` holds control characters, but for tabs and ends of lines, or half of a surrogate pair."""
    return _CONTROL.search(text) is not None


def _examine_value(value: Any) -> None:
    if isinstance(value, str):
        if has_controls(value):
            raise Unreadable("characters", "text with control characters")
    elif isinstance(value, int | float):
        if abs(value) > MAX_NUMBER:
            raise Unreadable("json", "a number larger than every reader keeps")
    elif value is not None:
        raise Unreadable("json", f"{type(value).__name__} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return made


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")
