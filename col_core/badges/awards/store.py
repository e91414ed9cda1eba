"""Awards as the database has them. No rule stands here."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from col_core.badges.awards import codes
from col_core.badges.awards.records import Award, AwardState, Document, Place
from col_core.badges.awards.tables import AwardDocumentRow, AwardRow
from col_core.badges.credentials.records import Evidence
from col_core.badges.hooks import SignedCredential
from col_core.base.clock import Clock

_CHUNK = 500


def get(session: Session, id_: str) -> Award | None:
    """Return the award of that id, however it stands; None where there is none."""
    # PostgreSQL takes no NUL in a text; no id of ours holds one.
    row = session.get(AwardRow, id_) if "\0" not in id_ else None
    return None if row is None else record(row)


def locked(session: Session, id_: str) -> AwardRow | None:
    """Return the row of an award, nobody else's to change until the commit."""
    return session.get(AwardRow, id_, with_for_update=True, populate_existing=True) if "\0" not in id_ else None


def by_ids(session: Session, ids: Iterable[str]) -> dict[str, Award]:
    """Return those of `ids` that exist, by id."""
    rows = _chunked(session, ids, lambda chunk: select(AwardRow).where(AwardRow.id.in_(chunk)))
    return {row.id: record(row) for row in rows}


def by_code(session: Session, code: str) -> Award | None:
    """Return the award that `code` (as `codes.read` gives it) claims or claimed."""
    row = session.scalars(select(AwardRow).where(AwardRow.code_digest == codes.digest(code))).first()
    return None if row is None else record(row)


def by_repeat_keys(session: Session, keys: Iterable[str]) -> dict[str, str]:
    """Return the ids of awards by their repeat keys."""
    rows = _chunked(session, keys, lambda chunk: select(AwardRow).where(AwardRow.repeat_key.in_(chunk)))
    return {row.repeat_key: row.id for row in rows if row.repeat_key is not None}


def of_run(session: Session, run_id: str, *, first: int, last: int) -> dict[int, Award]:
    """Return the awards of an order by the number of their row."""
    chosen = select(AwardRow).where(AwardRow.run_id == run_id, AwardRow.run_row.between(first, last))
    return {row.run_row: record(row) for row in session.scalars(chosen) if row.run_row is not None}


def of_issuer(
    session: Session, issuer: str, *, achievement_id: str | None = None, skip: int = 0, limit: int = 100
) -> list[Award]:
    """Return the awards of an issuer, the newest first: at most `limit`, without the first `skip`."""
    chosen = select(AwardRow).where(AwardRow.issuer == issuer)
    if achievement_id is not None:
        chosen = chosen.where(AwardRow.achievement_id == achievement_id.replace("\0", ""))
    chosen = chosen.order_by(AwardRow.created.desc(), AwardRow.id).offset(skip).limit(limit)
    return [record(row) for row in session.scalars(chosen)]


def signed_by(session: Session, key_id: str, *, after: str, limit: int) -> list[Award]:
    """Return awards of which a document was signed with that key, by id, at most `limit` after the id `after`."""
    signed = select(AwardDocumentRow.award_id).where(AwardDocumentRow.key_id == key_id)
    chosen = select(AwardRow).where(AwardRow.id.in_(signed), AwardRow.id > after).order_by(AwardRow.id).limit(limit)
    return [record(row) for row in session.scalars(chosen)]


def document(session: Session, award_id: str, format_: str) -> Document | None:
    """Return an award in one format, or None where nobody asked for it yet."""
    row = session.get(AwardDocumentRow, (award_id, format_))
    return None if row is None else _document(row)


def documents(session: Session, award_id: str) -> Sequence[Document]:
    """Return an award in every format that it has."""
    rows = session.scalars(select(AwardDocumentRow).where(AwardDocumentRow.award_id == award_id))
    return [_document(row) for row in rows]


def has_documents(session: Session, award_id: str) -> bool:
    """Return whether anything of an award is kept, in whatever format."""
    return bool(session.scalar(select(exists().where(AwardDocumentRow.award_id == award_id))))


def drop_documents(session: Session, award_ids: Iterable[str]) -> None:
    """Forget what was signed for those awards, in every format."""
    ids = list(award_ids)
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        session.execute(delete(AwardDocumentRow).where(AwardDocumentRow.award_id.in_(chunk)))


def lacking(session: Session, format_: str, *, since: datetime, limit: int) -> list[str]:
    """Return the ids of awards made after `since` that hold and are not there in that format, the oldest first."""
    made = select(AwardDocumentRow.award_id).where(AwardDocumentRow.format == format_)
    states = [each.value for each in (AwardState.ISSUED, AwardState.CLAIMED)]
    chosen = select(AwardRow.id).where(AwardRow.created > since, AwardRow.state.in_(states), AwardRow.id.not_in(made))
    return list(session.scalars(chosen.order_by(AwardRow.created, AwardRow.id).limit(limit)))


def drop_signed(session: Session, award_ids: Iterable[str]) -> None:
    """Forget what keys of this city signed for those awards; what an outside service made stays."""
    ids = list(award_ids)
    for start in range(0, len(ids), _CHUNK):
        chosen = AwardDocumentRow.award_id.in_(ids[start : start + _CHUNK])
        session.execute(delete(AwardDocumentRow).where(chosen, AwardDocumentRow.key_id.is_not(None)))


def keep(
    session: Session, award_id: str, format_: str, signed: SignedCredential, *, key_id: str | None, clock: Clock
) -> None:
    """Keep an award in one format, as it was signed."""
    session.add(
        AwardDocumentRow(
            award_id=award_id,
            format=format_,
            body=signed.body,
            media_type=signed.media_type,
            key_id=key_id,
            reference=signed.reference,
            created=clock.now(),
        )
    )


def code_of(award: Award, known: codes.Codes) -> str | None:
    """Return the code that claims `award`, or None where nobody can claim it any more."""
    return known.of_award(award.id, award.code_number) if award.state is AwardState.ISSUED else None


def packed_evidence(evidence: Evidence) -> dict[str, Any]:
    """Return a piece of evidence as it is stored."""
    return {key: value for key, value in asdict(evidence).items() if value is not None}


def record(row: AwardRow) -> Award:
    """Return a row as a record."""
    return Award(
        id=row.id,
        achievement_id=row.achievement_id,
        achievement_version=row.achievement_version,
        issuer=row.issuer,
        state=AwardState(row.state),
        suspended=row.suspended,
        public=row.public,
        recipient_id=row.recipient_id,
        language=row.language,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        narrative=row.narrative,
        evidence=tuple(Evidence(**each) for each in json.loads(row.evidence)),
        name=row.name,
        email=row.email,
        place=Place(list_id=row.list_id, index=row.list_index),
        code_number=row.code_number,
        code_expires=row.code_expires,
        created=row.created,
        claimed=row.claimed,
        shared=row.shared,
        ended=row.ended,
        reason=row.reason,
    )


def _document(row: AwardDocumentRow) -> Document:
    return Document(format=row.format, body=row.body, media_type=row.media_type, created=row.created)


def _chunked(session: Session, values: Iterable[str], chosen: Any) -> list[AwardRow]:
    wanted = [each for each in dict.fromkeys(values) if "\0" not in each]
    rows: list[AwardRow] = []
    for start in range(0, len(wanted), _CHUNK):
        rows += session.scalars(chosen(wanted[start : start + _CHUNK]))
    return rows
