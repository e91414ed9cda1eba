import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.plugin import (
    Access,
    Ages,
    Category,
    Draft,
    OpportunityType,
    Place,
    Price,
    RawItem,
    Registration,
    RegistrationMode,
    Rejected,
    Signal,
    Skill,
)
from col_core.testing.cities import a_city
from col_plugin_csv.source import SourceOptions, TableSource

Row = Callable[..., Draft | Rejected]


def draft(result: Draft | Rejected) -> Draft:
    assert isinstance(result, Draft), result
    return result


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_texts_are_kept_per_language_and_cleaned(row: Row) -> None:
    result = draft(row(title_en="Tea", description="<p>a<script>x</script></p>", summary_en="one\ntwo"))
    assert result.title == {"sl": "Čaj", "en": "Tea"}
    assert result.description == {"sl": "<p>a</p>"}
    assert result.summary == {"en": "one two"}


@pytest.mark.parametrize(
    ("cells", "start", "end", "all_day"),
    [
        ({"start": "3. 12. 2026 17.00", "end": "3. 12. 2026 19.00"}, "2026-12-03T17:00", "2026-12-03T19:00", False),
        ({"start": "3. 12. 2026 17.00", "end": "19.00"}, "2026-12-03T17:00", "2026-12-03T19:00", False),
        ({"start": "3. 12. 2026 22.00", "end": "2.00"}, "2026-12-03T22:00", "2026-12-04T02:00", False),
        ({"start": "3. 12. 2026 17.00"}, "2026-12-03T17:00", None, False),
        ({"start": "3. 12. 2026 17.00", "end": "5. 12. 2026"}, "2026-12-03T17:00", "2026-12-06", False),
        ({"start": "3. 12. 2026"}, "2026-12-03", "2026-12-04", True),
        ({"start": "3. 12. 2026", "end": "5. 12. 2026"}, "2026-12-03", "2026-12-06", True),
        ({"start": "2026-12-03T16:00:00Z"}, "2026-12-03T17:00", None, False),
    ],
)
def test_start_and_end_become_a_schedule(
    row: Row, cells: dict[str, str], start: str, end: str | None, all_day: bool
) -> None:
    schedule = draft(row(**cells)).schedule
    assert schedule is not None
    assert (schedule.start, schedule.end, schedule.all_day) == (at(start), at(end) if end else None, all_day)
    assert schedule.timezone == "Europe/Ljubljana"


def test_a_series_keeps_its_rule_zone_and_exceptions(row: Row) -> None:
    result = draft(
        row(start="2026-12-03 17:00", timezone="europe/vilnius", rrule="rrule:freq=weekly", exdates="10. 12. 2026")
    )
    assert result.schedule is not None
    assert (result.schedule.rrule, result.schedule.timezone) == ("FREQ=WEEKLY", "Europe/Vilnius")
    assert result.schedule.exdates == (at("2026-12-10T17:00"),)


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("45", Price(amount=Decimal(45))),
        ("4,50 €", Price(amount=Decimal("4.50"))),
        ("€ 4.50", Price(amount=Decimal("4.50"))),
        ("1.200,50 EUR", Price(amount=Decimal("1200.50"))),
        ("0", Price(free=True)),
        ("0,00", Price(free=True)),
        ("Brezplačno", Price(free=True)),
        ("nemokamai", Price(free=True)),
        ("", Price()),
        ("po dogovoru", Price(note={"sl": "po dogovoru"})),
        ("NaN", Price(note={"sl": "NaN"})),
        ("-5", Price(note={"sl": "-5"})),
    ],
)
def test_a_price_is_an_amount_or_free_or_a_note(row: Row, text: str, price: Price) -> None:
    assert draft(row(price=text)).price == price


def test_words_of_the_file_are_translated(row: Row) -> None:
    words = {"Delavnica": "workshop", "glasba": "music", "brez stopnic": "step-free", "slovenščina": "sl"}
    result = draft(
        row(words=words, type="delavnica", categories="Glasba, arts", accessibility="brez stopnic", signals="beginners",
            languages="Slovenščina; en", skills="kuhanje, http://data.europa.eu/esco/skill/1")
    )  # fmt: skip
    assert (result.type, result.categories) == (OpportunityType.WORKSHOP, (Category.MUSIC, Category.ARTS))
    assert (result.accessibility, result.languages) == ((Access.STEP_FREE,), ("sl", "en"))
    assert result.signals == (Signal.BEGINNERS,)
    assert result.skills == (Skill(label={"sl": "kuhanje"}), Skill(uri="http://data.europa.eu/esco/skill/1", label={}))


