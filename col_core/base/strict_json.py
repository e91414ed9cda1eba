"""Reading JSON from strangers: what is doubtful is refused with its reason, and nothing makes the reader fall over.

JSON is read as I-JSON (RFC 7493): UTF-8, no key twice, no lone surrogates, numbers that others can hold too.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, Never

from col_core.base.errors import Malformed

MAX_DEPTH = 32
MAX_BYTES = 1_000_000
LARGEST_INTEGER = 2**63 - 1

_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_NO_STRUCTURE = bytes(set(range(256)) - set(b'"[]{}'))
_QUOTE, _OPENING = ord('"'), frozenset(b"[{")
_SURROGATE = re.compile("[\ud800-\udfff]")


def loads(
    body: bytes, *, max_depth: int = MAX_DEPTH, max_bytes: int = MAX_BYTES, refuse_unusable_text: bool = True
) -> Any:
    """Return what `body` says. Who says `refuse_unusable_text=False` looks with `fault_in` where it matters.

    Raises Malformed, with the reason in words, where it is too long or too deep, is not UTF-8 or not JSON, or holds
    a key twice, NaN or Infinity, a NUL, a lone surrogate, or a number beyond 64 bits.
    """
    if len(body) > max_bytes:
        raise Malformed(f"The JSON is longer than {max_bytes} bytes.")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(f"The JSON is not UTF-8 (at byte {error.start}).") from error
    if _depth_exceeds(body, max_depth):
        raise Malformed(f"The JSON is nested deeper than {max_depth} levels.")
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
        )
    except json.JSONDecodeError as error:
        raise Malformed(f"This is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from error
    if refuse_unusable_text and "\\u" in text and (fault := fault_in(value)) is not None:
        raise Malformed(f"A text holds {fault}.")
    return value


def fault_in(value: Any) -> str | None:
    """Return why a text or a key in `value`, as `loads` gives it, cannot be kept, or None."""
    return next((fault for text in _texts(value) if (fault := text_fault(text)) is not None), None)


def text_fault(text: str) -> str | None:
    """Return why `text` cannot be kept (a NUL, a lone surrogate), or None."""
    if "\x00" in text:
        return "a NUL character"
    if _SURROGATE.search(text):
        return "half of a surrogate pair"
    return None


def _depth_exceeds(body: bytes, limit: int) -> bool:
    said = _ESCAPED.sub(b"", body) if b"\\" in body else body
    depth, is_text = 0, False
    # Without two quotes that stand side by side then, what was in a text still is, and what was outside is outside.
    for each in said.translate(None, _NO_STRUCTURE).replace(b'""', b""):
        if each == _QUOTE:
            is_text = not is_text
        elif is_text:
            continue
        elif each in _OPENING:
            depth += 1
            if depth > limit:
                return True
        else:
            depth -= 1
    return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise Malformed(f"The key {key[:100]!r} stands twice in one object.")
            seen.add(key)
    return result


def _integer(digits: str) -> int:
    # Length first: Python takes quadratic time over long digits, and refuses 4,300 of them with a bare ValueError.
    if len(digits) > 20 or abs(int(digits)) > LARGEST_INTEGER:
        raise Malformed(f"The number {digits[:24]} is larger than 64 bits hold.")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise Malformed(f"The number {digits[:24]} is larger than 64 bits hold.")
    return value


def _constant(name: str) -> Never:
    raise Malformed(f"{name} is not JSON.")


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            yield from each
            waiting += each.values()
