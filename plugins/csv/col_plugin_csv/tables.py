"""Rows of text from a file: what separates the cells is found out, and a broken row costs only itself."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from col_core.plugin import FetchError, decoded

MAX_ROWS = 100_000
MAX_COLUMNS = 300
HEADER_WITHIN = 20
_SEPARATORS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 60
# After so many quotes without an end the rest of a file is not tried again row by row.
_UNCLOSED = 20
# Who writes tables for spreadsheets puts an apostrophe before what these would take for a formula.
_QUOTED = re.compile(r"'(?=[=+\-@])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """The cells of one row, trimmed; `number` counts rows of the sheet or lines of the file, from 1."""

    number: int
    cells: tuple[str, ...]
    fault: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """How a file is written, as far as the settings say it."""

    encoding: str | None
    separator: str | None
    sheet: str | None


def read(
    body: bytes, *, layout: Layout, charset: str | None, languages: Sequence[str], known: frozenset[str]
) -> list[Row]:
    """Return the rows that hold something, the header among them.

    `known` are names of columns in small letters, which tell the sheet of a workbook. Raises FetchError for a file
    that is no table.
    """
    if body.startswith(b"PK\x03\x04"):
        from col_plugin_csv import workbook  # a city without workbooks starts without what reads them

        return _from_sheets(workbook.sheets(body, layout.sheet), known)
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        raise FetchError("This is an old Excel file (.xls): save it as .xlsx or .csv.")
    text = decoded(body, declared=layout.encoding or charset, languages=languages).text
    if text.lstrip()[:15].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise FetchError("This is a web page and not a table.")
    first, _, rest = text.partition("\n")
    offset = 0
    separator = layout.separator
    # Excel's own way to say the separator.
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        separator, text, offset = first.strip()[4], rest, 1
    separator = separator or _separator_of(text, known)
    rows = (
        Row(number=number + offset, cells=_trimmed(cells), fault=fault)
        for number, cells, fault in _parsed(text, separator)
    )
    return _bounded(rows)


def _parsed(text: str, separator: str) -> Iterator[tuple[int, Sequence[str], str | None]]:
    """Give number, cells and fault of each row. A quote that is never closed costs the row in which it is opened."""
    lines = io.StringIO(text, newline="").readlines()
    begin = 0
    for attempt in range(_UNCLOSED + 1):
        unclosed = None
        for number, cells, fault in _rows(lines, begin, separator):
            if cells is None:
                unclosed = number
            else:
                yield number, cells, fault
        if unclosed is None:
            return
        rest = "" if attempt < _UNCLOSED else "; nor can the rows below it be read"
        yield unclosed, (), f"a quote is opened in it and never closed{rest}"
        begin = unclosed


def _rows(lines: Sequence[str], begin: int, separator: str) -> Iterator[tuple[int, Sequence[str] | None, str | None]]:
    """Give the rows from line `begin` (counted from 0); no cells for a last one that is still open at the end."""
    is_over = False

    def following() -> Iterator[str]:
        nonlocal is_over
        yield from islice(lines, begin, None)
        is_over = True

    reader = csv.reader(following(), delimiter=separator)
    while True:
        number = begin + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, (), f"it cannot be read as CSV: {error}"
        else:
            # Only within a quote does the reader ask for a further line before it gives a row.
            yield number, None if is_over else cells, None


def _separator_of(text: str, known: frozenset[str]) -> str:
    """Return what cuts out the most names of our columns near the top; then what cuts most rows into as many cells."""

    def fitness(separator: str) -> tuple[int, int, int]:
        sample = [cells for _, cells, _ in islice(_parsed(text[:200_000], separator), _SAMPLE_ROWS) if any(cells)]
        named = max(
            (len(known & {each.strip().casefold() for each in row}) for row in sample[:HEADER_WITHIN]), default=0
        )
        widths = Counter(len(cells) for cells in sample)
        width, rows = max(widths.items(), key=lambda each: (each[1] * (each[0] > 1), each[0]), default=(0, 0))
        return named, rows * (width > 1), width

    return max(_SEPARATORS, key=fitness)


def _from_sheets(sheets: Iterator[Iterator[tuple[str, ...]]], known: frozenset[str]) -> list[Row]:
    """Return the rows of the sheet whose beginning names the most of our columns."""
    best: list[Row] = []
    best_score = -1
    for sheet in sheets:
        rows = _bounded(Row(number=number, cells=_trimmed(cells)) for number, cells in enumerate(sheet, start=1))
        score = max((len(known & {cell.casefold() for cell in row.cells}) for row in rows[:20]), default=0)
        if score > best_score:
            best, best_score = rows, score
    return best


def _bounded(rows: Iterator[Row]) -> list[Row]:
    kept = [row for row in islice(rows, 10 * MAX_ROWS) if row.fault or any(row.cells)]
    if len(kept) > MAX_ROWS:
        raise FetchError(f"The table has more than {MAX_ROWS} rows.")
    return kept


def _unquoted(cell: str) -> str:
    return cell[1:] if _QUOTED.match(cell) else cell


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    texts = [_unquoted(cell.strip().strip("\ufeff\0")) for cell in cells[:MAX_COLUMNS]]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)
