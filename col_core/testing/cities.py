"""A city for tests of plugins: what `City` is in the house, made from a few words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from col_core.base.fetch import HttpClient
from col_core.base.settings import Bounds, LimitsConfig, Point, SourceConfig
from col_core.hooks.city import City
from col_core.hooks.loader import USER_AGENT, CityLoader

NOW = datetime(2026, 1, 7, 12, 0, tzinfo=UTC)


def a_city(
    folder: Path,
    *,
    sources: Sequence[Mapping[str, Any]] = (),
    settings: Mapping[str, Any] | None = None,
    timezone: str = "Europe/Ljubljana",
    languages: tuple[str, ...] = ("en",),
    now: datetime = NOW,
    base_url: str = "https://testville.example",
    allow_hosts: tuple[str, ...] = (),
    source_maker: Callable[[str, SourceConfig], Any] | None = None,
) -> City:
    """Return a city whose files lie in `folder`. `sources` are fields of SourceConfig; `options` already checked."""
    http = HttpClient(allow_hosts=allow_hosts, user_agent=USER_AGENT)
    return City(
        id="testville",
        name={languages[0]: "Testville"},
        country="SI",
        timezone=timezone,
        languages=languages,
        default_language=languages[0],
        center=Point(lat_deg=46.05, lon_deg=14.51),
        bbox=Bounds(west_deg=14.38, south_deg=45.95, east_deg=14.83, north_deg=46.15),
        currency="EUR",
        dir=folder,
        base_url=base_url,
        clock=lambda: now,
        loader=CityLoader(folder, http, LimitsConfig()),
        settings=settings or {},
        sources=tuple(SourceConfig(**{"name": {languages[0]: str(each["id"])}, **each}) for each in sources),
        source_maker=source_maker,
    )
