"""Which column of a file is which of ours."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from col_core.plugin import FetchError
from col_plugin_csv.tables import HEADER_WITHIN, Row

# fmt: off
_PLAIN = frozenset((
    "external_id", "type", "categories", "skills", "badges", "start", "end", "timezone", "rrule", "exdates", "venue",
    "address", "district", "lat", "lon", "online_url", "age", "age_min", "age_max", "price", "net_price", "currency",
    "languages", "accessibility", "signals", "capacity", "registration_url", "registration_deadline", "organiser",
    "hosts", "image_url", "image_alt", "image_credit", "image_licence", "safeguarding_name",
    "safeguarding_email", "safeguarding_phone", "url", "status",
))
# fmt: on
_TEXTS = ("title", "summary", "description", "outcome", "bring", "travel")
# What may be mapped, as it is told to who mapped something else.
OURS = (*(f"{each}_<lang>" for each in _TEXTS), *sorted(_PLAIN))
_TEXT_COLUMN = re.compile(rf"({'|'.join(_TEXTS)})(?:_([a-z]{{2,3}}(?:-[a-z0-9]{{2,8}})*))?", re.IGNORECASE)
# What is joined by a space where a file cuts it into several columns; the rest is joined by a comma.
_MOMENTS = ("start", "end", "registration_deadline")

Mapped = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Header:
    """Where each of our columns stands, in one cell or several. `row` is the number of the header's last row, `theirs`
    what the file calls its columns, `missing` what it lacks.
    """

    row: int
    theirs: Sequence[str]
    positions: Mapping[str, Sequence[int]]
    missing: Mapping[str, str]

    def cells(self, row: Sequence[str]) -> dict[str, str]:
        """Return what `row` says, by our names."""
        found = {}
        for name, positions in self.positions.items():
            texts = [row[each] for each in positions if each < len(row) and row[each]]
            if texts:
                found[name] = (" " if name in _MOMENTS else ", ").join(texts)
        return found


def is_column(name: str) -> bool:
    """Return whether `name` is a column of ours, such as `start` or `title_sl`."""
    return name in _PLAIN or _TEXT_COLUMN.fullmatch(name) is not None


def is_text(name: str) -> tuple[str, str | None] | None:
    """Return the field and the language of a column of texts (`title_sl`: title, sl), else None."""
    match = _TEXT_COLUMN.fullmatch(name)
    return None if match is None else (match[1].lower(), match[2])


def names(mapping: Mapped) -> frozenset[str]:
    """Return every name that a header may hold, in small letters."""
    titles = {f"title_{tag}" for tag in ("sl", "lt", "en")}
    return frozenset({*_PLAIN, *_TEXTS, *titles, *(_plain(each) for theirs in mapping.values() for each in theirs)})


def find(rows: Sequence[Row], mapping: Mapped) -> Header:
    """Return the header among the first rows: the one that names the most of our columns, a title among them.

    A header of two rows, whose upper cells are merged over the lower ones, is read as one. Raises FetchError where no
    row names a title, or a mapped `external_id` is not there: every row would become another opportunity.
    """
    if not rows:
        raise FetchError("It is empty.")
    first = rows[:HEADER_WITHIN]
    candidates = [_header(row.number, row.cells, mapping) for row in first]
    candidates += [_header(lower.number, _merged(upper, lower), mapping) for upper, lower in pairwise(first)]
    titled = [each for each in candidates if any(name.startswith("title") for name in each.positions)]
    if not titled:
        raise FetchError(
            f"No column holds the title. The first row is: {_listed(rows[0].cells)}. "
            'Call it "title" in the file, or title_<lang> (title_en) for one language; of a source, [sources.columns] '
            'can say which column it is: title = "…".'
        )
    # Of two that name as many, the one of a single row stands first.
    best = max(titled, key=lambda each: len(each.positions))
    if "external_id" in best.missing:
        raise FetchError(
            f"There is no column {best.missing['external_id']!r}, which [sources.columns] calls external_id. "
            f"The header is: {_listed(best.theirs)}."
        )
    return best


def _listed(cells: Sequence[str]) -> str:
    return ", ".join(cell for cell in cells if cell)[:300]


def _merged(upper: Row, lower: Row) -> list[str]:
    return [below or above for above, below in zip_longest(upper.cells, lower.cells, fillvalue="")]


def _header(number: int, cells: Sequence[str], mapping: Mapped) -> Header:
    at = {_plain(cell): position for position, cell in reversed(list(enumerate(cells))) if cell}
    positions: dict[str, Sequence[int]] = {
        cell.replace(" ", "_"): (position,) for cell, position in at.items() if is_column(cell.replace(" ", "_"))
    }
    missing = {}
    for ours, theirs in mapping.items():
        lacking = next((each for each in theirs if _plain(each) not in at), None)
        if lacking is not None:
            missing[ours] = lacking
        if found := [at[_plain(each)] for each in theirs if _plain(each) in at]:
            positions[ours] = found
    in_order = dict(sorted(positions.items(), key=lambda each: each[1][0]))
    return Header(row=number, theirs=cells, positions=in_order, missing=missing)


def _plain(name: str) -> str:
    """Return a name of a column without what people add to it: line breaks, a colon, an asterisk."""
    return " ".join(name.split()).rstrip(" :*").casefold()
