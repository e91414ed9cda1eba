"""The values of a workbook (XLSX), unpacked within bounds. Formulas are not run: what Excel last showed is read."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.xml import DEFUSEDXML

from col_core.plugin import FetchError

MAX_UNPACKED_BYTES = 200_000_000
MAX_PARTS = 2_000
MAX_SHEETS = 50
MAX_ROWS = 200_000
MAX_COLUMNS = 300


def sheets(body: bytes, name: str | None) -> Iterator[Iterator[tuple[str, ...]]]:
    """Yield the sheets of a workbook as rows of text, or only the one called `name`.

    Raises FetchError for a file that is no workbook, is too large unpacked, or has no such sheet.
    """
    _check(body)
    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever the damage leads to
        raise FetchError(f"The workbook cannot be read: {error}.") from error
    try:
        if name is not None and name not in book.sheetnames:
            raise FetchError(f"The workbook has no sheet {name!r}; it has: {', '.join(book.sheetnames)[:300]}.")
        for title in [name] if name is not None else book.sheetnames[:MAX_SHEETS]:
            sheet = book[title]
            if isinstance(sheet, ReadOnlyWorksheet):
                yield _rows(sheet)
    finally:
        book.close()


def _rows(sheet: ReadOnlyWorksheet) -> Iterator[tuple[str, ...]]:
    # The size that a sheet states may be a lie: A1:XFD1048576 would make every row 16,384 cells wide.
    sheet.reset_dimensions()
    try:
        for cells in islice(_values(sheet), MAX_ROWS):
            yield tuple(_text(value) for value in cells[:MAX_COLUMNS])
    except Exception as error:  # openpyxl raises whatever the damage leads to
        raise FetchError(f"The workbook cannot be read: {error}.") from error


def _values(sheet: Any) -> Iterator[tuple[object, ...]]:
    # The library's types know `iter_rows` of worksheets that are written, not of those that are only read.
    rows: Iterator[tuple[object, ...]] = sheet.iter_rows(values_only=True)
    return rows


def _check(body: bytes) -> None:
    if not DEFUSEDXML:
        raise FetchError("Workbooks are not read without defusedxml.")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FetchError(f"The workbook cannot be unpacked: {error}.") from error
    # What the directory states is a bound: no more than that is ever unpacked of a part.
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise FetchError(f"The workbook is larger than {MAX_UNPACKED_BYTES // 1_000_000} MB unpacked.")
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise FetchError("The file is packed, but it is no Excel workbook (.xlsx).")


def _text(value: object) -> str:
    """Return what a cell holds as text: dates in ISO 8601, whole numbers without a fraction."""
    if value is None or (isinstance(value, str) and value.startswith("#") and value.isupper()):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        # Excel counts in fractions of a day; what is left over by that is no time that anybody wrote. A day without an
        # hour comes as its midnight.
        moment = _nearest_second(value)
        return moment.date().isoformat() if moment.time() == time() else moment.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    return str(value)


def _nearest_second(moment: datetime) -> datetime:
    try:
        return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
    except OverflowError:
        return moment.replace(microsecond=0)
