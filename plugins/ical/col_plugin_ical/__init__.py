"""Source plugin `ical`: events of an iCalendar file (RFC 5545), as calendars publish it."""

from col_core.plugin import City, ConfigSchemas, OpportunitySource, hookimpl
from col_plugin_ical.source import IcalSource, SourceOptions


@hookimpl
def col_config_schema() -> ConfigSchemas:
    """The options of a source: what its categories mean, and what holds for all of its events."""
    return ConfigSchemas(source=SourceOptions)


@hookimpl
def col_opportunity_sources(city: City) -> list[OpportunitySource]:
    """One source for each `[[sources]]` entry with `plugin = "ical"`."""
    return [IcalSource(city, config) for config in city.sources]
