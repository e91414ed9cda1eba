"""Who gets a badge: rows of a file or of the API, checked all together before the first badge is made.

Columns are `email`, `name`, `narrative` and `evidence_url`, in any order; each may be empty, and a row with nothing in
it but a name is a badge with a code. What is wrong is said of every row at once, and nothing is issued until it is
right: a list that is mended and sent again must be the same list.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from marshmallow import ValidationError, validate

from col_core.badges.awards.records import Recipient
from col_core.badges.credentials.records import Evidence
from col_core.base.decoding import decoded
from col_core.base.errors import InvalidInput
from col_core.base.fields import is_web_address
from col_core.base.html import visible
from col_core.base.strict_json import text_fault

COLUMNS = ("email", "name", "narrative", "evidence_url")
LONGEST = {"email": 254, "name": 200, "narrative": 4000, "evidence_url": 2000}
MOST_BYTES = 50_000_000
_SHOWN = 20
_is_email = validate.Email()


def read_csv(body: bytes, *, languages: Sequence[str]) -> list[Recipient]:
    """Return the recipients that a CSV file names. Separator and encoding are found out.

    Raises InvalidInput, whose `fields` name each row (as a spreadsheet counts: the header is row 1) and column.
    """
    if len(body) > MOST_BYTES:
        raise InvalidInput(f"The list is larger than {MOST_BYTES // 1_000_000} MB.")
    text = decoded(body, languages=languages).text
    header_line = text.lstrip("\ufeff").partition("\n")[0]
    separator = max(";\t,", key=header_line.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise InvalidInput(f"The list is no CSV file: {error}.") from error
    named = [each.strip().casefold() for each in lines[0]] if lines else []
    _check_header(named)
    rows = []
    faults: dict[str, Sequence[str]] = {}
    for number, line in enumerate(lines[1:], 2):
        if len(line) > len(named) and any(cell.strip() for cell in line[len(named) :]):
            faults[f"row {number}"] = [f"has {len(line)} cells, and the header names {len(named)} columns"]
        elif any(cell.strip() for cell in line):
            rows.append((number, dict(zip(named, line, strict=False))))
    return checked(rows, faults=faults)


def checked(
    rows: Iterable[tuple[int, Mapping[str, object]]], *, faults: Mapping[str, Sequence[str]] | None = None
) -> list[Recipient]:
    """Return `rows` (each with its number) as recipients. Raises InvalidInput that names every fault, also `faults`."""
    found = dict(faults or {})
    recipients = []
    for number, row in rows:
        wrong: list[str] = []
        said = {column: _cell(row.get(column), column, wrong) for column in COLUMNS}
        if wrong:
            found[f"row {number}"] = wrong
        url = said["evidence_url"]
        recipients.append(
            Recipient(
                email=said["email"],
                name=said["name"],
                narrative=said["narrative"],
                evidence=(Evidence(name=url, url=url),) if url else (),
            )
        )
    if found:
        told = "; ".join(f"{where}: {', '.join(what)}" for where, what in list(found.items())[:_SHOWN])
        more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise InvalidInput(f"Nothing was issued: {told}{more}.", fields=found)
    return recipients


def _cell(value: object, column: str, wrong: list[str]) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        wrong.append(f"{column} must be text")
        return None
    text = value.strip()
    fault = text_fault(text)
    if fault is not None or visible(text) != text:
        wrong.append(f"{column} holds {fault or 'characters that cannot be seen'}")
    elif len(text) > LONGEST[column]:
        wrong.append(f"{column} is longer than {LONGEST[column]} characters")
    elif text and column == "email" and not _looks_like_email(text):
        wrong.append(f"email {text!r} is no e-mail address")
    elif text and column == "evidence_url" and not is_web_address(text):
        wrong.append(f"evidence_url {text!r} is no web address (https://…)")
    return text or None


def _looks_like_email(text: str) -> bool:
    try:
        _is_email(text)
    except ValidationError:
        return False
    return True


def _check_header(named: Sequence[str]) -> None:
    unknown = [each for each in named if each not in COLUMNS]
    if not named or unknown or len(set(named)) != len(named):
        what = f"names {', '.join(map(repr, unknown))}" if unknown else "is missing or names a column twice"
        raise InvalidInput(f"The first row {what}; it must name columns of: {', '.join(COLUMNS)}.")
