"""The formats in which opportunities are handed on: feeds serve them, `col opportunities export` writes them.

They obey the protocol that plugins' formats obey, so whoever writes out knows only that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from col_core.base.clock import Clock
from col_core.base.i18n import I18n, Translator
from col_core.base.settings import CityConfig
from col_core.catalogue.exchange import calendar, jsonld, rss, tables_out, wire, workbook_out
from col_core.catalogue.hooks import OpportunityFormat
from col_core.catalogue.records import Opportunity


@dataclass(frozen=True, kw_only=True)
class _Ours:
    config: CityConfig
    clock: Clock
    i18n: I18n


class CalendarFormat(_Ours):
    """iCalendar; what has no dates is left out."""

    name = "iCalendar"
    media_type = calendar.MEDIA_TYPE
    extension = "ics"

    def write(self, opportunities: Iterable[Opportunity], *, language: str) -> bytes:
        return calendar.many(
            opportunities,
            config=self.config,
            now=self.clock.now(),
            language=language,
            name=_title(self.config, self.i18n.translator(language)),
        )


class RssFormat(_Ours):
    """RSS 2.0 with dates and places of the event and GeoRSS modules."""

    name = "RSS"
    media_type = rss.MEDIA_TYPE
    extension = "rss"

    def write(self, opportunities: Iterable[Opportunity], *, language: str) -> bytes:
        words = self.i18n.translator(language)
        return rss.write(
            opportunities,
            config=self.config,
            now=self.clock.now(),
            language=language,
            title=_title(self.config, words),
            description=words.gettext(
                "%(city)s: everything that young people can learn, try and join, on one map.",
                city=self.config.city_name(language),
            ),
        )


class GeoJsonFormat(_Ours):
    """GeoJSON (RFC 7946); the properties are those of the API, in every language."""

    name = "GeoJSON"
    media_type = "application/geo+json"
    extension = "geojson"

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


class CsvFormat(_Ours):
    """A table, one row an opportunity, in the columns that `col opportunities import` knows."""

    name = "CSV"
    media_type = "text/csv"
    extension = "csv"

    def write(self, opportunities: Iterable[Opportunity], *, language: str) -> bytes:  # noqa: ARG002 (all languages)
        return tables_out.csv_table(opportunities, config=self.config)


class WorkbookFormat(_Ours):
    """The same table as a workbook."""

    name = "XLSX"
    media_type = workbook_out.MEDIA_TYPE
    extension = "xlsx"

    def write(self, opportunities: Iterable[Opportunity], *, language: str) -> bytes:  # noqa: ARG002 (all languages)
        return workbook_out.write(tables_out.rows(opportunities, config=self.config))


class JsonLdFormat(_Ours):
    """schema.org in JSON-LD."""

    name = "JSON-LD (schema.org)"
    media_type = jsonld.MEDIA_TYPE
    extension = "jsonld"

    def write(self, opportunities: Iterable[Opportunity], *, language: str) -> bytes:
        config, now = self.config, self.clock.now()
        graph = [
            jsonld.document(each, config=config, now=now, language=language, context=False) for each in opportunities
        ]
        return orjson.dumps({"@context": jsonld.CONTEXT, "@graph": graph})


def built_in(config: CityConfig, clock: Clock, i18n: I18n) -> Sequence[OpportunityFormat]:
    """Return the formats that every city has."""
    made = (CalendarFormat, RssFormat, GeoJsonFormat, CsvFormat, WorkbookFormat, JsonLdFormat)
    return [each(config=config, clock=clock, i18n=i18n) for each in made]


def _title(config: CityConfig, words: Translator) -> str:
    return f"{config.city_name(words.tag)} – {words.gettext('City of Learning')}"
