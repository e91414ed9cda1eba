"""What one city writes out, an empty one takes in; the same file again changes nothing."""

import io
import json
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest

from col_core.catalogue.exchange import exports, feeds
from col_core.catalogue.gathering import imports
from col_core.catalogue.records import Draft, Place, Price, Schedule
from col_core.catalogue.vocabulary import OpportunityType, Status
from col_core.organisers.records import Organiser
from col_core.testing.opportunities import FULL

DRAFTS = {
    "full": FULL,
    "formula": replace(FULL, title={"sl": "=1+1", "en": "@home"}, price=Price(free=True), image=None, schedule=None),
    "camp": Draft(
        title={"sl": "Tabor"},
        type=OpportunityType.COURSE,
        organiser="Mladi zmaji",
        place=Place(name="Mladinski center", lat_deg=46.05, lon_deg=14.55),
        schedule=Schedule(
            start=datetime(2026, 7, 1), end=datetime(2026, 7, 4), timezone="Europe/Ljubljana", all_day=True
        ),
    ),
    "off": replace(FULL, title={"sl": "Odpadlo"}, cancelled=True),
    "online": Draft(
        title={"sl": "Splet"},
        organiser="Mladi zmaji",
        online=True,
        online_url="https://splet.example/soba",
        schedule=Schedule(start=datetime(2026, 2, 1, 18), end=datetime(2026, 2, 1, 19), timezone="Europe/Ljubljana"),
    ),
}
FORMATS = ("csv", "xlsx", "ics", "geojson", "jsonld")


@pytest.fixture
def exported(open_town, clock, tmp_path):
    with open_town(tmp_path / "from", f"sqlite:///{tmp_path / 'from.db'}", clock=clock) as town:
        town.offer(**DRAFTS)
        house = town.city.house

        def export(format_):
            return exports.export(house.database, house.plugins, feeds.formats(house), extension=format_, language="sl")

        yield export


def bring(town, file, format_=None, **options):
    config = town.city.house.config
    options = {"organiser": None, "publish": True, **options}
    return imports.import_file(town.city.gathering, config, file, format_=format_ or imports.format_of(file), **options)


def by_title(town, source_id):
    return {each.content.title["sl"]: each for each in town.stored() if each.source.id == source_id}


def test_every_format_leads_from_one_city_to_another(exported, open_town, database_url, clock, tmp_path):
    with open_town(tmp_path / "to", database_url, clock=clock) as town:
        for format_ in FORMATS:
            file = tmp_path / f"offers.{format_}"
            file.write_bytes(exported(format_))
            # Imports for different organisations are kept apart, so each format finds nothing of the others.
            organiser = Organiser(id=format_, slug=format_, name=format_)
            done = bring(town, file, organiser=organiser)
            dated = {name: each for name, each in DRAFTS.items() if each.schedule or format_ != "ics"}
            assert (done.errors, done.new) == ((), len(dated)), format_
            _same_content(by_title(town, f"import-{format_}"), dated, format_)
            again = bring(town, file, organiser=organiser)
            assert (again.new, again.changed, again.unchanged) == (0, 0, len(dated)), format_


def _same_content(found, drafts, format_):
    for draft in drafts.values():
        title = draft.title["sl"]
        one = found[title]
        content = one.content
        where = (format_, title)
        assert one.status is (Status.CANCELLED if draft.cancelled else Status.PUBLISHED), where
        assert content.type is draft.type, where
        assert content.categories == draft.categories, where
        assert one.organiser.name == "Mladi zmaji", where
        assert one.place == (None if draft.place is None else replace(one.place, name=draft.place.name)), where
        assert (content.online_url, content.online) == (draft.online_url, draft.online), where
        if draft.schedule is not None:
            assert (content.schedule.start, content.schedule.end) == (draft.schedule.start, draft.schedule.end), where
            assert content.schedule.all_day == draft.schedule.all_day, where
            assert content.schedule.exdates == draft.schedule.exdates, where
            assert len(one.occurrences) == (7 if draft.schedule.rrule else 1), where
        if format_ == "ics":
            continue
        assert content.ages == draft.ages, where
        assert (content.price.amount, content.price.free) == (draft.price.amount, draft.price.free), where
        assert content.languages == draft.languages, where
        assert content.accessibility == draft.accessibility, where
        assert content.signals == draft.signals, where
        assert content.capacity == draft.capacity, where
        assert content.registration == draft.registration, where
        assert content.url == draft.url or draft.url is None, where
        if format_ != "jsonld":
            assert content.title == draft.title, where
            assert content.summary == draft.summary, where
            assert content.safeguarding == draft.safeguarding, where


def test_a_workbook_opens_elsewhere_and_holds_no_formula(exported):
    sheet = openpyxl.load_workbook(io.BytesIO(exported("xlsx"))).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert "'=1+1" in {cell.value for cell in cells}


