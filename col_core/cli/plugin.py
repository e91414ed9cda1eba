"""`col plugin new NAME DIR`: a working plugin with a test."""

import argparse
import re
from pathlib import Path

from col_core.base.errors import ConfigError
from col_core.cli.frame import DONE, Subcommands

_FILES = {
    "pyproject.toml": """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "col-plugin-{dashed}"
version = "0.1.0"
description = "What this plugin brings to a City of Learning."
requires-python = ">=3.11"
dependencies = ["city-of-learning"]

[project.entry-points."col.plugins"]
{name} = "col_plugin_{name}"

[tool.hatch.build.targets.wheel]
packages = ["col_plugin_{name}"]
""",
    "README.md": """\
# {name}

A plugin for the City of Learning platform. It reads offers from a JSON file or address: a list of objects with
`id`, `title`, `start` (local time, `2026-03-01T17:00`) and `place`.

```toml
[plugins]
enabled = ["{name}"]

[[sources]]
id = "my-source"
plugin = "{name}"
url = "offers.json"
language = "en"
```

Try it: `pip install -e . && pytest`.
""",
    "col_plugin_{name}/__init__.py": '''\
"""Source plugin `{name}`."""

from col_core.plugin import City, OpportunitySource, hookimpl
from col_plugin_{name}.source import {camel}Source


@hookimpl
def col_opportunity_sources(city: City) -> list[OpportunitySource]:
    """Return a source for each `[[sources]]` entry that names this plugin."""
    return [{camel}Source(city, config) for config in city.sources]
''',
    "col_plugin_{name}/source.py": '''\
"""Reads a JSON list of offers."""

import json
from datetime import datetime

from col_core.plugin import City, Draft, Fetched, FetchError, Place, RawItem, Rejected, Schedule, SourceConfig


class {camel}Source:
    """One address, or one file of the city."""

    def __init__(self, city: City, config: SourceConfig) -> None:
        self.id = config.id
        self._city = city
        self._config = config

    def fetch(self, *, since: datetime | None, cursor: str | None) -> Fetched:
        """Bring the items as they are. An unchanged answer is said as such."""
        loaded = self._city.load(self._config.url or "", cursor)
        if loaded.unchanged:
            return Fetched(unchanged=True, cursor=loaded.cursor)
        try:
            offers = json.loads(loaded.body)
            items = tuple(
                RawItem(
                    external_id=str(offer["id"]),
                    body=json.dumps(offer).encode(),
                    media_type="application/json",
                    address=loaded.address,
                )
                for offer in offers
            )
        except (ValueError, KeyError, TypeError) as error:
            raise FetchError(f"{{loaded.address}} is not a JSON list of offers with an id.") from error
        return Fetched(items=items, cursor=loaded.cursor)

    def normalise(self, raw: RawItem) -> Draft | Rejected:
        """Turn one item into a draft, or say why it cannot become one."""
        offer = json.loads(raw.body)
        language = self._config.language or self._city.default_language
        title = str(offer.get("title") or "").strip()
        if not title:
            return Rejected(external_id=raw.external_id, reason="It has no title.", where="title")
        schedule = None
        if start := offer.get("start"):
            try:
                schedule = Schedule(start=datetime.fromisoformat(start), timezone=self._city.timezone)
            except (ValueError, TypeError):
                reason = f"{{start!r}} is not a date and time such as 2026-03-01T17:00."
                return Rejected(external_id=raw.external_id, reason=reason, where="start")
        place = Place(name=str(offer["place"])) if offer.get("place") else None
        return Draft(title={{language: title}}, schedule=schedule, place=place, languages=(language,))
''',
    "tests/test_{name}.py": """\
from col_core.plugin import Draft, RawItem, Rejected
from col_core.testing.cities import a_city
from col_plugin_{name}.source import {camel}Source


def an_item(body: bytes) -> RawItem:
    return RawItem(external_id="1", body=body, media_type="application/json", address="offers.json")


def test_an_offer_becomes_a_draft(tmp_path):
    (tmp_path / "offers.json").write_text(\'[{{"id": 1, "title": "Chess evening", "start": "2026-03-01T17:00"}}]\')
    city = a_city(tmp_path, sources=[{{"id": "mine", "plugin": "{name}", "url": "offers.json"}}])
    source = {camel}Source(city, city.sources[0])
    fetched = source.fetch(since=None, cursor=None)
    draft = source.normalise(fetched.items[0])
    assert isinstance(draft, Draft)
    assert draft.title == {{"en": "Chess evening"}}
    assert source.fetch(since=None, cursor=fetched.cursor).unchanged


def test_an_offer_without_a_title_is_rejected_with_a_reason(tmp_path):
    city = a_city(tmp_path, sources=[{{"id": "mine", "plugin": "{name}", "url": "offers.json"}}])
    rejected = {camel}Source(city, city.sources[0]).normalise(an_item(b"{{}}"))
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "It has no title."
""",
}


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("plugin", help="make a new plugin")
    parser.add_argument("action", choices=["new"])
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the package. Raises ConfigError where it would overwrite something, or the name cannot be one."""
    name, folder = arguments.name, arguments.folder
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", name):
        raise ConfigError(f"{name!r} cannot name a plugin: use small letters, digits and _, beginning with a letter.")
    if folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder]):
        raise ConfigError(f"{folder} is there already and not empty: choose another folder.")
    words = {"name": name, "dashed": name.replace("_", "-"), "camel": name.title().replace("_", "")}
    for path, text in _FILES.items():
        file = folder / path.format(**words)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(**words), encoding="utf-8")
    print(f"{folder} holds a plugin that works. Next: pip install -e {folder} && pytest {folder}")
    return DONE
