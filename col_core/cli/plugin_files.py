"""The files that `col plugin new` writes. `$name`, `$dashed`, `$module` and `$Name` are filled in."""

INIT = '''\
"""Source plugin `$name`."""

from col_core.plugin import City, OpportunitySource, hookimpl
from $module.source import ${Name}Source


@hookimpl
def col_opportunity_sources(city: City) -> list[OpportunitySource]:
    """Return a source for each `[[sources]]` entry that names this plugin."""
    return [${Name}Source(city, config) for config in city.sources]
'''

SOURCE = '''\
"""Reads a JSON list of offers."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from col_core.plugin import (
    City,
    Draft,
    Fetched,
    FetchError,
    Place,
    RawItem,
    Rejected,
    Schedule,
    SourceConfig,
    plain_line,
)


class ${Name}Source:
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
            items = {
                str(offer["id"]): RawItem(
                    external_id=str(offer["id"]),
                    body=json.dumps(offer).encode(),
                    media_type="application/json",
                    address=f"{loaded.address}, offer {number}",
                )
                for number, offer in enumerate(offers, start=1)
            }
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise FetchError(f"{loaded.address} is not a JSON list of offers, each with an id.") from error
        return Fetched(items=tuple(items.values()), cursor=loaded.cursor)

    def normalise(self, raw: RawItem) -> Draft | Rejected:
        """Turn one item into a draft, or say why it cannot become one."""
        try:
            return self._draft(json.loads(raw.body))
        except (ValueError, OverflowError, RecursionError) as error:
            return Rejected(external_id=raw.external_id, reason=str(error), where=raw.address)

    def _draft(self, offer: object) -> Draft:
        if not isinstance(offer, dict):
            raise ValueError("it is not an object")
        title = plain_line(str(offer.get("title") or ""), max_chars=300)
        if not title:
            raise ValueError("title: it is missing")
        language = self._config.language or self._city.default_language
        return Draft(
            title={language: title},
            schedule=self._schedule(offer["start"]) if offer.get("start") else None,
            place=Place(name=str(offer["place"])) if offer.get("place") else None,
            languages=(language,),
        )

    def _schedule(self, start: object) -> Schedule:
        try:
            moment = datetime.fromisoformat(str(start))
        except ValueError:
            raise ValueError(f"start: {start!r} is not a date and time such as 2026-03-01T17:00") from None
        if moment.tzinfo is not None:
            # A schedule carries the time that the clocks of its zone show.
            moment = moment.astimezone(ZoneInfo(self._city.timezone)).replace(tzinfo=None)
        return Schedule(start=moment, timezone=self._city.timezone)
'''

TEST = '''\
"""The sample of this plugin through the contract that every source keeps, and what is its own."""

from pathlib import Path

import pytest

from col_core.plugin import Draft, OpportunitySource, RawItem, Rejected
from col_core.testing.cities import a_city
from col_core.testing.contracts import SourceContract
from $module.source import ${Name}Source

SAMPLE = """[
  {"id": 1, "title": "Chess evening", "start": "2026-03-01T17:00", "place": "Library"},
  {"id": 2, "title": "Open workshop", "start": "someday"}
]"""


@pytest.fixture
def source(tmp_path: Path) -> ${Name}Source:
    (tmp_path / "offers.json").write_text(SAMPLE, encoding="utf-8")
    city = a_city(tmp_path, sources=[{"id": "mine", "plugin": "$name", "url": "offers.json"}])
    return ${Name}Source(city, city.sources[0])


class Test${Name}Source(SourceContract):
    @pytest.fixture
    def source(self, source: ${Name}Source) -> OpportunitySource:
        return source


def test_an_offer_becomes_a_draft(source: ${Name}Source) -> None:
    draft = source.normalise(source.fetch(since=None, cursor=None).items[0])
    assert isinstance(draft, Draft)
    assert draft.title == {"en": "Chess evening"}


def test_an_offer_with_a_wrong_date_says_so(source: ${Name}Source) -> None:
    rejected = source.normalise(source.fetch(since=None, cursor=None).items[1])
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "start: 'someday' is not a date and time such as 2026-03-01T17:00"
    assert rejected.where == "offers.json, offer 2"


def test_an_offer_without_a_title_is_rejected(source: ${Name}Source) -> None:
    item = RawItem(external_id="3", body=b"{}", media_type="application/json", address="offers.json, offer 3")
    assert source.normalise(item) == Rejected(
        external_id="3", reason="title: it is missing", where="offers.json, offer 3"
    )
'''

_README = """\
# $name

A plugin for the City of Learning platform. It reads offers from a JSON file or address: a list of objects with
`id`, `title`, `start` (local time, `2026-03-01T17:00`) and `place`.

```toml
[plugins]
enabled = ["$name"]

[[sources]]
id = "my-source"
plugin = "$name"
name = "My source"
url = "offers.json"        # a web address, or a file in the city's folder
language = "en"
```

| error | what to do |
|---|---|
| is not a JSON list of offers, each with an id | the whole file is refused: look at it in a browser |
| `title`: it is missing | the offer is left out until it has a title |
| `start`: … is not a date and time | write it as `2026-03-01T17:00` |

"""

_PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "col-plugin-$dashed"
version = "0.1.0"
description = "What this plugin brings to a City of Learning."
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["city-of-learning"]

[project.entry-points."col.plugins"]
$name = "col_plugin_$name"

[tool.hatch.build.targets.wheel]
packages = ["col_plugin_$name"]
"""

_CONFTEST = '''\
"""A plugin in a city's folder is not installed: its tests find it there."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
'''

# A package of its own, which any city can install.
PACKAGE = {
    "pyproject.toml": _PYPROJECT,
    "README.md": _README + "Try it: `pip install -e . && pytest`.\n",
    "$module/__init__.py": INIT,
    "$module/source.py": SOURCE,
    "tests/test_$name.py": TEST,
}
# A folder among a city's own plugins, which is loaded from there.
IN_CITY = {
    "README.md": _README + "Try it: `pytest` in this folder.\n",
    "__init__.py": INIT,
    "source.py": SOURCE,
    "tests/conftest.py": _CONFTEST,
    "tests/test_$name.py": TEST,
}
