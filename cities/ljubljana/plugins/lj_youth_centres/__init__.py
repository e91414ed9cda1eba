"""Source plugin `lj_youth_centres`: the programme of Ljubljana's youth centres, as their desk exports it."""

from col_core.plugin import City, ConfigSchemas, OpportunitySource, hookimpl
from lj_youth_centres.source import ProgrammeSource, Settings


@hookimpl
def col_config_schema() -> ConfigSchemas:
    """Settings: the goals of the city's youth strategy that an activity may serve."""
    return ConfigSchemas(settings=Settings)


@hookimpl
def col_opportunity_sources(city: City) -> list[OpportunitySource]:
    """One source for each `[[sources]]` entry with `plugin = "lj_youth_centres"`."""
    return [ProgrammeSource(city, config) for config in city.sources]
