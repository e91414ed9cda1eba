"""Loading a city's plugins: import them, check their settings, hand each its own view of the city."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

from marshmallow import Schema, ValidationError

from col_core.base.clock import Clock
from col_core.base.config import FILE
from col_core.base.config_words import at, detail, dotted, flat, shown
from col_core.base.errors import ConfigError, PluginError
from col_core.base.settings import CityConfig, SourceConfig
from col_core.base.settings_schema import SourceSchema
from col_core.base.toml_lines import Path
from col_core.hooks.city import City, Loader
from col_core.hooks.hooks import ConfigSchemas, PluginSchema
from col_core.hooks.registry import Plugins, available

# Every source has these, whatever its plugin.
_GENERAL = tuple(name for name in SourceSchema().fields if name != "options")
# What a field of a plugin's schema takes, in the words of who writes the file.
_KINDS = {
    "String": "a text in quotes",
    "Url": "a web address",
    "Integer": "a whole number",
    "Float": "a number",
    "Boolean": "true or false",
    "Dict": "a table",
    "List": "a list in [ ]",
    "Date": "a date such as 2026-01-05",
    "Enum": "one of its words",
}


class LoadedPlugins:
    """The plugins of a city with their checked settings.

    Raises ConfigError where a plugin's settings are wrong, PluginError where a plugin cannot be loaded.
    """

    def __init__(
        self, config: CityConfig, *, specifications: Iterable[ModuleType], loader: Loader, clock: Clock
    ) -> None:
        self.plugins = Plugins(specifications, folder=config.dir / "plugins")
        self._config, self._loader, self._clock = config, loader, clock
        try:
            self.plugins.load(config.plugins.enabled)
        except PluginError as error:
            raise PluginError(f"{self._place('plugins', 'enabled')}: [plugins] enabled: {error}") from error
        self._check_tables()
        self._schemas = {
            name: given if isinstance(given, ConfigSchemas) else ConfigSchemas(settings=given)
            for name, given in self.plugins.must_call("col_config_schema")
        }
        self._settings = {name: self._checked_settings(name) for name in self.plugins.names}
        self._sources = tuple(self.checked_source(source) for source in config.sources)

    def _check_tables(self) -> None:
        """Raise ConfigError for a table of a plugin that is not there; one that is off may keep its table."""
        known = available(self._config.dir / "plugins")
        for name in self._config.plugins.settings:
            if name not in known and name not in self.plugins.names:
                raise ConfigError(
                    f"{self._place('plugins', name)}: [plugins.{name}] is the table of no plugin that is there; "
                    f"there are: {', '.join(sorted(known))}."
                )

    def city_for(self, plugin: str) -> City:
        """Return the city as `plugin` sees it."""
        config = self._config
        return City(
            id=config.id,
            name=config.name,
            country=config.country,
            timezone=config.timezone,
            languages=config.languages,
            default_language=config.default_language,
            center=config.center,
            bbox=config.bbox,
            currency=config.currency,
            dir=config.dir,
            base_url=config.base_url,
            clock=self._clock.now,
            loader=self._loader,
            settings=self._settings.get(plugin, {}),
            sources=tuple(source for source in self._sources if source.plugin == plugin),
            source_maker=self.make_source,
        )

    def arguments(self, plugin: str) -> Mapping[str, Any]:
        """Return the arguments for hooks that get the city."""
        return {"city": self.city_for(plugin)}

    def checked_source(self, source: SourceConfig) -> SourceConfig:
        """Return `source` with the options that its plugin's schema makes of what was written."""
        schema = self._schemas.get(source.plugin, ConfigSchemas()).source
        number = next((n for n, each in enumerate(self._config.sources) if each.id == source.id), None)
        table = ("sources",) if number is None else ("sources", number)
        return replace(source, options=self._load(schema, source.options, table))

    def _checked_settings(self, plugin: str) -> Mapping[str, Any]:
        schema = self._schemas.get(plugin, ConfigSchemas()).settings
        return self._load(schema, self._config.plugins.settings.get(plugin, {}), ("plugins", plugin))

    def _load(self, schema: type[Schema] | None, written: Mapping[str, object], table: Path) -> Mapping[str, Any]:
        checked = (schema or PluginSchema)()
        general = _GENERAL if table[0] == "sources" else ()
        try:
            loaded: Mapping[str, Any] = checked.load(dict(written))
        except ValidationError as error:
            problems = [
                f"{self._place(*table, *path)}: {_named(table)} {_key(path)}"
                f"{_wrong(checked, written, path, said[0], general=general)}."
                for path, said in flat(error.messages)
            ]
            raise ConfigError(f"{self._config.dir / FILE} cannot be used:", problems=problems) from error
        return loaded

    def _place(self, *path: str | int) -> str:
        """Return the file, with the line of a key or of the nearest that stands above it."""
        keys = [str(each) for each in path]
        for length in range(len(keys), 0, -1):
            near = ".".join(keys[:length])
            for written, origin in self._config.origins.items():
                if (written == near or written.startswith(f"{near}.")) and origin.startswith(f"{FILE}:"):
                    return f"{self._config.dir / FILE}:{origin.removeprefix(f'{FILE}:')}"
        return str(self._config.dir / FILE)

    def make_source(self, plugin: str, source: SourceConfig, *, loader: Loader | None = None) -> Any:
        """Return the source that `plugin` makes of `source` as it is written; `loader` brings what it asks for.

        Raises PluginError where it makes none, ConfigError where its options are wrong.
        """
        if plugin not in self.plugins.names:
            raise PluginError(f"Source {source.id!r} needs plugin {plugin!r}: add it to [plugins] enabled.")
        checked = self.checked_source(replace(source, plugin=plugin))
        city = replace(self.city_for(plugin), sources=(checked,), loader=loader or self._loader)
        hook = "col_opportunity_sources"
        for _, made in self.plugins.must_call(hook, lambda _: {"city": city}, only=plugin):
            if made:
                return made[0]
        raise PluginError(f"Plugin {plugin!r} makes no sources; source {source.id!r} cannot use it.")


def _named(table: Path) -> str:
    return f"[plugins.{table[1]}]" if table[0] == "plugins" else dotted(table)


def _key(path: Path) -> str:
    return ".".join(map(str, path))


def _wrong(schema: Schema, written: Mapping[str, object], path: Path, said: str, *, general: Sequence[str]) -> str:
    """Return what is wrong with the key at `path`, and what would be right; `general` are keys beside the schema's."""
    name = str(path[0]) if path else ""
    if said.startswith("Unknown field"):
        known = ", ".join([*general, *schema.fields])
        return f" is not a setting; known here are: {known}" if known else " is not a setting; its plugin has none"
    if said.startswith("Missing data"):
        return f" is missing; expected {_expected(schema, name)}"
    found = f": found {shown(at(written, path))}"
    plain = said.rstrip(".")
    choices = plain.partition("ust be one of: ")[2]
    if choices:
        return f"{found}; expected one of: {choices}"
    return f"{found}{detail(plain)}; expected {_expected(schema, name)}"


def _expected(schema: Schema, name: str) -> str:
    """Return what the field `name` is for, as its plugin says it."""
    field = schema.fields.get(name)
    kind = _KINDS.get(type(field).__name__, "a value")
    about = str(field.metadata.get("description", "")).rstrip(".") if field is not None else ""
    return f"{kind} ({about[:1].lower()}{about[1:]})" if about else kind
