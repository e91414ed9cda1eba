"""`col plugins list|check`: what could be enabled, what is, and whether it keeps its contract."""

import argparse

from col_core.base.clock import SystemClock
from col_core.base.errors import PluginError
from col_core.cli.frame import DONE, FAILED, Subcommands, city_of
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
        for name, where in sorted(available(config.dir / "plugins").items()):
            print(f"{'enabled ' if name in config.plugins.enabled else 'off     '} {name}  ({where})")
        return DONE
    loaded = load_plugins(config, clock=SystemClock())
    broken = 0
    for name in loaded.plugins.names:
        print(f"{name}: {', '.join(loaded.plugins.implemented(name)) or 'no hooks'}")
    for hook in ("col_languages", "col_formats"):
        broken += _faults(loaded.plugins.call_each(hook))
    for hook in (
        "col_opportunity_sources",
        "col_badge_issuers",
        "col_map_layers",
        "col_web_parts",
        "col_operations",
    ):
        broken += _faults(loaded.plugins.call_each(hook, loaded.arguments))
    return FAILED if broken else DONE


def _faults(results: list[tuple[str, object]]) -> int:
    errors = [result for _, result in results if isinstance(result, PluginError)]
    for error in errors:
        print(error)
    return len(errors)
