"""`col plugins list|check`: what could be enabled, what is, and whether it keeps its contract."""

import argparse

from col_core.base.clock import SystemClock
from col_core.base.settings import CityConfig
from col_core.cli.frame import DONE, FAILED, Subcommands, city_of
from col_core.hooks.checks import faults
from col_core.hooks.registry import available
from col_core.house import load_plugins


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("plugins", help="list the plugins of a city, or check them")
    parser.add_argument("action", choices=["list", "check"])
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print plugins; `check` also calls their hooks, and fails where one is broken."""
    config = city_of(arguments)
    if arguments.action == "list":
        return _list(config)
    loaded = load_plugins(config, clock=SystemClock())
    for name in loaded.plugins.names:
        print(f"{name}: {', '.join(loaded.plugins.implemented(name)) or 'no hooks'}")
    broken = faults(loaded)
    for each in broken:
        print(f"! {each}")
    if not loaded.plugins.names:
        print("The city enables no plugin: name some in [plugins] enabled.")
    elif not broken:
        print("Each plugin can be loaded and keeps what its hooks promise.")
    return FAILED if broken else DONE


def _list(config: CityConfig) -> int:
    there = available(config.dir / "plugins")
    for name, where in sorted(there.items()):
        print(f"{'enabled ' if name in config.plugins.enabled else 'off     '} {name}  ({where})")
    missing = [name for name in config.plugins.enabled if name not in there]
    for name in missing:
        print(f"missing  {name}  (enabled in city.toml, neither installed nor in {config.dir / 'plugins'})")
    return FAILED if missing else DONE
