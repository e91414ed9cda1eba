"""The settings of a city as the code sees them: validated, complete, immutable.

`config.py` reads them from city.toml and the environment; `settings_schema.py` says what each may be.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Texts = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    lat_deg: float
    lon_deg: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """West, south, east, north in degrees; `west < east`, `south < north`."""

    west_deg: float
    south_deg: float
    east_deg: float
    north_deg: float

    def contains(self, lat_deg: float, lon_deg: float) -> bool:
        return self.south_deg <= lat_deg <= self.north_deg and self.west_deg <= lon_deg <= self.east_deg


@dataclass(frozen=True, kw_only=True, slots=True)
class Operator:
    """Who runs the portal, for the privacy page and the foot of every page."""

    name: str = ""
    url: str | None = None
    source_url: str | None = None
    email: str | None = None
    address: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ThemeConfig:
    """A look: colour tokens for light and dark, and the city's own drawings (paths are absolute)."""

    tokens: Mapping[str, str] = field(default_factory=dict)
    dark: Mapping[str, str] = field(default_factory=dict)
    logo: Path | None = None
    pattern: Path | None = None
    river: Path | None = None
    motto: Texts = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PluginsConfig:
    """Names that the city loads, in order, and each plugin's table as written (validated when it is loaded)."""

    enabled: tuple[str, ...] = ()
    settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceConfig:
    """One place that opportunities are gathered from. `options` belong to the plugin and are checked by its schema.

    `schedule_s` is the time between two fetches; `close_after` how many complete fetches without an item close it.
    """

    id: str
    plugin: str
    name: Texts
    url: str | None = None
    homepage: str | None = None
    organisation: str | None = None
    language: str | None = None
    licence: str | None = None
    schedule_s: int = 3600
    publish: Literal["review", "auto"] = "review"
    close_after: int = 3
    reach: Literal["local", "network"] | None = None
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class MailConfig:
    url: str | None = None
    sender: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkConfig:
    """The network that the city is a member of. `anchor` is the address of its trust anchor, an entity of OpenID
    Federation.

    `trust` holds the anchor's public keys (a JWK Set) as they were handed over; without it the keys count that the
    anchor showed when the city first asked.
    """

    anchor: str | None = None
    trust: Path | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FederationConfig:
    """Whom the city exchanges with. `peers` are addresses that it follows; `allow` hosts that it trusts without a
    membership; `deny` hosts that it has nothing to do with, whatever else is said of them. `reach` is that of offers
    which say none and whose source says none. So many `mirror_years` after a city that is no partner any more was
    heard of last, what its issuers published is kept.
    """

    peers: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    reach: Literal["local", "network"] = "local"
    mirror_years: int = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivacyConfig:
    """How long things are kept."""

    feedback_days: int = 365
    raw_items_days: int = 90
    log_days: int = 30
    deletions_days: int = 400
    unclaimed_days: int = 365
    passport_days: int = 1100


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitsConfig:
    """Bounds against abuse and accidents."""

    body_bytes: int = 1_000_000
    fetch_bytes: int = 50_000_000
    fetch_deadline_s: int = 60
    source_deadline_s: int = 300
    requests_per_minute: int = 600
    reads_per_minute: int = 3000
    forms_per_hour: int = 10
    checks_per_hour: int = 300
    free_disk_mb: int = 200
    process_memory_mb: int = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class CityConfig:
    """Everything that a process needs to know to be this city.

    `dir` is the city's folder, `var` where its state lives. `origins` maps a dotted key to where its value came from
    (file and line, environment, default), for `col config show`.
    """

    dir: Path
    var: Path
    id: str
    name: Texts
    country: str
    timezone: str
    languages: tuple[str, ...]
    default_language: str
    center: Point
    bbox: Bounds
    currency: str
    age_of_consent: int
    base_url: str
    database_url: str
    files_url: str
    secret_key: str
    districts: Path | None = None
    gazetteer: tuple[Path, ...] = ()
    content: Path | None = None
    operator: Operator = Operator()
    theme: ThemeConfig = ThemeConfig()
    plugins: PluginsConfig = PluginsConfig()
    sources: tuple[SourceConfig, ...] = ()
    jobs_url: str | None = None
    mail: MailConfig = MailConfig()
    http_allow_hosts: tuple[str, ...] = ()
    proxies: int = 0
    hosts: tuple[str, ...] = ()
    metrics_token: str = ""
    badge_key: str = ""
    network: NetworkConfig = NetworkConfig()
    federation: FederationConfig = FederationConfig()
    privacy: PrivacyConfig = PrivacyConfig()
    limits: LimitsConfig = LimitsConfig()
    origins: Mapping[str, str] = field(default_factory=dict)

    def city_name(self, language: str) -> str:
        """Return the city's name in `language`, else in its own first language."""
        return self.name.get(language) or self.name.get(self.default_language) or next(iter(self.name.values()))