def feature(id_, **properties):
    return {
        "type": "Feature",
        "id": id_,
        "geometry": {"type": "Point", "coordinates": [14.55, 46.05]},
        "properties": {"title": {"sl": "Čaj"}, **properties},
    }


def test_each_feature_that_cannot_be_taken_says_why(town, tmp_path):
    file = tmp_path / "offers.geojson"
    features = [feature("a"), feature("b", age={"min": "x"}), feature("a"), feature(None), {"type": "Feature"}]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    done = bring(town, file)
    assert done.new == 1
    assert [(each.where, each.reason) for each in done.errors] == [
        ("offers.geojson, feature 3", "its id stands at offers.geojson, feature 1 already"),
        ("offers.geojson, feature 4", "it has no id to be known by"),
        ("offers.geojson, feature 5", "it has no id to be known by"),
        ("offers.geojson, feature 2", "age/min: Must be a whole number, without quotes."),
    ]
    (one,) = town.stored()
    assert (one.place.lat_deg, one.place.lon_deg, one.place.district) == (46.05, 14.55, "East")


def test_features_may_hold_the_columns_of_a_table(town, tmp_path):
    file = tmp_path / "layer.geojson"
    features = [
        {
            "type": "Feature",
            "id": 7,
            "geometry": {"type": "Point", "coordinates": [14.55, 46.05]},
            "properties": {
                "title_sl": "Čaj",
                "categories": ["arts", "media"],
                "age_min": 15,
                "start": "2026-12-03 17:00",
            },
        },
        {"type": "Feature", "id": 8, "geometry": None, "properties": {"title_sl": "Kava", "start": "nekoč"}},
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    done = bring(town, file)
    assert [(each.external_id, each.where) for each in done.errors] == [("8", "layer.geojson, row 3")]
    (one,) = town.stored()
    assert (one.content.title, one.content.ages.min, one.place.lat_deg) == ({"sl": "Čaj"}, 15, 46.05)
    assert one.content.schedule.start == datetime(2026, 12, 3, 17)
    assert bring(town, file).unchanged == 1


def test_a_demonstration_stays_one(town, tmp_path):
    file = tmp_path / "offers.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature("a", example=True)]}))
    bring(town, file)
    assert town.stored()[0].content.example


def test_a_page_of_another_program_in_json_ld_is_read(town, tmp_path):
    event = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": "Klub"},
            {
                "@type": ["MusicEvent"],
                "url": "https://klub.example/koncert",
                "name": [{"@value": "Koncert", "@language": "sl"}, {"@value": "Concert", "@language": "en"}],
                "startDate": "2026-03-01T20:00:00+01:00",
                "location": {
                    "@type": "Place",
                    "name": "Klub",
                    "address": {"streetAddress": "Trg 1", "addressLocality": "Ljubljana"},
                },
                "offers": {"@type": "Offer", "price": "8", "priceCurrency": "EUR", "url": "https://vstop.example/1"},
                "organizer": "Klub",
                "image": "https://klub.example/a.jpg",
                "eventStatus": "https://schema.org/EventScheduled",
            },
            {"@type": "Event", "name": "Brez datuma", "@id": "https://klub.example/2", "startDate": "kmalu"},
            {"@type": "Event", "name": "Brez naslova"},
        ],
    }
    file = tmp_path / "page.jsonld"
    file.write_text(json.dumps(event), encoding="utf-8")
    done = bring(town, file)
    (one,) = town.stored()
    assert one.content.title == {"sl": "Koncert", "en": "Concert"}
    assert one.content.schedule.start == datetime(2026, 3, 1, 20)
    assert (one.place.name, one.place.address) == ("Klub", "Trg 1, Ljubljana")
    assert (one.content.price.amount, one.content.registration.url) == (8, "https://vstop.example/1")
    assert sorted(each.where for each in done.errors) == ["page.jsonld, #/@graph/2", "page.jsonld, #/@graph/3"]
    event["@graph"][1]["eventStatus"] = "https://schema.org/EventCancelled"
    file.write_text(json.dumps(event), encoding="utf-8")
    bring(town, file)
    assert [each.status for each in town.stored()] == [Status.CANCELLED]


@pytest.mark.parametrize(("name", "body"), [("a.geojson", "{"), ("a.geojson", "[]"), ("a.jsonld", "{}")])
def test_a_file_that_is_none_fails_with_a_reason(town, tmp_path, name, body):
    (tmp_path / name).write_text(body, encoding="utf-8")
    done = bring(town, tmp_path / name)
    assert (done.outcome, bool(done.message), town.stored()) == ("failed", True, [])


def test_progress_tells_how_many_of_how_many(town, exported, tmp_path):
    heard = []
    file = tmp_path / "offers.geojson"
    file.write_bytes(exported("geojson"))
    bring(town, file, progress=lambda *said: heard.append(said))
    assert heard == [("offers", 5, 5)]
