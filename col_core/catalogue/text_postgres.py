"""The full text of the search on PostgreSQL: tsvectors of our own tokens, so no dictionary of the server counts."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from col_core.base.text import Group

_DELETE = text("DELETE FROM search_text WHERE pk = ANY(:pks)")
_INSERT = text(
    "INSERT INTO search_text (pk, title, words) VALUES (:pk, CAST(:title AS tsvector), CAST(:words AS tsvector))"
)
_MATCH = text("SELECT pk FROM search_text WHERE words @@ CAST(:match AS tsquery)")
_MATCH_TITLE = text("SELECT pk FROM search_text WHERE title @@ CAST(:match AS tsquery)")


def put(session: Session, rows: Sequence[tuple[int, Sequence[str], Sequence[str]]]) -> None:
    """Write row number, tokens of the title and tokens of the rest; what was there is replaced."""
    remove(session, [pk for pk, _, _ in rows])
    if rows:
        session.execute(
            _INSERT,
            [{"pk": pk, "title": _vector(title), "words": _vector([*title, *body])} for pk, title, body in rows],
        )


def remove(session: Session, pks: Sequence[int]) -> None:
    """Forget the text of these rows."""
    if pks:
        session.execute(_DELETE, {"pks": list(pks)})


def matching(session: Session, groups: Sequence[Group]) -> list[int]:
    """Return the rows in which every group is found, in no order."""
    return list(session.scalars(_MATCH, {"match": " & ".join(_expression(group) for group in groups)}))


def in_title(session: Session, group: Group) -> list[int]:
    """Return the rows whose title has one of the terms of `group`."""
    return list(session.scalars(_MATCH_TITLE, {"match": _expression(group)}))


def _vector(tokens: Sequence[str]) -> str:
    """Return the tokens as quoted lexemes. A token has neither quotes nor backslashes in it."""
    return " ".join(f"'{token}'" for token in tokens)


def _expression(group: Group) -> str:
    terms = (f"'{term.token}'" + (":*" if term.prefix else "") for term in group.terms)
    return f"({' | '.join(terms)})"
