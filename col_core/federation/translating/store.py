"""Translations as they are stored. Each change takes its number in the catalogue: kept pages are made anew then."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields

from sqlalchemy import delete, select, union
from sqlalchemy.orm import Session

from col_core.base import bulk
from col_core.base.database import upsert
from col_core.catalogue import changes
from col_core.federation.translating.records import Kept, Look
from col_core.federation.translating.tables import LookRow, TranslationRow

_LOOK = tuple(each.name for each in fields(Look))


def of_offers(session: Session, ids: Sequence[str], *, language: str | None = None) -> Mapping[str, Mapping[str, Kept]]:
    """Return the translations of offers by id and language; `language` asks for one alone."""
    found: dict[str, dict[str, Kept]] = {}
    chosen = select(TranslationRow).where(bulk.among(session, TranslationRow.opportunity_id, ids))
    if language is not None:
        chosen = chosen.where(TranslationRow.language == language)
    for row in session.scalars(chosen.order_by(TranslationRow.opportunity_id, TranslationRow.language)):
        found.setdefault(row.opportunity_id, {})[row.language] = _record(row)
    return found


def get(session: Session, opportunity_id: str, language: str, *, locked: bool = False) -> Kept | None:
    """Return one translation, or None; `locked` keeps others from changing it until the commit."""
    row = session.get(TranslationRow, (opportunity_id, language), with_for_update=locked)
    return None if row is None else _record(row)


def listing(session: Session, *, after: tuple[str, str], limit: int) -> list[Kept]:
    """Return up to `limit` translations by id and language, from the one behind `after`."""
    id_, language = after
    behind = (TranslationRow.opportunity_id > id_) | (
        (TranslationRow.opportunity_id == id_) & (TranslationRow.language > language)
    )
    chosen = select(TranslationRow).where(behind).order_by(TranslationRow.opportunity_id, TranslationRow.language)
    return [_record(row) for row in session.scalars(chosen.limit(limit))]


def same(session: Session, source_digest: str, language: str, translator: str) -> Kept | None:
    """Return what `translator` made of the same texts for another offer, as it made it; None where there is nothing."""
    row = session.scalars(
        select(TranslationRow)
        .where(
            TranslationRow.source_digest == source_digest,
            TranslationRow.language == language,
            TranslationRow.translator == translator,
            TranslationRow.edited.is_(None),
        )
        .order_by(TranslationRow.made, TranslationRow.opportunity_id)
        .limit(1)
    ).first()
    return None if row is None else _record(row)


def keep(session: Session, kept: Kept) -> None:
    """Store a translation, in the place of the one that there was."""
    said = asdict(kept) | {"texts": json.dumps(dict(kept.texts), ensure_ascii=False)}
    statement = upsert(session, TranslationRow).values(said)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["opportunity_id", "language"],
            set_={name: statement.excluded[name] for name in said if name not in ("opportunity_id", "language")},
        )
    )
    session.expire_all()
    changes.take(session)


def forget(session: Session, opportunity_id: str, language: str) -> None:
    """Take one translation away, and let its offer be looked at anew."""
    session.execute(
        delete(TranslationRow).where(
            TranslationRow.opportunity_id == opportunity_id, TranslationRow.language == language
        )
    )
    session.execute(delete(LookRow).where(LookRow.opportunity_id == opportunity_id))
    changes.take(session)


def forget_offers(session: Session, ids: Sequence[str]) -> None:
    """Take away all that there is of offers that are gone for good."""
    for table in (TranslationRow, LookRow):
        session.execute(
            delete(table)
            .where(bulk.among(session, table.opportunity_id, ids))
            .execution_options(synchronize_session=False)
        )


def looks(session: Session, ids: Sequence[str]) -> Mapping[str, Look]:
    """Return what is noted of offers that were looked at, by id."""
    chosen = select(LookRow).where(bulk.among(session, LookRow.opportunity_id, ids))
    return {row.opportunity_id: Look(**{name: getattr(row, name) for name in _LOOK}) for row in session.scalars(chosen)}


def offers_known(session: Session, *, after: str, limit: int) -> list[str]:
    """Return up to `limit` ids of offers that have a translation or were looked at, in their order, behind `after`."""
    known = union(select(TranslationRow.opportunity_id), select(LookRow.opportunity_id)).subquery()
    chosen = select(known.c.opportunity_id).where(known.c.opportunity_id > after)
    return list(session.scalars(chosen.order_by(known.c.opportunity_id).limit(limit)))


def note(session: Session, noted: Iterable[Look]) -> None:
    """Note offers as looked at."""
    for each in noted:
        statement = upsert(session, LookRow).values(asdict(each))
        changed = {name: statement.excluded[name] for name in _LOOK if name != "opportunity_id"}
        session.execute(statement.on_conflict_do_update(index_elements=["opportunity_id"], set_=changed))


def _record(row: TranslationRow) -> Kept:
    return Kept(
        opportunity_id=row.opportunity_id,
        language=row.language,
        source_language=row.source_language,
        source_digest=row.source_digest,
        texts=json.loads(row.texts),
        translator=row.translator,
        made=row.made,
        edited=row.edited,
        removed=row.removed,
    )
