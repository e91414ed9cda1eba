"""The formats in which opportunities are handed on: feeds serve them, `col opportunities export` writes them.

They obey the protocol that plugins' formats obey, so whoever writes out knows only that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from col_core.base.clock import Clock
from col_core.base.settings import CityConfig
from col_core.catalogue import calendar, jsonld, rss, tables_out, wire, workbook_out
from col_core.catalogue.hooks import OpportunityFormat
from col_core.catalogue.records import Opportunity


@dataclass(kw_only=True)
class CalendarFormat:
    """iCalendar; what has no dates is left out."""

    config: CityConfig
    clock: Clock
    name: str = "iCalendar"
    media_type: str = calendar.MEDIA_TYPE
    extension: str = "ics"

    def write(self, opportunities: Iterable[Opportunity], *, language: str) -> bytes:
        return calendar.many(
            opportunities,
            config=self.config,
            now=self.clock.now(),
            language=language,
            name=self.config.city_name(language),
        )


@dataclass(kw_only=True)
class RssFormat:
    """RSS 2.0 with dates and places of the event and GeoRSS modules."""

    config: CityConfig
    clock: Clock
    name: str = "RSS"
    media_type: str = rss.MEDIA_TYPE
    extension: str = "rss"

    def write(self, opportunities: Iterable[Opportunity], *, language: str) -> bytes:
        return rss.write(opportunities, config=self.config, now=self.clock.now(), language=language)


@dataclass(kw_only=True)
class GeoJsonFormat:
    """GeoJSON (RFC 7946); the properties are those of the API, in every language."""

    config: CityConfig
    clock: Clock
    name: str = "GeoJSON"
    media_type: str = "application/geo+json"
    extension: str = "geojson"

    def write(self, opportunities: Iterable[Opportunity], *, language: str) -> bytes:  # noqa: ARG002 (all languages)
        now = self.clock.now()
        features = [
            {
                "type": "Feature",
                "id": each.id,
                "geometry": {"type": "Point", "coordinates": [each.place.lon_deg, each.place.lat_deg]}
                if each.place is not None and each.place.lat_deg is not None
                else None,
                "properties": wire.item(each, config=self.config, now=now),
            }
            for each in opportunities
        ]
        return orjson.dumps({"type": "FeatureCollection", "features": features})


@dataclass(kw_only=True)
class CsvFormat:
    """A table, one row an opportunity, in the columns that `col opportunities import` knows."""

    config: CityConfig
    clock: Clock
    name: str = "CSV"
    media_type: str = "text/csv"
    extension: str = "csv"

    def write(self, opportunities: Iterable[Opportunity], *, language: str) -> bytes:  # noqa: ARG002 (all languages)
        return tables_out.csv_table(opportunities, config=self.config)


@dataclass(kw_only=True)
class WorkbookFormat:
    """The same table as a workbook."""

    config: CityConfig
    clock: Clock
    name: str = "XLSX"
    media_type: str = workbook_out.MEDIA_TYPE
    extension: str = "xlsx"

    def write(self, opportunities: Iterable[Opportunity], *, language: str) -> bytes:  # noqa: ARG002 (all languages)
        return workbook_out.write(tables_out.rows(opportunities, config=self.config))


@dataclass(kw_only=True)
class JsonLdFormat:
    """schema.org in JSON-LD."""

    config: CityConfig
    clock: Clock
    name: str = "JSON-LD (schema.org)"
    media_type: str = jsonld.MEDIA_TYPE
    extension: str = "jsonld"

    def write(self, opportunities: Iterable[Opportunity], *, language: str) -> bytes:
        config, now = self.config, self.clock.now()
        graph = [
            jsonld.document(each, config=config, now=now, language=language, context=False) for each in opportunities
        ]
        return orjson.dumps({"@context": jsonld.CONTEXT, "@graph": graph})


def built_in(config: CityConfig, clock: Clock) -> Sequence[OpportunityFormat]:
    """Return the formats that every city has."""
    made = (CalendarFormat, RssFormat, GeoJsonFormat, CsvFormat, WorkbookFormat, JsonLdFormat)
    return [each(config=config, clock=clock) for each in made]
