"""Which organisations there are."""

import json
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from col_core.base.clock import Clock
from col_core.organisers.records import Organiser
from col_core.organisers.tables import OrganiserRow

_LONGEST_SLUG = 80


def find_or_create(session: Session, names: Iterable[str], *, clock: Clock) -> Mapping[str, Organiser]:
    """Return an organiser for each of `names`, making those that are not there.

    Case, spaces and diacritics do not make another organisation.
    """
    keys = {name: name_key(name) for name in names}
    found = {row.name_key: row for row in _with_keys(session, set(keys.values()))}
    for name, key in keys.items():
        if key not in found:
            row = OrganiserRow(
                id=secrets.token_hex(8),
                slug=_free_slug(session, name),
                name=" ".join(name.split()),
                name_key=key,
                summary="{}",
                verified=False,
                created=clock.now(),
            )
            session.add(row)
            session.flush()
            found[key] = row
    return {name: _record(found[key]) for name, key in keys.items()}


def by_slug(session: Session, slug: str) -> Organiser | None:
    """Return the organiser at `slug`, or None."""
    row = session.scalar(select(OrganiserRow).where(OrganiserRow.slug == slug))
    return None if row is None else _record(row)


def by_ids(session: Session, ids: Iterable[str]) -> Mapping[str, Organiser]:
    """Return those of `ids` that exist, by id."""
    rows = session.connection().execute(_selection_by_id(), {"ids": list(ids)})
    return {row.id: _record(row) for row in rows}


def listing(session: Session) -> list[Organiser]:
    """Return every organiser, by name."""
    return [_record(row) for row in session.scalars(select(OrganiserRow).order_by(OrganiserRow.name_key))]


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(each for each in folded if not unicodedata.combining(each))
    return " ".join(re.findall(r"\w+", letters))[:300] or letters[:300]


def _with_keys(session: Session, keys: set[str]) -> list[OrganiserRow]:
    ordered = sorted(keys)
    rows: list[OrganiserRow] = []
    for start in range(0, len(ordered), 500):
        chosen = ordered[start : start + 500]
        rows += session.scalars(select(OrganiserRow).where(OrganiserRow.name_key.in_(chosen)))
    return rows


def _free_slug(session: Session, name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", name_key(name)).strip("-")[:_LONGEST_SLUG].strip("-") or "organisation"
    taken = set(session.scalars(select(OrganiserRow.slug).where(OrganiserRow.slug.startswith(base, autoescape=True))))
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


@cache
def _selection_by_id() -> Select[*tuple[Any, ...]]:
    # Of the table and not of the class: every list page asks this, and the ORM's way costs several times as much.
    table = OrganiserRow.__table__
    return select(*table.c).where(table.c.id.in_(bindparam("ids", expanding=True)))


def _record(row: OrganiserRow | Row[Any]) -> Organiser:
    return Organiser(
        id=row.id,
        slug=row.slug,
        name=row.name,
        url=row.url,
        summary=json.loads(row.summary) if row.summary != "{}" else {},
        verified=row.verified,
    )
