"""A throw-away city for measurements: a folder with its settings, an empty database, both gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from col_core.base.config import load_city
from col_core.base.errors import ConfigError
from col_core.base.settings import CityConfig
from col_core.testing import servers

ENGINES = ("sqlite", "postgresql")
_CITY_TOML = """\
[city]
id = "benchtown"
name = "Benchtown"
country = "SI"
timezone = "Europe/Ljubljana"
languages = ["sl", "en"]
center = [46.0511, 14.5063]
bbox = [14.38, 45.95, 14.83, 46.15]
age_of_consent = 16
base_url = "{base_url}"

[plugins]
enabled = ["lang_sl", "lang_en", "ob3"]
"""
_BASE_URL = "http://localhost:8001"


@dataclass(frozen=True, kw_only=True)
class Town:
    """An empty city. `environ` makes a process of its own find the same city."""

    config: CityConfig
    environ: Mapping[str, str]
    folder: Path


@contextmanager
def town(engine: str, *, keep: bool = False, base_url: str = _BASE_URL, more: str = "") -> Iterator[Town]:
    """Make an empty city on `engine`; with `keep`, its folder and database stay. `more` are further settings of it.

    Raises ConfigError where no PostgreSQL can be reached.
    """
    server = servers.postgres() if engine == "postgresql" else None
    if isinstance(server, str):
        raise ConfigError(f"There is no PostgreSQL to measure on: {server}.")
    folder = Path(tempfile.mkdtemp(prefix="col-bench-"))
    (folder / "city.toml").write_text(_CITY_TOML.format(base_url=base_url) + more, encoding="utf-8")
    url = servers.new_database(server) if server else f"sqlite:///{folder / 'city.db'}"
    environ = {**os.environ, "COL_CITY": str(folder), "COL_VAR": str(folder / "var"), "COL_DATABASE_URL": url}
    try:
        yield Town(config=load_city(folder, environ=environ), environ=environ, folder=folder)
    finally:
        if server and not keep:
            servers.drop_database(server, url)
        if server:
            server.stop()
        if not keep:
            shutil.rmtree(folder)
