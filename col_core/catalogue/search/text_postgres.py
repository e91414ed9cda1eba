"""The full text of the search on PostgreSQL: tsvectors of our own tokens, so no dictionary of the server counts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from col_core.base import bulk
from col_core.base.text import Group

Array = NDArray[Any]
_DELETE = text("DELETE FROM search_text WHERE pk = ANY(:pks)")
# One text of all numbers: fetching them row by row takes three times as long.
_MATCH = text("SELECT string_agg(pk::text, ',') FROM search_text WHERE words @@ CAST(:match AS tsquery)")
_MATCH_TITLE = text("SELECT string_agg(pk::text, ',') FROM search_text WHERE title @@ CAST(:match AS tsquery)")
_SORT_IN = text("SELECT gin_clean_pending_list('ix_search_text_title'), gin_clean_pending_list('ix_search_text_words')")
_WITHIN = " AND pk = ANY(:among)"


def put(session: Session, rows: Sequence[tuple[int, str, str]]) -> None:
    """Write row number, tokens of the title and tokens of the rest (spaces between them), of rows not there yet."""
    # A token has nothing in it that a tsvector must have quoted.
    vectors = [(pk, title, f"{title} {body}") for pk, title, body in rows]
    bulk.insert_tuples(session.connection(), "search_text", ("pk", "title", "words"), vectors)


def remove(session: Session, pks: Sequence[int]) -> None:
    """Forget the text of these rows."""
    if pks:
        session.execute(_DELETE, {"pks": list(pks)})


def matching(session: Session, group: Group, *, in_title: bool, among: Array | None = None) -> Array:
    """Return the rows that have one of the terms of `group`, in their title or anywhere; of `among` if given."""
    statement = _MATCH_TITLE if in_title else _MATCH
    values: dict[str, Any] = {"match": _expression(group)}
    if among is not None:
        statement = text(statement.text + _WITHIN)
        values["among"] = among.tolist()
    return np.fromstring(session.scalar(statement, values) or "", dtype=np.int64, sep=",")


def sort_in(session: Session) -> None:
    """Sort into the indexes what was put lately.

    PostgreSQL lets it wait in a list of up to 4 MB, which every search for a word reads from end to end.
    Source: https://www.postgresql.org/docs/current/gin.html#GIN-FAST-UPDATE
    """
    session.execute(_SORT_IN)


def _expression(group: Group) -> str:
    terms = (f"'{term.token}'" + (":*" if term.prefix else "") for term in group.terms)
    return f"({' | '.join(terms)})"
