"""The full text of the search on SQLite: one FTS5 row an opportunity, filled with our own tokens."""

from collections.abc import Iterator, Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from col_core.base.text import Group

_DELETE = "DELETE FROM search_text WHERE rowid = ?"
_INSERT = "INSERT INTO search_text (rowid, title, body) VALUES (?, ?, ?)"
_MATCH = text("SELECT rowid FROM search_text WHERE search_text MATCH :match")


def put(session: Session, rows: Sequence[tuple[int, Sequence[str], Sequence[str]]]) -> None:
    """Write row number, tokens of the title and tokens of the rest; what was there is replaced."""
    remove(session, [pk for pk, _, _ in rows])
    if rows:
        session.connection().exec_driver_sql(
            _INSERT, [(pk, " ".join(title), " ".join(body)) for pk, title, body in rows]
        )


def remove(session: Session, pks: Sequence[int]) -> None:
    """Forget the text of these rows."""
    if pks:
        session.connection().exec_driver_sql(_DELETE, [(pk,) for pk in pks])


def matching(session: Session, groups: Sequence[Group]) -> list[int]:
    """Return the rows in which every group is found, in no order."""
    return list(session.scalars(_MATCH, {"match": " AND ".join(_expressions(groups))}))


def in_title(session: Session, group: Group) -> list[int]:
    """Return the rows whose title has one of the terms of `group`."""
    return list(session.scalars(_MATCH, {"match": f"title : {next(_expressions([group]))}"}))


def _expressions(groups: Sequence[Group]) -> Iterator[str]:
    for group in groups:
        terms = (f'"{term.token}"' + ("*" if term.prefix else "") for term in group.terms)
        yield f"({' OR '.join(terms)})"
