"""A table as a source: each row becomes one opportunity."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validate

from col_core.plugin import (
    Access,
    Category,
    City,
    Draft,
    Fetched,
    FetchError,
    OpportunityType,
    PluginSchema,
    RawItem,
    Rejected,
    Signal,
    SourceConfig,
    Status,
    is_encoding,
)
from col_plugin_csv import columns, tables
from col_plugin_csv.rows import Defaults, RowReader

# What a word of a file may stand for, apart from a language.
_VOCABULARY = (OpportunityType, Category, Access, Signal, Status)
_OURS = tuple(dict.fromkeys([*(str(word) for words in _VOCABULARY for word in words), "free"]))
_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")


def _column(name: str) -> None:
    if not columns.is_column(name):
        raise ValidationError(f"{name!r} is not a column of ours; ours are: {', '.join(columns.OURS)}")


def _word(word: str) -> None:
    if word not in _OURS and not _TAG.fullmatch(word):
        raise ValidationError(f"not a language tag, nor one of our words: {', '.join(_OURS)}")


def _encoding(name: str) -> None:
    if not is_encoding(name):
        raise ValidationError("not an encoding that is known")


class Names(fields.Field[list[str]]):
    """The name of a column, or a list of names."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: Any) -> list[str]:  # noqa: ARG002
        names = [value] if isinstance(value, str) else value
        if (
            not isinstance(names, list)
            or not names
            or not all(isinstance(each, str) and each.strip() for each in names)
        ):
            raise ValidationError("Not the name of a column, nor a list of names")
        return names


class SourceOptions(PluginSchema):
    """Options of a `[[sources]]` entry with `plugin = "csv"`."""

    columns = fields.Dict(
        keys=fields.String(validate=_column),
        values=Names(),
        load_default=dict,
        metadata={"description": "Our column, and what it is called in the file; a list where the file cuts it up."},
    )
    words = fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=_word),
        load_default=dict,
        metadata={"description": "Words of the file's cells, and the words of ours that they stand for."},
    )
    encoding = fields.String(
        load_default=None,
        validate=_encoding,
        metadata={"description": 'Encoding of a CSV file, such as "windows-1250"; found out if left out.'},
    )
    separator = fields.String(
        load_default=None,
        validate=validate.OneOf([",", ";", "\t", "|"], error='not one of "," ";" "|" and a tab, "\\t"'),
        metadata={"description": "What stands between the cells of a CSV file; found out if left out."},
    )
    dates = fields.String(
        load_default="day-first",
        validate=validate.OneOf(["day-first", "month-first"]),
        metadata={"description": 'What "3/12/2026" means; American tables write the month first.'},
    )
    sheet = fields.String(
        load_default=None,
        metadata={"description": "Sheet of a workbook; the one with most of our columns if left out."},
    )


class TableSource:
    """The rows of one CSV file or workbook."""

    def __init__(self, city: City, config: SourceConfig) -> None:
        self.id = config.id
        self._city = city
        self._url = config.url
        options = cast(Mapping[str, Any], config.options)
        self._columns: columns.Mapped = options["columns"]
        self._layout = tables.Layout(
            encoding=options["encoding"], separator=options["separator"], sheet=options["sheet"]
        )
        self._languages = tuple(dict.fromkeys([*([config.language] if config.language else []), *city.languages]))
        self._defaults = Defaults(
            timezone=city.timezone,
            language=config.language or city.default_language,
            currency=city.currency,
            month_first=options["dates"] == "month-first",
            words={word.strip().casefold(): ours for word, ours in options["words"].items()},
            zones={name.lower(): name for name in available_timezones() if name not in ("Factory", "localtime")},
        )

    def fetch(self, *, since: datetime | None, cursor: str | None) -> Fetched:  # noqa: ARG002 (protocol)
        """Load the table. Raises FetchError for a file that is none, or in which no column holds the title."""
        if self._url is None:
            raise FetchError(f'Source "{self.id}" needs a url: the address of the table.')
        loaded = self._city.load(self._url, cursor)
        if loaded.unchanged:
            return Fetched(unchanged=True, cursor=loaded.cursor)
        try:
            rows = tables.read(
                loaded.body,
                layout=self._layout,
                charset=loaded.charset,
                languages=self._languages,
                known=columns.names(self._columns),
            )
            header = columns.find(rows, self._columns)
        except FetchError as error:
            raise FetchError(f"{loaded.address}: {error}") from error
        items: dict[str, RawItem] = {}
        errors = [
            Rejected(external_id=None, reason=f"there is no column {theirs!r} for {ours}", where=loaded.address)
            for ours, theirs in header.missing.items()
        ]
        for item in self._items([row for row in rows if row.number > header.row], header, loaded.address):
            if isinstance(item, Rejected):
                errors.append(item)
            elif item.external_id in items:
                reason = f"external_id: it stands in {items[item.external_id].address} already"
                errors.append(Rejected(external_id=item.external_id, reason=reason, where=item.address))
            else:
                items[item.external_id] = item
        return Fetched(items=tuple(items.values()), errors=tuple(errors), cursor=loaded.cursor)

    def normalise(self, raw: RawItem) -> Draft | Rejected:
        """Turn one row into a draft; what cannot be understood is rejected with its row and column."""
        try:
            cells = json.loads(raw.body)
            if not isinstance(cells, dict) or not all(isinstance(each, str) for each in cells.values()):
                raise ValueError("it is not a row of texts")
            return RowReader(cells, self._defaults).draft()
        except (ValueError, OverflowError, RecursionError) as error:
            return Rejected(external_id=raw.external_id, reason=str(error), where=raw.address)

    def _items(self, rows: list[tables.Row], header: columns.Header, address: str) -> Iterator[RawItem | Rejected]:
        for row in rows:
            where = f"{address}, row {row.number}"
            if row.fault is not None:
                yield Rejected(external_id=None, reason=row.fault, where=where)
                continue
            if len(row.cells) > len(header.theirs):
                reason = f"it has {len(row.cells)} cells where the header has {len(header.theirs)}; is a quote missing?"
                yield Rejected(external_id=None, reason=reason, where=where)
                continue
            cells = header.cells([_bare(each) for each in row.cells])
            if not cells or not RowReader(cells, self._defaults).is_offered():
                continue
            external_id = cells.get("external_id", "") if "external_id" in header.positions else _identity(cells)
            if not 0 < len(external_id) <= 500:
                reason = "external_id: it is empty" if not external_id else "external_id: it is longer than 500 letters"
                yield Rejected(external_id=None, reason=reason, where=where)
                continue
            yield RawItem(
                external_id=external_id,
                body=json.dumps(cells, ensure_ascii=False).encode("utf-8", errors="replace"),
                media_type="application/json",
                address=where,
            )


def _bare(cell: str) -> str:
    """Return what was meant by a cell that begins with an apostrophe only to keep spreadsheets from running it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _identity(cells: Mapping[str, str]) -> str:
    """Return what tells a row from others in a table without ids: title, start and venue."""
    said = [text for name, text in sorted(cells.items()) if name.startswith("title") or name in ("start", "venue")]
    return f"row-{hashlib.sha256(chr(10).join(said).encode('utf-8', errors='replace')).hexdigest()[:24]}"
