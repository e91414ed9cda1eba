"""Read city.toml, the environment and the console's overlay into one `CityConfig`, or say exactly what is wrong."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from col_core.base import settings
from col_core.base.config_words import at, dotted, flat, shown, toml_fault
from col_core.base.errors import ConfigError
from col_core.base.settings_schema import CityFileSchema
from col_core.base.toml_faults import sentence
from col_core.base.toml_lines import Lines
from col_core.base.toml_lines import Path as KeyPath

FILE = "city.toml"
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_OVERRIDES: Mapping[str, KeyPath] = {
    "COL_DATABASE_URL": ("database", "url"),
    "COL_JOBS_URL": ("jobs", "url"),
    "COL_FILES_URL": ("files", "url"),
    "COL_BASE_URL": ("city", "base_url"),
    "COL_HTTP_ALLOW_HOSTS": ("http", "allow_hosts"),
    "COL_PROXIES": ("serve", "proxies"),
    "COL_METRICS_TOKEN": ("metrics", "token"),
    "COL_NETWORK_ANCHOR": ("network", "anchor"),
    "COL_FEDERATION_PEERS": ("federation", "peers"),
}
# Several, with commas between.
_LISTS = frozenset({"COL_HTTP_ALLOW_HOSTS", "COL_FEDERATION_PEERS"})


def load_city(
    folder: Path, *, environ: Mapping[str, str] = os.environ, overlay: Mapping[str, Any] | None = None
) -> settings.CityConfig:
    """Return the settings of the city in `folder`.

    `overlay` has the shape of city.toml and wins over it (the console's changes); variables of `environ` win over
    both. Raises ConfigError with one sentence a fault: file, line, key, what was found, what is expected.
    """
    folder = folder.resolve()
    file = folder / FILE
    data, lines = _read(file)
    origins = {".".join(map(str, path)): f"{FILE}:{lines.of(path)}" for path in _leaves(data)}
    problems: list[str] = []
    data = _with_variables(data, (), environ, file, lines, problems)
    for path in _leaves(overlay or {}):
        _put(data, path, at(overlay or {}, path))
        origins[".".join(map(str, path))] = "console"
    for name, path in _OVERRIDES.items():
        if value := environ.get(name):
            _put(data, path, value.split(",") if name in _LISTS else value)
            origins[".".join(map(str, path))] = f"environment ({name})"
    try:
        loaded = CityFileSchema().load(data)
    except ValidationError as error:
        # A variable that is not set is told already; what it left behind is no fault of its own.
        unset = tuple(problems)
        problems += [
            sentence(CityFileSchema(), path, said, data=data, where=f"{file}:{lines.of(path)}: {dotted(path)}")
            for path, said in flat(error.messages)
            if not any(each.startswith(f"{file}:{lines.of(path)}: {dotted(path)} needs") for each in unset)
        ]
        raise ConfigError(f"{file} cannot be used:", problems=problems) from error
    if not problems:
        city = _Builder(folder, file, lines, loaded, environ, origins, problems).build()
    if problems:
        raise ConfigError(f"{file} cannot be used:", problems=problems)
    return city


def _read(file: Path) -> tuple[dict[str, Any], Lines]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            f"There is no {FILE} in {file.parent}. `col city new NAME DIR` makes a city; --city names its folder."
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not UTF-8 (byte {error.start}): save it as UTF-8.") from error
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}.") from error
    try:
        return tomllib.loads(text), Lines(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(toml_fault(file, text, error)) from error


def _leaves(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
    elif path:
        yield path


def _put(data: dict[str, Any], path: KeyPath, value: Any) -> None:
    *tables, last = path
    target: Any = data
    for part in tables:
        target = target.setdefault(part, {}) if isinstance(target, dict) else target[part]
    target[last] = value


def _with_variables(
    value: Any, path: KeyPath, environ: Mapping[str, str], file: Path, lines: Lines, problems: list[str]
) -> Any:
    if isinstance(value, dict):
        return {k: _with_variables(v, (*path, k), environ, file, lines, problems) for k, v in value.items()}
    if isinstance(value, list):
        return [_with_variables(v, (*path, i), environ, file, lines, problems) for i, v in enumerate(value)]
    if not isinstance(value, str):
        return value

    def replace(match: re.Match[str]) -> str:
        if match[1] not in environ and match[2] is None:
            problems.append(
                f"{file}:{lines.of(path)}: {dotted(path)} needs the environment variable {match[1]}, which is not set."
            )
        return environ.get(match[1], match[2] or "")

    return _VARIABLE.sub(replace, value)


class _Builder:
    """Turns the checked tables into records; finds files; collects what is still wrong."""

    def __init__(
        self,
        folder: Path,
        file: Path,
        lines: Lines,
        loaded: Mapping[str, Any],
        environ: Mapping[str, str],
        origins: Mapping[str, str],
        problems: list[str],
    ) -> None:
        self.folder, self.file, self.lines = folder, file, lines
        self.loaded, self.environ, self.origins, self.problems = loaded, environ, origins, problems

    def build(self) -> settings.CityConfig:
        city = self.loaded["city"]
        languages = tuple(city["languages"])
        default = city.get("default_language", languages[0])
        west, south, east, north = city["bbox"]
        center = city.get("center") or [(south + north) / 2, (west + east) / 2]
        var = Path(self.environ.get("COL_VAR", "var")).resolve() / city["id"]
        content = self.folder / "content"
        return settings.CityConfig(
            dir=self.folder,
            var=var,
            id=city["id"],
            name=_texts(city["name"], default),
            country=city["country"],
            timezone=city["timezone"],
            languages=languages,
            default_language=default,
            center=settings.Point(lat_deg=center[0], lon_deg=center[1]),
            bbox=settings.Bounds(west_deg=west, south_deg=south, east_deg=east, north_deg=north),
            currency=city["currency"],
            age_of_consent=city["age_of_consent"],
            base_url=city["base_url"].rstrip("/"),
            database_url=self._table("database").get("url") or f"sqlite:///{var / 'city.db'}",
            files_url=self._table("files").get("url") or (var / "files").as_uri(),
            secret_key=self.environ.get("COL_SECRET_KEY", ""),
            badge_key=self.environ.get("COL_BADGE_KEY", ""),
            districts=self._file(("city", "districts"), city.get("districts")),
            gazetteer=tuple(
                path
                for index, name in enumerate(city["gazetteer"])
                if (path := self._file(("city", "gazetteer", index), name)) is not None
            ),
            content=content if content.is_dir() else None,
            operator=settings.Operator(**self._table("operator")),
            theme=self._theme(default),
            plugins=self._plugins(),
            sources=tuple(
                self._source(index, each, default) for index, each in enumerate(self.loaded.get("sources", ()))
            ),
            jobs_url=self._table("jobs").get("url"),
            mail=settings.MailConfig(**self._table("mail")),
            http_allow_hosts=tuple(self._table("http").get("allow_hosts", ())),
            proxies=self._table("serve").get("proxies", 0),
            hosts=tuple(self._table("serve").get("hosts", ())),
            metrics_token=self._table("metrics").get("token", ""),
            network=settings.NetworkConfig(
                anchor=(self._table("network").get("anchor") or "").rstrip("/") or None,
                trust=self._file(("network", "trust"), self._table("network").get("trust")),
            ),
            federation=self._federation(),
            privacy=settings.PrivacyConfig(**self._table("privacy")),
            limits=settings.LimitsConfig(**self._table("limits")),
            origins=self.origins,
        )

    def _table(self, name: str) -> Mapping[str, Any]:
        table: Mapping[str, Any] = self.loaded.get(name, {})
        return table

    def _file(self, path: KeyPath, name: str | None) -> Path | None:
        if name is None:
            return None
        file = (self.folder / name).resolve()
        if not file.is_relative_to(self.folder) or not file.is_file():
            self.problems.append(
                f"{self.file}:{self.lines.of(path)}: {dotted(path)}: found {shown(name)}, "
                f"which is not there; expected a file inside {self.folder}."
            )
            return None
        return file

    def _theme(self, default: str) -> settings.ThemeConfig:
        theme = self._table("theme")
        return settings.ThemeConfig(
            tokens=theme.get("tokens", {}),
            dark=theme.get("dark", {}),
            logo=self._file(("theme", "logo"), theme.get("logo")),
            pattern=self._file(("theme", "pattern"), theme.get("pattern")),
            river=self._file(("theme", "river"), theme.get("river")),
            motto=_texts(theme.get("motto", {}), default),
        )

    def _federation(self) -> settings.FederationConfig:
        table = self._table("federation")
        return settings.FederationConfig(
            peers=tuple(each.rstrip("/") for each in table.get("peers", ())),
            allow=tuple(table.get("allow", ())),
            deny=tuple(table.get("deny", ())),
            reach=table.get("reach", "local"),
            mirror_years=table.get("mirror_years", settings.FederationConfig().mirror_years),
        )

    def _plugins(self) -> settings.PluginsConfig:
        table = self._table("plugins")
        return settings.PluginsConfig(enabled=tuple(table.get("enabled", ())), settings=table.get("settings", {}))

    def _source(self, index: int, source: Mapping[str, Any], default: str) -> settings.SourceConfig:
        if source["plugin"] not in self._table("plugins").get("enabled", ()):
            path = ("sources", index, "plugin")
            self.problems.append(
                f"{self.file}:{self.lines.of(path)}: {dotted(path)}: found {source['plugin']!r}; "
                "expected the name of a plugin that [plugins] enabled lists."
            )
        return settings.SourceConfig(
            id=source["id"],
            plugin=source["plugin"],
            name=_texts(source.get("name", {"": source["id"]}), default),
            url=source.get("url"),
            homepage=source.get("homepage"),
            organisation=source.get("organisation"),
            language=source.get("language"),
            licence=source.get("licence"),
            schedule_s=source["schedule"],
            publish=source["publish"],
            close_after=source["close_after"],
            reach=source.get("reach"),
            options=source["options"],
        )


def _texts(value: Mapping[str, str], default: str) -> Mapping[str, str]:
    return {tag or default: text for tag, text in value.items()}
