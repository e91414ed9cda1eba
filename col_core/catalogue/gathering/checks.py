"""What the doctor looks at in where a city's offers come from, and where they lie."""

from collections.abc import Iterator
from dataclasses import dataclass

from shapely import unary_union
from shapely.geometry import Polygon, box
from sqlalchemy.orm import Session

from col_core.base.checks import Finding, Weight
from col_core.base.database import Database
from col_core.base.errors import ConfigError
from col_core.base.settings import Bounds, CityConfig
from col_core.catalogue import drawings
from col_core.catalogue.gathering import runs
from col_core.catalogue.gathering.gathering import GatheredSource, Gathering

_LEAST_SHARE = 0.2
_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class SourcesCheck:
    """Whether offers come in. Without `database` only what stands in the settings is looked at."""

    gathering: Gathering
    database: Database | None
    area: str = "sources"

    def look(self) -> Iterator[Finding]:
        if not self.gathering.sources:
            yield Finding(
                weight=Weight.RISK,
                what="The city has no sources.",
                means="The map and the list stay empty until somebody writes offers by hand or imports a file.",
                mend="Add [[sources]] to city.toml; docs/reference/settings.md says what may stand there.",
            )
            return
        if self.database is None:
            yield from self._all(None)
            return
        with self.database.read() as session:
            yield from list(self._all(session))

    def _all(self, session: Session | None) -> Iterator[Finding]:
        states = runs.states(session) if session is not None else {}
        for each in self.gathering.sources:
            yield from _of_source(each, states.get(each.config.id), known=session is not None)


def _of_source(each: GatheredSource, state: runs.SourceState | None, *, known: bool) -> Iterator[Finding]:
    name = each.config.id
    if each.fault is not None:
        yield Finding(
            weight=Weight.MEND,
            what=f"Source {name} is off: {each.fault}",
            means="Nothing new comes from it, and what it brought before grows old.",
            mend="Correct its [[sources]] entry, then try `col sources preview " + name + "`.",
        )
    elif state is not None and state.alert:
        yield Finding(
            weight=Weight.MEND,
            what=f"Source {name} fails: {state.alert}",
            means="Nothing new comes from it, and what it brought before grows old.",
            mend=f"Look what it says now with `col sources preview {name}`; ask whoever publishes it.",
        )
    elif known and (state is None or state.last_good is None):
        yield Finding(
            weight=Weight.RISK,
            what=f"Source {name} has never had a good run.",
            means="None of its offers can be found.",
            mend=f"Look what it would bring with `col sources preview {name}`, then run `col sources sync {name}`.",
        )


@dataclass(frozen=True, kw_only=True)
class DistrictsCheck:
    """Whether the districts lie where the city says that it lies."""

    config: CityConfig
    area: str = "districts"

    def look(self) -> Iterator[Finding]:
        if self.config.districts is None:
            yield Finding(
                weight=Weight.HINT,
                what="The city names no districts.",
                means="Visitors cannot look for what is in their part of the city, nor the youth office for gaps.",
                mend="Put a GeoJSON file of them into the folder and name it: [city] districts.",
            )
            return
        try:
            shapes = dict(drawings.read(self.config.districts, "[city] districts"))
        except ConfigError:
            # The city does not start with it, which is told first of all.
            return
        bounds = _box(self.config.bbox)
        outside = [name for name, each in shapes.items() if not bounds.intersects(each.representative_point())]
        if outside:
            named = ", ".join(outside[:_NAMED]) + (
                f" and {len(outside) - _NAMED} more" if len(outside) > _NAMED else ""
            )
            yield Finding(
                weight=Weight.MEND,
                what=f"{len(outside)} of {len(shapes)} districts lie outside of bbox: {named}.",
                means="Offers there are flagged as lying outside of the city. Are latitude and longitude swapped?",
                mend="Correct [city] bbox (west, south, east, north), or the file of the districts.",
            )
        elif all(each.area for each in shapes.values()):
            share = unary_union(list(shapes.values())).envelope.area / bounds.area
            if share < _LEAST_SHARE:
                yield Finding(
                    weight=Weight.RISK,
                    what=f"The districts take up {share:.0%} of bbox.",
                    means="Most of the map has no district, or bbox is far too large and lets wrong places through.",
                    mend="Draw [city] bbox closer, or add the districts that are missing.",
                )


def _box(bounds: Bounds) -> Polygon:
    return box(bounds.west_deg, bounds.south_deg, bounds.east_deg, bounds.north_deg)
