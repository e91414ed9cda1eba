"""Source plugin `researched`: real activities that people gathered by hand from public pages."""

from col_core.plugin import City, ConfigSchemas, OpportunitySource, hookimpl
from col_plugin_researched.source import ResearchedSource


@hookimpl
def col_config_schema() -> ConfigSchemas:
    """No settings and no options of its own: a source is a file."""
    return ConfigSchemas()


@hookimpl
def col_opportunity_sources(city: City) -> list[OpportunitySource]:
    """One source for each `[[sources]]` entry with `plugin = "researched"`."""
    return [ResearchedSource(city, config) for config in city.sources]
