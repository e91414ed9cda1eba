"""Which column of a file is which of ours."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from col_core.plugin import FetchError
from col_plugin_csv.tables import Row

# fmt: off
_PLAIN = frozenset((
    "external_id", "type", "categories", "skills", "start", "end", "timezone", "rrule", "exdates", "venue", "address",
    "district", "lat", "lon", "online_url", "age_min", "age_max", "price", "net_price", "currency", "languages",
    "accessibility", "signals", "capacity", "registration_url", "registration_deadline", "organiser", "hosts",
    "image_url", "image_alt", "image_credit", "image_licence", "safeguarding_name", "safeguarding_email",
    "safeguarding_phone", "url", "status",
))
# fmt: on
_TEXTS = ("title", "summary", "description", "outcome", "bring")
_TEXT_COLUMN = re.compile(rf"({'|'.join(_TEXTS)})(?:_([a-z]{{2,3}}(?:-[a-z0-9]{{2,8}})*))?", re.IGNORECASE)
_HEADER_WITHIN = 20


@dataclass(frozen=True, kw_only=True)
class Header:
    """Where each of our columns stands. `row` is the number of the header's row, `missing` what it lacks."""

    row: int
    width: int
    positions: Mapping[str, int]
    missing: Mapping[str, str]


def is_column(name: str) -> bool:
    """Return whether `name` is a column of ours, such as `start` or `title_sl`."""
    return name in _PLAIN or _TEXT_COLUMN.fullmatch(name) is not None


def is_text(name: str) -> tuple[str, str | None] | None:
    """Return the field and the language of a column of texts (`title_sl`: title, sl), else None."""
    match = _TEXT_COLUMN.fullmatch(name)
    return None if match is None else (match[1].lower(), match[2])


def names(mapping: Mapping[str, str]) -> frozenset[str]:
    """Return every name that a header may hold, in small letters."""
    titles = {f"title_{tag}" for tag in ("sl", "lt", "en")}
    return frozenset({*_PLAIN, *_TEXTS, *titles, *(each.strip().casefold() for each in mapping.values())})


def find(rows: Sequence[Row], mapping: Mapping[str, str]) -> Header:
    """Return the header among the first rows: the one that names the most of our columns, a title among them.

    Raises FetchError where no row names a title, or a mapped `external_id` is not there: every row would become
    another opportunity.
    """
    candidates = [_header(row, mapping) for row in rows[:_HEADER_WITHIN]]
    titled = [each for each in candidates if any(name.startswith("title") for name in each.positions)]
    if not titled:
        seen = ", ".join(cell for row in rows[:1] for cell in row.cells if cell)[:300]
        raise FetchError(f"No column holds the title. The first row is: {seen or 'empty'}.")
    best = max(titled, key=lambda each: (len(each.positions), -each.row))
    if "external_id" in best.missing:
        raise FetchError(f"There is no column {best.missing['external_id']!r}, which `columns` calls external_id.")
    return best


def _header(row: Row, mapping: Mapping[str, str]) -> Header:
    at = {cell.casefold(): position for position, cell in reversed(list(enumerate(row.cells)))}
    positions = {
        cell.lower().replace(" ", "_"): position
        for cell, position in at.items()
        if is_column(cell.lower().replace(" ", "_"))
    }
    missing = {}
    for ours, theirs in mapping.items():
        position = at.get(theirs.strip().casefold())
        if position is None:
            missing[ours] = theirs
        else:
            positions[ours] = position
    in_order = dict(sorted(positions.items(), key=lambda each: each[1]))
    return Header(row=row.number, width=len(row.cells), positions=in_order, missing=missing)
