"""Loading a city's plugins: import them, check their settings, hand each its own view of the city."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

from marshmallow import Schema, ValidationError

from col_core.base.clock import Clock
from col_core.base.config import FILE
from col_core.base.errors import ConfigError, PluginError
from col_core.base.settings import CityConfig, SourceConfig
from col_core.hooks.city import City, Loader
from col_core.hooks.hooks import ConfigSchemas
from col_core.hooks.registry import Plugins


class LoadedPlugins:
    """The plugins of a city with their checked settings.

    Raises ConfigError where a plugin's settings are wrong, PluginError where a plugin cannot be loaded.
    """

    def __init__(
        self, config: CityConfig, *, specifications: Iterable[ModuleType], loader: Loader, clock: Clock
    ) -> None:
        self.plugins = Plugins(specifications, folder=config.dir / "plugins")
        self.plugins.load(config.plugins.enabled)
        self._config, self._loader, self._clock = config, loader, clock
        self._schemas = {
            name: given if isinstance(given, ConfigSchemas) else ConfigSchemas(settings=given)
            for name, given in self.plugins.must_call("col_config_schema")
        }
        self._settings = {name: self._checked_settings(name) for name in self.plugins.names}
        self._sources = tuple(self.checked_source(source) for source in config.sources)

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
        where = f"[[sources]] {source.id!r}"
        return replace(source, options=self._load(schema, source.options, where, source.plugin))

    def _checked_settings(self, plugin: str) -> Mapping[str, Any]:
        schema = self._schemas.get(plugin, ConfigSchemas()).settings
        return self._load(schema, self._config.plugins.settings.get(plugin, {}), f"[plugins.{plugin}]", plugin)

    def _load(
        self, schema: type[Schema] | None, written: Mapping[str, object], where: str, plugin: str
    ) -> Mapping[str, Any]:
        file = self._config.dir / FILE
        if schema is None:
            if written:
                raise ConfigError(
                    f"{file}: {where}: {', '.join(written)}: plugin {plugin!r} has no such settings; remove them."
                )
            return {}
        try:
            loaded: Mapping[str, Any] = schema().load(dict(written))
        except ValidationError as error:
            known = ", ".join(schema().fields)
            problems = [
                f"{file}: {where} {key}: found {written.get(key)!r}: {said}; plugin {plugin!r} knows: {known}."
                for key, said in _flat(error.messages)
            ]
            raise ConfigError(f"{file} cannot be used:", problems=problems) from error
        return loaded

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


def _flat(messages: Any, prefix: str = "") -> list[tuple[str, str]]:
    if isinstance(messages, dict):
        return [
            pair for key, inner in messages.items() for pair in _flat(inner, f"{prefix}.{key}" if prefix else str(key))
        ]
    return [(prefix, " ".join(str(each).rstrip(".") for each in messages))]
