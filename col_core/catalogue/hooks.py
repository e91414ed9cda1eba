"""Hooks and protocols of the catalogue: sources, review, search engine, map layers, formats."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from sqlalchemy.orm import Session

from col_core.catalogue.records import (
    BadgeRef,
    Cluster,
    Draft,
    Fetched,
    Finding,
    Found,
    Opportunity,
    Query,
    RawItem,
    Rejected,
    Translation,
)
from col_core.hooks.city import City
from col_core.hooks.markers import hookspec


@runtime_checkable
class OpportunitySource(Protocol):
    """One place that opportunities come from. `id` is the id of its `[[sources]]` entry."""

    id: str

    def fetch(self, *, since: datetime | None, cursor: str | None) -> Fetched:
        """Bring raw items. `since` is the start of the last good run, `cursor` what that run returned.

        Raises FetchError where the source cannot be had; never returns half of it as complete.
        """
        ...

    def normalise(self, raw: RawItem) -> Draft | Rejected:
        """Turn one raw item into a draft, or say in plain words why it cannot become one. Does no I/O."""
        ...


@runtime_checkable
class SearchIndex(Protocol):
    """A search engine over the published opportunities. It answers in ids; what is shown is read from the store."""

    def put(self, session: Session, items: Sequence[tuple[int, Opportunity]]) -> None:
        """Take opportunities in, or take them out if they are not published, in the caller's transaction."""
        ...

    def remove(self, session: Session, pks: Sequence[int]) -> None:
        """Forget opportunities by their row number."""
        ...

    def find(self, session: Session, query: Query, *, language: str, now: datetime) -> Found:
        """Return one page of results with the total and facet counts."""
        ...

    def clusters(self, session: Session, query: Query, *, z: int, x: int, y: int, now: datetime) -> Sequence[Cluster]:
        """Return what the map shows in one tile; the sum over all tiles is what `find` counts with a place."""
        ...


class OpportunityFacts(Protocol):
    """What the catalogue shows of offers and rooms above it know; the composition root hands it in."""

    def badges(self, ids: Sequence[str]) -> Sequence[BadgeRef]:
        """Return those of the achievements `ids` that can be earned now, in the order of `ids`."""
        ...


class OfferTranslations(Protocol):
    """What pages show of other cities' offers in a language that those did not write; the composition root hands it in.

    It is for pages alone: feeds, files and the API say what the other city said.
    """

    def of(self, offers: Sequence[Opportunity], language: str) -> Mapping[str, Translation]:
        """Return what there is in `language` of those of `offers` that lack it, by their id."""
        ...


@dataclass(frozen=True, kw_only=True)
class MapLayer:
    """A base map or overlay. `source` and `layers` follow the MapLibre style specification; addresses are our own."""

    id: str
    title: Mapping[str, str]
    source: Mapping[str, Any]
    layers: Sequence[Mapping[str, Any]]
    base: bool = False
    attribution: str = ""


@runtime_checkable
class OpportunityFormat(Protocol):
    """A way to write opportunities out or read them in."""

    name: str
    media_type: str
    extension: str

    def write(self, opportunities: Iterable[Opportunity], *, language: str) -> bytes: ...


@hookspec
def col_opportunity_sources(city: City) -> list[OpportunitySource]:  # type: ignore[empty-body]
    """Return a source object for each entry of `city.sources`.

    Called at boot. Where it fails, the sources of that plugin are off and shown as broken; the city goes on.
    """


@hookspec
def col_review_opportunity(draft: Draft, city: City) -> list[Finding]:  # type: ignore[empty-body]
    """Return findings about a draft before it is stored: what a person should know, or must look at first.

    Called for each new or changed draft. Where it fails, the draft is held for a person.
    """


@hookspec(firstresult=True)
def col_search_index(city: City) -> SearchIndex:  # type: ignore[empty-body]
    """Return another search engine. Called at boot; the first plugin that returns one wins; a fault refuses to boot."""


@hookspec
def col_map_layers(city: City) -> list[MapLayer]:  # type: ignore[empty-body]
    """Return base maps and overlays. Called at boot; where it fails, the layers are left out."""


@hookspec
def col_formats() -> list[OpportunityFormat]:  # type: ignore[empty-body]
    """Return export formats, each served at `/feeds/opportunities.<extension>`.

    Called once, at boot. Where it fails, the formats are left out.
    """
