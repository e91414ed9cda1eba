"""What visitors may see of badges: all that can be earned, what one stands for, those that an offer leads to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from col_core.badges.achievements import reading
from col_core.badges.achievements.records import Achievement, KeyCompetence
from col_core.badges.achievements.syncing import BadgeFiles
from col_core.base.database import Database
from col_core.catalogue.records import BadgeRef, Skill
from col_core.organisers import directory
from col_core.organisers.records import Organiser


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """An achievement and the organisation that awards it, None for the city itself."""

    achievement: Achievement
    organiser: Organiser | None

    @property
    def id(self) -> str:
        return self.achievement.id


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a list is narrowed by. `skill` is an address, `organisation` a slug."""

    competence: KeyCompetence | None = None
    skill: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wall:
    """Badges that can be earned, and what they can be narrowed by: whatever any badge of the city has."""

    shown: Sequence[Shown]
    competences: Sequence[KeyCompetence]
    skills: Sequence[Skill]
    organisers: Sequence[Organiser]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A part of a list. `after` is the id that the next part follows, None for the last part."""

    shown: Sequence[Shown]
    total: int
    after: str | None


class Showcase:
    """The badges of one city, as their files are now."""

    def __init__(self, *, database: Database, badge_files: BadgeFiles) -> None:
        self._database, self._files = database, badge_files

    def get(self, id_: str) -> Shown | None:
        """Return the present version of `id_`, archived or not."""
        self._files.freshen()
        with self._database.read() as session:
            found = reading.current(session, id_)
            return _shown(session, [found])[0] if found is not None else None

    def version(self, id_: str, number: int) -> Shown | None:
        """Return `id_` as it was in its version `number`."""
        with self._database.read() as session:
            found = reading.version(session, id_, number)
            return _shown(session, [found])[0] if found is not None else None

    def wall(self, asked: Asked) -> Wall:
        """Return what can be earned, narrowed by what is asked."""
        self._files.freshen()
        with self._database.read() as session:
            every = _shown(session, reading.listing(session))
        organisers = {each.organiser.slug: each.organiser for each in every if each.organiser is not None}
        skills = {skill.uri: skill for each in every for skill in each.achievement.content.skills if skill.uri}
        held = {each for one in every for each in one.achievement.content.competences}
        return Wall(
            shown=[each for each in every if _fits(each, asked)],
            competences=[each for each in KeyCompetence if each in held],
            skills=list(skills.values()),
            organisers=sorted(organisers.values(), key=lambda each: each.name.casefold()),
        )

    def various(self, most: int) -> Sequence[Shown]:
        """Return badges that can be earned, of levels and colours as different as there are."""
        left = list(self.wall(Asked()).shown)
        chosen = list[Shown]()
        while left and len(chosen) < most:
            seen = [each.achievement.content for each in chosen]
            levels, colours = [each.level for each in seen], [each.picture.colour for each in seen]
            best = min(
                left,
                key=lambda each: (
                    colours.count(each.achievement.content.picture.colour),
                    levels.count(each.achievement.content.level),
                ),
            )
            left.remove(best)
            chosen.append(best)
        return chosen

    def page(self, asked: Asked, *, after: str, limit: int) -> Page:
        """Return up to `limit` badges that follow the id `after`, by id."""
        self._files.freshen()
        with self._database.read() as session:
            organiser = directory.by_slug(session, asked.organisation) if asked.organisation is not None else None
            if asked.organisation is not None and organiser is None:
                return Page(shown=(), total=0, after=None)
            organiser_id = organiser.id if organiser is not None else None
            total = reading.count(session, organiser_id=organiser_id, skill=asked.skill, competence=asked.competence)
            found = reading.listing(
                session,
                organiser_id=organiser_id,
                skill=asked.skill,
                competence=asked.competence,
                after=after,
                limit=limit + 1,
            )
            shown = _shown(session, found[:limit])
        return Page(shown=shown, total=total, after=shown[-1].id if len(found) > limit else None)

    def badges(self, ids: Sequence[str]) -> Sequence[BadgeRef]:
        """Return those of `ids` that can be earned now, as an offer shows them."""
        if not ids:
            return ()
        self._files.freshen()
        with self._database.read() as session:
            found = reading.by_ids(session, ids)
        return [
            BadgeRef(id=each.id, name=each.content.name, picture_url=picture_path(each))
            for each in found.values()
            if not each.archived
        ]


def picture_path(achievement: Achievement, suffix: str = "svg") -> str:
    """Return where on this site the picture of that version stands."""
    return f"/achievements/{achievement.id}/image.{suffix}?version={achievement.version}"


def _shown(session: Session, found: Sequence[Achievement]) -> list[Shown]:
    ids = {each.content.organiser_id for each in found if each.content.organiser_id is not None}
    known: Mapping[str, Organiser] = directory.by_ids(session, ids) if ids else {}
    return [Shown(achievement=each, organiser=known.get(each.content.organiser_id or "")) for each in found]


def _fits(shown: Shown, asked: Asked) -> bool:
    content = shown.achievement.content
    return (
        (asked.competence is None or asked.competence in content.competences)
        and (asked.skill is None or any(each.uri == asked.skill for each in content.skills))
        and (asked.organisation is None or (shown.organiser is not None and shown.organiser.slug == asked.organisation))
    )
