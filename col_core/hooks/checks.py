"""What the doctor looks at in a city's plugins."""

from collections.abc import Iterator
from dataclasses import dataclass

from col_core.base.checks import Finding, Weight
from col_core.base.errors import PluginError
from col_core.hooks.boot import LoadedPlugins


def faults(loaded: LoadedPlugins) -> list[str]:
    """Call every hook that is called when a city starts; return what is wrong, one sentence a plugin and hook."""
    plugins = loaded.plugins
    return [
        str(result)
        for hook in plugins.hooks_at_start
        for _, result in plugins.call_each(hook, loaded.arguments)
        if isinstance(result, PluginError)
    ]


@dataclass(frozen=True, kw_only=True)
class PluginsCheck:
    """Whether each plugin does what its hooks promise."""

    loaded: LoadedPlugins
    area: str = "plugins"

    def look(self) -> Iterator[Finding]:
        for fault in faults(self.loaded):
            yield Finding(
                weight=Weight.MEND,
                what=fault,
                means="What this plugin brings is missing; the rest of the city works.",
                mend="Correct the plugin or its settings, or take it out of [plugins] enabled.",
            )
