"""The lines of a calendar file: escaped, folded, ended as the standard has it. Source: RFC 5545, section 3.1."""

from collections.abc import Iterable, Iterator

from col_core.base.html import visible

_LONGEST = 75


def text(said: str) -> str:
    """Return `said` as a TEXT value; what no reader can see is left out."""
    plain = visible(said)
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def parameter(said: str) -> str:
    """Return `said` as a quoted parameter. A quote in it cannot be said there and becomes an apostrophe."""
    return '"' + " ".join(visible(said).replace('"', "'").split()) + '"'


def folded(lines: Iterable[str]) -> bytes:
    """Return the lines with CRLF, none longer than 75 octets, no letter cut in two."""
    return b"".join(part.encode() + b"\r\n" for line in lines for part in _parts(line))


def _parts(line: str) -> Iterator[str]:
    if len(line) <= _LONGEST // 4:
        yield line
        return
    part, used = "", 0
    for letter in line:
        octets = len(letter.encode())
        if used + octets > _LONGEST:
            yield part
            # The space that says "goes on" counts.
            part, used = " ", 1
        part += letter
        used += octets
    yield part
