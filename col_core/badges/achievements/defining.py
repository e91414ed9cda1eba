"""Saying what can be earned: one way for the city's files and for organisations in the portal."""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from col_core.badges.achievements import completeness, documents, reading
from col_core.badges.achievements.records import Achievement, Draft, Origin
from col_core.badges.achievements.tables import AchievementMarkRow, AchievementRow, AchievementVersionRow
from col_core.base.clock import Clock
from col_core.base.database import upsert
from col_core.base.errors import Conflict, InvalidInput, NotFound
from col_core.catalogue import changes

# What is kept of pages and answers is kept until the counter of the catalogue rises: offers show badges, too.


def define(session: Session, draft: Draft, *, origin: Origin, clock: Clock) -> Achievement:
    """Store what `draft` says and return the achievement as it is now.

    The same content again changes nothing; other content becomes the next version, and the versions before stay. One
    that was archived is back. Raises InvalidInput where something is missing without which it cannot be published,
    Conflict where the id belongs to another organisation or is looked after elsewhere.
    """
    lacking = completeness.lacks(draft)
    if lacking:
        fields = {".".join(map(str, each.path)): [f"{each.what} is missing: {each.expected}"] for each in lacking}
        raise InvalidInput("The badge is not complete.", fields=fields)
    row = _claimed(session, draft, origin, clock)
    _refuse_foreign(row, draft, origin)
    now = clock.now()
    stored = session.get(AchievementVersionRow, (draft.id, row.version)) if row.version else None
    if stored is None or documents.draft_of(stored.document) != draft:
        document = documents.draft_text(draft)
        row.version += 1
        row.organiser_id = draft.organiser_id
        row.updated = now
        session.add(
            AchievementVersionRow(
                achievement_id=draft.id,
                number=row.version,
                document=document,
                digest=documents.digest(document),
                created=now,
            )
        )
        _mark(session, draft)
        changes.take(session)
    if row.archived:
        row.archived, row.updated = False, now
        changes.take(session)
    session.flush()
    found = reading.current(session, draft.id)
    assert found is not None
    return found


def archive(session: Session, id_: str, *, clock: Clock) -> None:
    """Let nobody earn `id_` any more. Badges that were issued for it stay as they are. Raises NotFound."""
    row = session.get(AchievementRow, id_, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no badge {id_!r}.")
    if not row.archived:
        row.archived, row.updated = True, clock.now()
        changes.take(session)
        session.flush()


def archive_missing(session: Session, present: Iterable[str], *, clock: Clock) -> list[str]:
    """Archive what the city's files named once and is not among `present` any more; return the ids."""
    there = set(present)
    rows = session.scalars(
        select(AchievementRow.id).where(AchievementRow.origin == Origin.FILE.value, AchievementRow.archived.is_(False))
    )
    gone = sorted(set(rows) - there)
    for id_ in gone:
        archive(session, id_, clock=clock)
    return gone


def _claimed(session: Session, draft: Draft, origin: Origin, clock: Clock) -> AchievementRow:
    """Return the row of the id, locked until the commit; two who define it at once come one after the other."""
    now = clock.now()
    session.execute(
        upsert(session, AchievementRow)
        .values(
            id=draft.id,
            organiser_id=draft.organiser_id,
            origin=origin.value,
            archived=False,
            version=0,
            created=now,
            updated=now,
        )
        .on_conflict_do_nothing()
    )
    row = session.get(AchievementRow, draft.id, with_for_update=True, populate_existing=True)
    assert row is not None
    return row


def _refuse_foreign(row: AchievementRow, draft: Draft, origin: Origin) -> None:
    if row.origin != origin.value:
        where = "a file of the city's folder" if row.origin == Origin.FILE.value else "the portal itself"
        raise Conflict(f"There is a badge {draft.id!r} already, looked after in {where}; choose another name.")
    # The city's own files may hand a badge to another organisation; an organisation takes none over.
    if origin is Origin.DATABASE and row.organiser_id != draft.organiser_id:
        raise Conflict(f"There is a badge {draft.id!r} of another organisation already; choose another name.")


def _mark(session: Session, draft: Draft) -> None:
    session.execute(delete(AchievementMarkRow).where(AchievementMarkRow.achievement_id == draft.id))
    marks = {(reading.COMPETENCE, each.value) for each in draft.competences}
    marks |= {(reading.SKILL, each.uri) for each in draft.skills if each.uri is not None}
    for kind, value in sorted(marks):
        session.add(AchievementMarkRow(achievement_id=draft.id, kind=kind, value=value))
