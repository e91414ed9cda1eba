"""Rows as lines of JSON, the same for both engines: what one wrote, the other can read.

A line is an array with one value a column. A column has a kind, found from its type: `bytes` are base64, instants
ISO 8601 in UTC.
"""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson
from sqlalchemy import JSON, Boolean, Date, DateTime, Float, Integer, LargeBinary, Numeric, String, Table
from sqlalchemy.types import TypeEngine

from col_core.base.errors import ColError, InvalidInput

Coder = Callable[[Any], Any]

# The order decides: Float is a Numeric.
_KINDS: Sequence[tuple[type[TypeEngine[Any]], str]] = (
    (Boolean, "bool"),
    (Integer, "int"),
    (Float, "float"),
    (Numeric, "decimal"),
    (LargeBinary, "bytes"),
    (DateTime, "instant"),
    (Date, "date"),
    (JSON, "json"),
    (String, "text"),
)


def columns_of(table: Table) -> list[tuple[str, str]]:
    """Return name and kind of each column of a reflected table. Raises ColError for a type that no kind fits."""
    return [(str(column.name), _kind(table.name, column.name, column.type)) for column in table.columns]


def encoder(columns: Sequence[tuple[str, str]]) -> Callable[[Sequence[Any]], bytes]:
    """Return what turns a row, as SQLAlchemy gives it, into its line."""
    coders = [_ENCODERS[kind] for _, kind in columns]

    def encode(row: Sequence[Any]) -> bytes:
        values = [None if each is None else coder(each) for coder, each in zip(coders, row, strict=True)]
        return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)

    return encode


def decoder(table: Table, columns: Sequence[tuple[str, str]]) -> Callable[[bytes], Mapping[str, Any]]:
    """Return what turns a line into the values to insert into `table`.

    Raises ColError where `columns` do not fit the table; the decoder raises InvalidInput for a line that does not.
    """
    here = dict(columns_of(table))
    wrong = [name for name, kind in columns if here.get(name) != kind]
    if wrong:
        raise ColError(f"Table {table.name!r} has another form here: {', '.join(wrong)}.")
    naive = {column.name for column in table.columns if isinstance(column.type, DateTime) and not column.type.timezone}
    names = [name for name, _ in columns]
    coders = [_naive_instant if name in naive else _DECODERS[kind] for name, kind in columns]

    def decode(line: bytes) -> Mapping[str, Any]:
        try:
            values = orjson.loads(line)
            if not isinstance(values, list) or len(values) != len(names):
                raise ValueError(f"not {len(names)} values")
            found = [None if each is None else coder(each) for coder, each in zip(coders, values, strict=True)]
        except (ValueError, TypeError, InvalidOperation, binascii.Error) as error:
            raise InvalidInput(f"Table {table.name!r} holds a row that cannot be read ({error}).") from error
        return dict(zip(names, found, strict=True))

    return decode


def _kind(table: str, column: str, type_: TypeEngine[Any]) -> str:
    for known, kind in _KINDS:
        if isinstance(type_, known):
            return kind
    raise ColError(f"Column {table}.{column} has the type {type_!r}, which a backup cannot carry.")


def _plain(value: Any) -> Any:
    return value


def _instant_text(value: datetime) -> str:
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return aware.isoformat()


def _a(wanted: type | tuple[type, ...]) -> Coder:
    def checked(value: Any) -> Any:
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise TypeError(f"found {type(value).__name__}")
        return value

    return checked


def _text_of(read: Callable[[str], Any]) -> Coder:
    def coder(value: Any) -> Any:
        if not isinstance(value, str):
            raise TypeError(f"found {type(value).__name__}")
        return read(value)

    return coder


def _aware(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("an instant without a zone")
    return found.astimezone(UTC)


_naive_instant = _text_of(lambda text: _aware(text).replace(tzinfo=None))

_ENCODERS: Mapping[str, Coder] = {
    "bool": bool,
    "int": _plain,
    "float": _plain,
    "decimal": str,
    "bytes": lambda value: base64.b64encode(value).decode("ascii"),
    "instant": _instant_text,
    "date": date.isoformat,
    "json": _plain,
    "text": _plain,
}
_DECODERS: Mapping[str, Coder] = {
    "bool": _a(bool),
    "int": _a(int),
    "float": _a((int, float)),
    "decimal": _text_of(Decimal),
    "bytes": _text_of(lambda text: base64.b64decode(text, validate=True)),
    "instant": _text_of(_aware),
    "date": _text_of(date.fromisoformat),
    "json": _plain,
    "text": _a(str),
}
