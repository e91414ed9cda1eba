"""What visitors may read of the catalogue: results, one opportunity, the map, organisations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.kept import Kept
from col_core.base.settings import CityConfig
from col_core.catalogue import changes, cities, store
from col_core.catalogue.hooks import SearchIndex
from col_core.catalogue.records import Cluster, Occurrence, Opportunity, Query, Texts
from col_core.catalogue.vocabulary import Format, Status
from col_core.organisers import directory
from col_core.organisers.records import Organiser

_MOST_KEPT = 2_000
_ONLINE = (Format.ONLINE, Format.HYBRID)


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One result. `distance_m` is None where the query does not say from where.

    `date` is its date in the days that were asked for, the first one that is not over if there is one; None where no
    days were asked for.
    """

    opportunity: Opportunity
    distance_m: float | None = None
    date: Occurrence | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """One page of results. `total` counts all pages; `facets` maps a facet to value → count.

    `change` is the number of the last change before it was read: at the same number, the same offer is the same.
    """

    items: tuple[Listed, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    change: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere:
    """What other cities offer of a kind, what is online first; `cities` maps each of them to how many it has."""

    items: tuple[Listed, ...] = ()
    cities: Mapping[str, int] = field(default_factory=dict)


def anywhere(query: Query) -> Query:
    """Return what `query` asks for, wherever that is and whosever: what is said of this city alone is left out."""
    return replace(query, bbox=None, near=None, district=(), organisation=(), badge=(), sort=None, page=1)


class Catalogue:
    """The public side of the catalogue. Each call reads one moment of the database."""

    def __init__(self, *, database: Database, index: SearchIndex, clock: Clock, config: CityConfig) -> None:
        self._database = database
        self._index = index
        self._clock = clock
        self._config = config
        self._recent: Kept[str, tuple[int, Opportunity]] = Kept(_MOST_KEPT)
        self._cities: Kept[int, Mapping[str, Texts]] = Kept(1)

    def version(self) -> int:
        """Return a number that rises with every change of what visitors see; what was made at the same number is fresh.

        Time passes without a change: what depends on it (the next date of an offer) must be made anew by the minute.
        """
        return changes.last_of_all(self._database)

    def find(self, query: Query, *, language: str | None = None) -> Results:
        """Return one page of what `query` asks for; `language` (of the visitor) is the one its words are in."""
        now = self._clock.now()
        with self._database.read() as session:
            found = self._index.find(session, query, language=language or self._config.default_language, now=now)
            change = changes.last(session)
            opportunities = self._read(session, [hit.id for hit in found.hits], change)
        items = tuple(
            Listed(
                opportunity=opportunities[hit.id],
                distance_m=hit.distance_m,
                date=self._date(opportunities[hit.id], query, now),
            )
            for hit in found.hits
            # The index may be ahead of what this moment holds.
            if hit.id in opportunities and opportunities[hit.id].status is Status.PUBLISHED
        )
        return Results(items=items, total=found.total, facets=found.facets, change=change)

    def _date(self, one: Opportunity, query: Query, now: datetime) -> Occurrence | None:
        if not query.is_of_days:
            return None
        return one.occurrence_within(*query.span(ZoneInfo(self._config.timezone)), now)

    def cities(self) -> Mapping[str, Texts]:
        """Return the other cities whose offers are here: what each is called, by its short name for `Query.city`."""
        known = self._cities.get(self.version())
        if known is None:
            with self._database.read() as session:
                known = cities.others(session)
                self._cities.put(changes.last(session), known)
        return known

    def elsewhere(self, query: Query, *, language: str) -> Elsewhere:
        """Return what other cities have of what `query` asks for, wherever that is: where and whose it is here does not
        count.
        """
        others = tuple(each for each in self.cities() if each not in query.city)
        if not others:
            return Elsewhere()
        asked = replace(anywhere(query), city=others)
        found = self.find(asked, language=language)
        online = self.find(replace(asked, format=_ONLINE), language=language).items if not query.format else ()
        first = {each.opportunity.id: each for each in (*online, *found.items)}
        counts = found.facets.get("city", {})
        return Elsewhere(
            items=tuple(first.values()), cities={each: counts[each] for each in others if counts.get(each)}
        )

    def _read(self, session: Session, ids: Sequence[str], change: int) -> Mapping[str, Opportunity]:
        """Return opportunities by id; those that were read since the last `change` are not read again."""
        kept = {id_: self._recent.get(id_) for id_ in ids}
        known = {id_: each[1] for id_, each in kept.items() if each is not None and each[0] == change}
        fresh = store.get_many(session, [id_ for id_ in ids if id_ not in known])
        for id_, one in fresh.items():
            self._recent.put(id_, (change, one))
        return {**known, **fresh}

    def get(self, id_: str) -> Opportunity | None:
        """Return the opportunity `id_` if anyone may see it, else None."""
        with self._database.read() as session:
            opportunity = store.get(session, id_)
        return opportunity if opportunity is not None and opportunity.status.is_public else None

    def get_many(self, ids: Sequence[str]) -> Mapping[str, Opportunity]:
        """Return those of `ids` that anyone may see, by id."""
        with self._database.read() as session:
            found = store.get_many(session, ids)
        return {id_: one for id_, one in found.items() if one.status.is_public}

    def clusters(self, query: Query, *, z: int, x: int, y: int) -> Sequence[Cluster]:
        """Return what the map shows in one tile (`0 <= x, y < 2**z`)."""
        with self._database.read() as session:
            return self._index.clusters(session, query, z=z, x=x, y=y, now=self._clock.now())

    def organisation(self, slug: str) -> Organiser | None:
        """Return the organisation at `slug`, or None."""
        with self._database.read() as session:
            return directory.by_slug(session, slug)

    def busiest_organisations(self, limit: int) -> Sequence[Organiser]:
        """Return the organisations with the most offers, the busiest first."""
        with self._database.read() as session:
            ids = store.busiest_organisers(session, limit=limit)
            found = directory.by_ids(session, ids)
        return [found[each] for each in ids if each in found]

    def organisations(self) -> Sequence[Organiser]:
        """Return every organisation, by name."""
        with self._database.read() as session:
            return directory.listing(session)