def test_badges_are_ids_and_anything_else_is_a_fault(row: Row) -> None:
    assert draft(row(badges="First-aid; bike-repair")).badges == ("first-aid", "bike-repair")
    result = row(badges="first-aid, Bike repair")
    assert isinstance(result, Rejected)
    assert 'badges: "bike repair" is not the id of a badge' in result.reason


def test_a_place_takes_degrees_with_a_comma(row: Row) -> None:
    cells = {"venue": "Center", "address": "Ulica 1", "district": "Šiška", "lat": "46,05", "lon": "14.5"}
    place = Place(name="Center", address="Ulica 1", district="Šiška", lat_deg=46.05, lon_deg=14.5)
    assert draft(row(**cells)).place == place
    assert draft(row()).place is None


def test_numbers_and_links(row: Row) -> None:
    result = draft(
        row(age_min="15", age_max="29.0", capacity="12", online_url="www.example.org/x", url="https://example.org",
            registration_url="https://example.org/r", registration_deadline="1. 12. 2026",
            image_url="https://example.org/a.jpg", image_alt="Skodelica", safeguarding_email="a@example.org")
    )  # fmt: skip
    assert (result.ages, result.capacity) == (Ages(min=15, max=29), 12)
    assert (result.online, result.online_url) == (True, "https://www.example.org/x")
    deadline = datetime(2026, 12, 1, 22, 59, tzinfo=UTC)
    assert result.registration == Registration(
        mode=RegistrationMode.EXTERNAL, url="https://example.org/r", deadline=deadline
    )
    assert result.image is not None
    assert result.image.alt == {"sl": "Skodelica"}
    assert result.safeguarding is not None


def test_cancelled_is_shown(row: Row) -> None:
    assert draft(row(status="cancelled")).cancelled
    assert draft(row(status="odpade", words={"odpade": "cancelled"})).cancelled
    assert not draft(row(status="published")).cancelled


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"title": ""}, "it has no title"),
        ({"start": "nekoč"}, "start:"),
        ({"end": "3. 12. 2026"}, "start: it is missing"),
        ({"type": "koncert"}, 'type: "koncert" is not one of'),
        ({"age_min": "petnajst"}, "age_min:"),
        ({"capacity": "-1"}, "capacity:"),
        ({"lat": "nan", "lon": "1"}, "lat:"),
        ({"lat": "146", "lon": "1"}, "lat:"),
        ({"lat": "46"}, "lon: it is missing"),
        ({"url": "javascript:alert(1)"}, "url:"),
        ({"start": "2026-12-03 17:00", "timezone": "Europe"}, "timezone:"),
        ({"languages": "po domače"}, "languages:"),
        ({"currency": "evro"}, "currency:"),
        ({"status": "morda"}, "status:"),
        ({"start": "2026-12-03", "exdates": "kdaj"}, "exdates:"),
    ],
)
def test_a_fault_names_its_row_and_column(row: Row, cells: dict[str, str], reason: str) -> None:
    result = row(venue="x", **cells)
    assert isinstance(result, Rejected)
    assert reason in result.reason
    assert result.where == "table, row 2"


CELLS = st.dictionaries(
    st.sampled_from(
        ["title", "title_sl", "start", "end", "price", "lat", "lon", "languages", "status", "rrule", "exdates",
         "skills", "badges", "url", "image_url", "timezone", "age_min", "currency", "registration_deadline",
         "description", "x"]
    ),
    st.text(max_size=30) | st.sampled_from(["2026-12-03 17:00", "3. 12. 2026", "46,05", "0", "sl", "free", "https://e.org"]),
)  # fmt: skip


@given(cells=CELLS, junk=st.binary(max_size=30))
def test_any_row_becomes_a_draft_or_a_rejection(cells: dict[str, str], junk: bytes) -> None:
    city = a_city(Path(), sources=[{"id": "x", "plugin": "csv", "options": SourceOptions().load({})}])
    source = TableSource(city, city.sources[0])
    for body in (json.dumps(cells).encode(), junk, b"[" * 50_000, json.dumps([cells]).encode()):
        item = RawItem(external_id="1", body=body, media_type="application/json", address="x")
        assert isinstance(source.normalise(item), Draft | Rejected)


def test_an_apostrophe_that_keeps_a_formula_from_running_is_no_part_of_the_text(row: Callable[..., Draft]) -> None:
    assert row(title="'=1+1").title == {"sl": "=1+1"}
    assert row(title="'Pri Ani'").title == {"sl": "'Pri Ani'"}
