"""Putting a city's parts together: settings, plugins, database. Commands and the web application begin here."""

from col_core.badges import hooks as badge_hooks
from col_core.base.clock import Clock
from col_core.base.fetch import HttpClient
from col_core.base.settings import CityConfig
from col_core.catalogue import hooks as catalogue_hooks
from col_core.hooks import hooks as common_hooks
from col_core.hooks.boot import LoadedPlugins
from col_core.hooks.loader import USER_AGENT, CityLoader
from col_core.web import hooks as web_hooks

SPECIFICATIONS = (common_hooks, web_hooks, catalogue_hooks, badge_hooks)


def load_plugins(config: CityConfig, *, clock: Clock) -> LoadedPlugins:
    """Load the plugins that `config` enables, with their settings checked. Raises ConfigError, PluginError."""
    http = HttpClient(allow_hosts=config.http_allow_hosts, user_agent=USER_AGENT)
    loader = CityLoader(config.dir, http, config.limits)
    return LoadedPlugins(config, specifications=SPECIFICATIONS, loader=loader, clock=clock)
