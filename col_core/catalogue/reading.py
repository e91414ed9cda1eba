"""What visitors may read of the catalogue: results, one opportunity, the map, organisations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.settings import CityConfig
from col_core.catalogue import changes, store
from col_core.catalogue.hooks import SearchIndex
from col_core.catalogue.records import Cluster, Opportunity, Query
from col_core.organisers import directory
from col_core.organisers.records import Organiser


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One result. `distance_m` is None where the query does not say from where."""

    opportunity: Opportunity
    distance_m: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """One page of results. `total` counts all pages; `facets` maps a facet to value → count."""

    items: tuple[Listed, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]


class Catalogue:
    """The public side of the catalogue. Each call reads one moment of the database."""

    def __init__(self, *, database: Database, index: SearchIndex, clock: Clock, config: CityConfig) -> None:
        self._database = database
        self._index = index
        self._clock = clock
        self._config = config

    def version(self) -> int:
        """Return a number that rises with every change of what visitors see; what was made at the same number is fresh.

        Time passes without a change: what depends on it (the next date of an offer) must be made anew by the minute.
        """
        with self._database.read() as session:
            return changes.last(session)

    def find(self, query: Query, *, language: str | None = None) -> Results:
        """Return one page of what `query` asks for; `language` (of the visitor) is the one its words are in."""
        with self._database.read() as session:
            found = self._index.find(
                session, query, language=language or self._config.default_language, now=self._clock.now()
            )
            opportunities = store.get_many(session, [hit.id for hit in found.hits])
        items = tuple(
            Listed(opportunity=opportunities[hit.id], distance_m=hit.distance_m)
            for hit in found.hits
            if hit.id in opportunities
        )
        return Results(items=items, total=found.total, facets=found.facets)

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
