"""What a plugin sees of the city that loads it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from col_core.base.settings import Bounds, Point, SourceConfig, Texts


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """What an address gave. `unchanged` (the body is then empty) means that nothing changed since `cursor`."""

    body: bytes
    media_type: str
    charset: str | None
    address: str
    unchanged: bool
    cursor: str | None


class Loader(Protocol):
    """Fetches a web address through the guarded client, or reads a file of the city; sends through that client."""

    def load(self, url: str, cursor: str | None = None, headers: Mapping[str, str] | None = None) -> Loaded: ...

    def send(self, url: str, body: Any, headers: Mapping[str, str] | None = None) -> Loaded: ...


@dataclass(frozen=True, kw_only=True)
class City:
    """One city, for one plugin: `settings` is that plugin's own table, `sources` the ones that name it.

    `base_url` is the city's own address on the web, without a slash at its end.
    """

    id: str
    name: Texts
    country: str
    timezone: str
    languages: tuple[str, ...]
    default_language: str
    center: Point
    bbox: Bounds
    currency: str
    dir: Path
    base_url: str
    clock: Callable[[], datetime]
    loader: Loader
    settings: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[SourceConfig, ...] = ()
    source_maker: Callable[[str, SourceConfig], Any] | None = None

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return self.clock()

    def load(self, url: str, cursor: str | None = None, headers: Mapping[str, str] | None = None) -> Loaded:
        """Return what stands at `url`: a web address, or a file inside the city's folder.

        Hand the `cursor` of the last answer back, and an unchanged answer costs next to nothing. `headers`, such as
        `{"Authorization": "Bearer …"}`, go to the host of `url` alone. Raises FetchError.
        """
        return self.loader.load(url, cursor, headers)

    def send(self, url: str, body: Any, headers: Mapping[str, str] | None = None) -> Loaded:
        """Send `body` as JSON to a web address with POST, once, and return what was answered.

        `headers` go along, such as `{"Authorization": "Bearer …"}`. Use it in jobs, never while a visitor waits. Raises
        FetchError, `permanent` where the other side refused and will refuse again; otherwise it may have taken what was
        sent and only its answer got lost, so send what may safely come twice (an `Idempotency-Key` helps).
        """
        return self.loader.send(url, body, headers)

    def source_from(self, plugin: str, config: SourceConfig) -> Any:
        """Return the source that another enabled plugin makes of `config`. Raises PluginError where it makes none."""
        assert self.source_maker is not None
        return self.source_maker(plugin, config)
