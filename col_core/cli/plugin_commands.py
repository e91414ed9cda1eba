"""Commands that a city's plugins bring: `col --city DIR <name>`."""

import argparse
from collections.abc import Sequence

from col_core.base.clock import SystemClock
from col_core.base.errors import PluginError
from col_core.cli.frame import Subcommands, city_of
from col_core.hooks.city import City
from col_core.hooks.hooks import Command
from col_core.house import load_plugins


def register(sub: Subcommands, arguments: argparse.Namespace, *, taken: Sequence[str]) -> None:
    """Add the commands of the city's plugins. Raises ColError where the city or a plugin cannot be used."""
    loaded = load_plugins(city_of(arguments), clock=SystemClock())
    for plugin, operations in loaded.plugins.must_call("col_operations", loaded.arguments):
        for command in operations.commands:
            if command.name in taken:
                raise PluginError(
                    f"Plugin {plugin!r}: the command {command.name!r} is there already; call it otherwise."
                )
            parser = sub.add_parser(command.name, help=command.help)
            command.arguments(parser)
            parser.set_defaults(run=_Run(command, loaded.city_for(plugin)))


class _Run:
    def __init__(self, command: Command, city: City) -> None:
        self._command, self._city = command, city

    def __call__(self, arguments: argparse.Namespace) -> int:
        return self._command.run(arguments, self._city)
