"""The full text of the search on SQLite: one FTS5 row an opportunity, filled with our own tokens."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from col_core.base.database import glance
from col_core.base.text import Group

Array = NDArray[Any]
_DELETE = "DELETE FROM search_text WHERE rowid = ?"
_INSERT = "INSERT INTO search_text (rowid, title, body) VALUES (?, ?, ?)"
# One text of all numbers: fetching them row by row takes three times as long.
_MATCH = "SELECT group_concat(rowid) FROM search_text WHERE search_text MATCH :match"
_MATCH_WITHIN = f"{_MATCH} AND rowid BETWEEN :low AND :high"


def put(session: Session, rows: Sequence[tuple[int, str, str]]) -> None:
    """Write row number, tokens of the title and tokens of the rest (spaces between them), of rows not there yet."""
    if rows:
        session.connection().exec_driver_sql(_INSERT, list(rows))


def remove(session: Session, pks: Sequence[int]) -> None:
    """Forget the text of these rows."""
    if pks:
        session.connection().exec_driver_sql(_DELETE, [(pk,) for pk in pks])


def matching(session: Session, group: Group, *, in_title: bool, among: Array | None = None) -> Array:
    """Return the rows that have one of the terms of `group`, in their title or anywhere; of `among` if given."""
    match = f"title : {_expression(group)}" if in_title else _expression(group)
    if among is None:
        return _found(session, _MATCH, {"match": match})
    low, high = int(among.min()), int(among.max())
    found = _found(session, _MATCH_WITHIN, {"match": match, "low": low, "high": high})
    return found[np.isin(found, among)]


def _found(session: Session, statement: str, values: Mapping[str, object]) -> Array:
    row = glance(session, statement, values)
    return numbers(row[0] if row else None)


def numbers(joined: str | None) -> Array:
    """Return the whole numbers that stand in a text, separated by commas."""
    return np.fromstring(joined or "", dtype=np.int64, sep=",")


def _expression(group: Group) -> str:
    terms = (f'"{term.token}"' + ("*" if term.prefix else "") for term in group.terms)
    return f"({' OR '.join(terms)})"
