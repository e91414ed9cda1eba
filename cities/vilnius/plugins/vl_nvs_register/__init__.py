"""Source plugin `vl_nvs_register`: Vilnius' register of non-formal education (NVŠ)."""

from col_core.plugin import City, ConfigSchemas, OpportunitySource, hookimpl
from vl_nvs_register.source import RegisterSource, Settings


@hookimpl
def col_config_schema() -> ConfigSchemas:
    """Settings: what the voucher is worth a month."""
    return ConfigSchemas(settings=Settings)


@hookimpl
def col_opportunity_sources(city: City) -> list[OpportunitySource]:
    """One source for each `[[sources]]` entry with `plugin = "vl_nvs_register"`."""
    return [RegisterSource(city, config) for config in city.sources]
