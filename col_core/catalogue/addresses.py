"""The public addresses of what the catalogue holds, the same in pages, API, feeds and calendars."""

from col_core.base.images import WIDTHS, variant_key
from col_core.base.settings import CityConfig
from col_core.catalogue.records import Opportunity


def opportunity(config: CityConfig, id_: str, language: str | None = None) -> str:
    """Return the address of an opportunity's page, in `language` or the city's first."""
    return f"{config.base_url}/{language or config.default_language}/opportunities/{id_}"


def organisation(config: CityConfig, slug: str, language: str | None = None) -> str:
    """Return the address of an organisation's page, in `language` or the city's first."""
    return f"{config.base_url}/{language or config.default_language}/organisations/{slug}"


def achievement(config: CityConfig, id_: str) -> str:
    """Return the address of what a badge stands for."""
    return f"{config.base_url}/achievements/{id_}"


def image(config: CityConfig, one: Opportunity) -> str | None:
    """Return the address of our own copy of the picture; None where there is none that may be shown."""
    if one.content.image is None or one.image_key is None:
        return None
    return f"{config.base_url}/media/{variant_key(one.image_key, WIDTHS[-1])}"
