"""`col config show|export`: each setting, and where it comes from."""

import argparse
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from col_core.cli.frame import DONE, Subcommands, city_of

# Whoever looks over a shoulder, or gets the output by mail, learns no secret.
_SECRET = re.compile(r"(?:^|[._])(?:secret|secret_key|badge_key|password|token|api_key|key)$")
_PASSWORD = re.compile(r"(?<=://)([^/@:\s]*):[^/@\s]*@")
_HIDDEN = "(set; not shown)"
_FROM_ENVIRONMENT = {"secret_key": "environment (COL_SECRET_KEY)", "badge_key": "environment (COL_BADGE_KEY)"}
_WITHOUT = {"secret_key": "(made at the first start)", "badge_key": "(the city's secret)"}


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("config", help="show the settings and where each comes from")
    parser.add_argument("action", choices=["show", "export"])
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the settings: `show` for people, `export` as JSON."""
    config = city_of(arguments)
    values = dict(_flat(config))
    if arguments.action == "export":
        print(json.dumps(values, ensure_ascii=False, indent=2, default=str))
        return DONE
    for key, value in values.items():
        written = json.dumps(value, ensure_ascii=False, default=str)
        print(f"{key} = {written}    # {_origin(key, config.origins)}")
    return DONE


def _origin(key: str, origins: Mapping[str, str]) -> str:
    names = {key, key.replace("_", ".", 1)}
    for written, origin in origins.items():
        # What stands in [city] and [serve] has no table in the settings.
        tail = written.removeprefix("city.").removeprefix("serve.")
        if any(name in (written, tail) or tail.startswith(f"{name}.") or name.startswith(f"{tail}.") for name in names):
            return origin
    return _FROM_ENVIRONMENT.get(key, "default")


def _flat(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    if is_dataclass(value):
        for each in fields(value):
            if each.name == "origins":
                continue
            name = f"{prefix}.{each.name}" if prefix else each.name
            if each.name in _WITHOUT and not getattr(value, each.name):
                yield name, _WITHOUT[each.name]
            else:
                yield from _flat(getattr(value, each.name), name)
    elif isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{prefix}.{key}")
    elif isinstance(value, tuple) and value and is_dataclass(value[0]):
        for index, inner in enumerate(value):
            yield from _flat(inner, f"{prefix}[{getattr(inner, 'id', index)}]")
    elif value and isinstance(value, str) and _SECRET.search(prefix):
        yield prefix, _HIDDEN
    else:
        yield prefix, _PASSWORD.sub(r"\1:***@", value) if isinstance(value, str) else value
