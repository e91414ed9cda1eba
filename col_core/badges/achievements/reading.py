"""Which achievements there are, and what each says or said."""

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from col_core.badges.achievements import documents
from col_core.badges.achievements.records import Achievement, KeyCompetence, Origin
from col_core.badges.achievements.tables import AchievementMarkRow, AchievementRow, AchievementVersionRow

SKILL, COMPETENCE = "skill", "competence"
_CHUNK = 500
_Pair = tuple[AchievementRow, AchievementVersionRow]


def current(session: Session, id_: str) -> Achievement | None:
    """Return the present version of `id_`, archived or not; None where there is none."""
    return by_ids(session, [id_]).get(id_)


def by_ids(session: Session, ids: Iterable[str]) -> Mapping[str, Achievement]:
    """Return the present versions of those of `ids` that exist, by id, in the order of `ids`."""
    # PostgreSQL takes no NUL in a text; no id of ours holds one.
    wanted = [each for each in dict.fromkeys(ids) if "\0" not in each]
    found: dict[str, Achievement] = {}
    for start in range(0, len(wanted), _CHUNK):
        chosen = _present().where(AchievementRow.id.in_(wanted[start : start + _CHUNK]))
        found |= {row.id: _record(row, said) for row, said in session.execute(chosen)}
    return {id_: found[id_] for id_ in wanted if id_ in found}


def version(session: Session, id_: str, number: int) -> Achievement | None:
    """Return what `id_` said in its version `number` (from 1); None where there is no such version."""
    if "\0" in id_ or not 0 < number < 2**31:
        return None
    chosen = (
        select(AchievementRow, AchievementVersionRow)
        .join(AchievementVersionRow, AchievementVersionRow.achievement_id == AchievementRow.id)
        .where(AchievementRow.id == id_, AchievementVersionRow.number == number)
    )
    found = session.execute(chosen).first()
    return _record(found[0], found[1]) if found is not None else None


def listing(
    session: Session,
    *,
    organiser_id: str | None = None,
    skill: str | None = None,
    competence: KeyCompetence | None = None,
    archived: bool = False,
    after: str = "",
    limit: int | None = None,
) -> list[Achievement]:
    """Return the present versions by id: those that can be earned, or with `archived` those that no longer can.

    `organiser_id`, `skill` (its address) and `competence` narrow the list; at most `limit` follow the id `after`.
    """
    chosen = _present().where(*_conditions(organiser_id, skill, competence, archived))
    if after:
        chosen = chosen.where(AchievementRow.id > after)
    if limit is not None:
        chosen = chosen.limit(limit)
    return [_record(row, said) for row, said in session.execute(chosen.order_by(AchievementRow.id))]


def count(
    session: Session,
    *,
    organiser_id: str | None = None,
    skill: str | None = None,
    competence: KeyCompetence | None = None,
    archived: bool = False,
) -> int:
    """Return how many `listing` gives without a limit."""
    chosen = select(func.count()).select_from(AchievementRow)
    chosen = chosen.where(*_conditions(organiser_id, skill, competence, archived))
    return session.scalar(chosen) or 0


def _present() -> Select[*_Pair]:
    return select(AchievementRow, AchievementVersionRow).join(
        AchievementVersionRow,
        (AchievementVersionRow.achievement_id == AchievementRow.id)
        & (AchievementVersionRow.number == AchievementRow.version),
    )


def _conditions(
    organiser_id: str | None, skill: str | None, competence: KeyCompetence | None, archived: bool
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [AchievementRow.archived.is_(archived)]
    if organiser_id is not None:
        found.append(AchievementRow.organiser_id == organiser_id)
    for kind, value in ((SKILL, skill), (COMPETENCE, competence)):
        if value is not None:
            marked = select(AchievementMarkRow.achievement_id).where(
                AchievementMarkRow.kind == kind, AchievementMarkRow.value == str(value)
            )
            found.append(AchievementRow.id.in_(marked))
    return found


def _record(row: AchievementRow, said: AchievementVersionRow) -> Achievement:
    return Achievement(
        content=documents.draft_of(said.document),
        version=said.number,
        digest=said.digest,
        origin=Origin(row.origin),
        archived=row.archived,
        created=row.created,
        updated=said.created,
    )
