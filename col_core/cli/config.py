"""`col config show|export`: each setting, and where it comes from."""

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from col_core.cli.frame import DONE, Subcommands, city_of

_SECRET = ("secret_key",)


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
    key = key.replace("_url", ".url") if key.partition("_")[2] == "url" else key
    for written, origin in origins.items():
        tail = written.removeprefix("city.")
        if key in (written, tail) or tail.startswith(f"{key}.") or key.startswith(f"{tail}."):
            return origin
    return "default"


def _flat(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    if is_dataclass(value):
        for each in fields(value):
            if each.name == "origins":
                continue
            name = f"{prefix}.{each.name}" if prefix else each.name
            if each.name in _SECRET:
                yield name, "(set)" if getattr(value, each.name) else "(made at the first start)"
            else:
                yield from _flat(getattr(value, each.name), name)
    elif isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flat(inner, f"{prefix}.{key}")
    elif isinstance(value, tuple) and value and is_dataclass(value[0]):
        for index, inner in enumerate(value):
            yield from _flat(inner, f"{prefix}[{getattr(inner, 'id', index)}]")
    else:
        yield prefix, value
