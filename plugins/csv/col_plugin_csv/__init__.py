"""Source plugin `csv`: a table in which each row is one opportunity, as CSV or as a workbook (XLSX)."""

from col_core.plugin import City, ConfigSchemas, OpportunitySource, hookimpl
from col_plugin_csv.source import SourceOptions, TableSource


@hookimpl
def col_config_schema() -> ConfigSchemas:
    """The options of a source: which column is which, and what the words in the cells mean."""
    return ConfigSchemas(source=SourceOptions)


@hookimpl
def col_opportunity_sources(city: City) -> list[OpportunitySource]:
    """One source for each `[[sources]]` entry with `plugin = "csv"`."""
    return [TableSource(city, config) for config in city.sources]
