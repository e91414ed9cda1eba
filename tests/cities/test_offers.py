"""What the two cities offer, counted in the files themselves, whichever plugin reads them."""

import csv
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from defusedxml.ElementTree import parse as parse_xml
from icalendar import Calendar
from openpyxl import load_workbook

from col_core.catalogue.vocabulary import Category, OpportunityType

CITIES = Path(__file__).parents[2] / "cities"
LANGUAGES = ("sl", "lt", "en")
both = pytest.mark.parametrize("city", ["ljubljana", "vilnius"])


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a feed says of one offer, with the words of the catalogue."""

    code: str
    type: str
    categories: frozenset[str]
    titles: frozenset[str]
    online: bool = False
    repeats: bool = False


@pytest.fixture
def city_words(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    """The words of both cities' own plugins, which lie in the cities' folders and are not installed."""
    for city in ("ljubljana", "vilnius"):
        monkeypatch.syspath_prepend(CITIES / city / "plugins")
    return {
        "ljubljana": import_module("lj_youth_centres.words"),
        "vilnius": import_module("vl_nvs_register.words"),
    }


@both
def test_a_city_has_at_least_250_demonstration_offers(city: str, city_words: dict[str, ModuleType]) -> None:
    offers = list(demonstrated(city, city_words[city]))
    codes = [offer.code for offer in offers]
    assert len(codes) == len(set(codes))
    assert len([offer for offer in offers if offer.titles]) >= 250


@both
def test_all_types_and_categories_are_there(city: str, city_words: dict[str, ModuleType]) -> None:
    offers = list(demonstrated(city, city_words[city]))
    assert {offer.type for offer in offers} >= set(OpportunityType)
    assert {category for offer in offers for category in offer.categories} == set(Category)
    for type_ in OpportunityType:
        assert sum(offer.type == type_ for offer in offers) >= 8, type_


@both
def test_all_languages_are_there_alone_and_together(city: str, city_words: dict[str, ModuleType]) -> None:
    offers = list(demonstrated(city, city_words[city]))
    for language in LANGUAGES:
        assert any(language in offer.titles for offer in offers), language
    assert any(offer.titles == {"en"} for offer in offers)
    home = "sl" if city == "ljubljana" else "lt"
    assert sum(offer.titles == {home, "en"} for offer in offers) >= 100


@both
def test_there_are_series_and_online_offers(city: str, city_words: dict[str, ModuleType]) -> None:
    offers = list(demonstrated(city, city_words[city]))
    assert sum(offer.repeats for offer in offers) >= 80
    assert sum(offer.online for offer in offers) >= 15


@both
def test_real_activities_keep_their_address_and_have_no_date_but_their_own(city: str) -> None:
    rows = json.loads((CITIES / city / "data/real-activities.json").read_text(encoding="utf-8"))["activities"]
    assert len(rows) == (70 if city == "ljubljana" else 65)
    for row in rows:
        assert row["url"].startswith(("http://", "https://"))
        assert row["language"] in LANGUAGES
        for date in (row["start"], row["end"]):
            assert date is None or re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", date), row["id"]


@both
def test_skills_of_real_activities_are_esco_addresses_or_none(city: str) -> None:
    rows = json.loads((CITIES / city / "data/real-activities.json").read_text(encoding="utf-8"))["activities"]
    addresses = [skill["uri"] for row in rows for skill in row["skills"] if skill["uri"] is not None]
    assert addresses
    assert all(address.startswith("http://data.europa.eu/esco/skill/") for address in addresses)


def demonstrated(city: str, words: ModuleType) -> Iterator[Offer]:
    """Yield every offer in the demonstration feeds of `city`, by the settings of its sources."""
    settings = tomllib.loads((CITIES / city / "city.toml").read_text(encoding="utf-8"))
    for source in settings["sources"]:
        if source["plugin"] == "demo":
            file = CITIES / city / source["url"]
            feed = source.get("feed", {})
            match source["inner"], file.suffix:
                case "ical", _:
                    yield from in_calendar(file, source["language"])
                case "csv", ".xlsx":
                    yield from in_table(sheet(file, feed["sheet"]), {})
                case "csv", _:
                    text = file.read_text(encoding=feed.get("encoding", "utf-8-sig"))
                    lines = csv.reader(text.splitlines(), delimiter=feed.get("separator", ","))
                    yield from in_table(lines, feed.get("columns", {}))
                case "lj_youth_centres", _:
                    yield from in_programme(file, words)
                case "vl_nvs_register", _:
                    yield from in_register(file, words)
                case inner:
                    raise AssertionError(f"no reader for {inner}")


def in_calendar(file: Path, language: str) -> Iterator[Offer]:
    for event in Calendar.from_ical(file.read_bytes()).walk("VEVENT"):
        if event.get("RECURRENCE-ID"):
            continue
        said = set(map(str, event["CATEGORIES"].cats)) if event.get("CATEGORIES") else set()
        yield Offer(
            code=str(event["UID"]),
            type=next(iter(said & set(OpportunityType)), "event"),
            categories=frozenset(said & set(Category)),
            titles=frozenset({language} if event.get("SUMMARY") else ()),
            repeats=bool(event.get("RRULE")),
        )


def in_table(lines: Iterable[Iterable[Any]], columns: dict[str, str]) -> Iterator[Offer]:
    head, *rows = [["" if cell is None else str(cell) for cell in line] for line in lines]
    known = {theirs: ours for ours, theirs in columns.items()}
    for row in rows:
        cells = dict(zip([known.get(name, name) for name in head], row, strict=True))
        if not any(row):
            continue
        yield Offer(
            code=cells["external_id"],
            type=cells["type"],
            categories=frozenset(cells["categories"].split(", ")),
            titles=frozenset(tag for tag in LANGUAGES if cells.get(f"title_{tag}", "").strip()),
            online=bool(cells.get("online_url")),
            repeats=bool(cells["rrule"]),
        )


def sheet(file: Path, name: str) -> list[tuple[Any, ...]]:
    workbook = load_workbook(file, read_only=True)
    rows = list(workbook[name].iter_rows(values_only=True))
    workbook.close()
    return rows


def in_programme(file: Path, words: ModuleType) -> Iterator[Offer]:
    for activity in parse_xml(file).findall("dejavnost"):
        yield Offer(
            code=activity.get("sifra"),
            type=words.TYPES.get(activity.get("zvrst"), ""),
            categories=frozenset(words.CATEGORIES[each.text] for each in activity.iterfind("podrocje")),
            titles=frozenset(each.get("jezik", "sl") for each in activity.iterfind("naziv")),
            online=activity.get("zvrst") == "na spletu",
            repeats=activity.findtext("termin", "").startswith("vsak"),
        )


def in_register(file: Path, words: ModuleType) -> Iterator[Offer]:
    for entry in json.loads(file.read_text(encoding="utf-8"))["_data"]:
        yield Offer(
            code=entry.get("_id", ""),
            type=words.TYPES.get(entry["forma"], ""),
            categories=frozenset(words.CATEGORIES[each] for each in entry.get("kryptys", ())),
            titles=frozenset(
                tag for tag in LANGUAGES if ("pavadinimas" if tag == "lt" else f"pavadinimas@{tag}") in entry
            ),
            online=entry.get("nuotoliniu_budu", False),
            repeats=len(entry.get("tvarkarastis", ())) > 0 and entry.get("pradzia") != entry.get("pabaiga"),
        )
