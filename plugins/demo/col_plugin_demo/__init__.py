"""Source plugin `demo`: another plugin's source, moved to the present week and marked as an example."""

from col_core.plugin import City, ConfigSchemas, OpportunitySource, hookimpl
from col_plugin_demo.source import DemoSource, SourceOptions


@hookimpl
def col_config_schema() -> ConfigSchemas:
    """The options of a source: `inner`, `anchor` and the inner source's own options under `feed`."""
    return ConfigSchemas(source=SourceOptions)


@hookimpl
def col_opportunity_sources(city: City) -> list[OpportunitySource]:
    """One source for each `[[sources]]` entry with `plugin = "demo"`."""
    return [DemoSource(city, config) for config in city.sources]
