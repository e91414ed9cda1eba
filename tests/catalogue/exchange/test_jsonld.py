import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from col_core.base.config import load_city
from col_core.catalogue.exchange import jsonld
from col_core.catalogue.records import Ages, Draft, Override, Place, Price, Schedule
from col_core.catalogue.vocabulary import OpportunityType, Status
from col_core.testing.opportunities import FULL, TUESDAYS, an_opportunity
from col_core.testing.towns import write_town

NOW = datetime(2026, 1, 7, 12, 0, tzinfo=UTC)


@pytest.fixture
def config(tmp_path):
    return load_city(write_town(tmp_path), environ={"COL_VAR": str(tmp_path)})


def read(config, opportunity, *, language="en", now=NOW):
    return jsonld.document(opportunity, config=config, now=now, language=language)


def test_a_workshop_says_all_that_is_known_of_it(config):
    said = read(config, an_opportunity())
    assert said["@context"] == "https://schema.org"
    assert said["@type"] == "EducationEvent"
    assert said["name"] == "Graffiti workshop"
    assert said["description"] == "Bring a friend; we bring the paint."
    assert said["startDate"] == "2026-03-03T17:00:00+01:00"
    assert said["endDate"] == "2026-03-03T19:00:00+01:00"
    assert said["eventStatus"] == "https://schema.org/EventScheduled"
    assert said["eventAttendanceMode"] == "https://schema.org/OfflineEventAttendanceMode"
    assert said["location"]["geo"] == {"@type": "GeoCoordinates", "latitude": 46.05, "longitude": 14.55}
    assert said["location"]["amenityFeature"][0]["name"] == "step-free"
    assert [each["name"] for each in said["organizer"]] == ["Mladi zmaji", "Knjižnica"]
    assert [each["price"] for each in said["offers"]] == ["12.50", "5"]
    assert said["isAccessibleForFree"] is False
    assert said["audience"] == {"@type": "PeopleAudience", "suggestedMinAge": 15, "suggestedMaxAge": 29}
    assert said["inLanguage"] == ["sl", "en"]
    assert said["mainEntityOfPage"]["license"] == {"@type": "CreativeWork", "name": "CC BY 4.0"}


def test_the_picture_is_our_own_copy_and_never_the_address_of_another(config):
    said = read(config, an_opportunity())
    assert said["image"]["url"] == "https://testville.example/media/opportunities/ab/cdef-960.webp"
    assert "slike.example" not in json.dumps(said)
    assert "image" not in read(config, an_opportunity(image_key=None))


def test_a_series_says_its_rule_and_what_is_left_out(config):
    assert read(config, an_opportunity())["eventSchedule"] == {
        "@type": "Schedule",
        "scheduleTimezone": "Europe/Ljubljana",
        "startDate": "2026-03-03",
        "startTime": "17:00:00",
        "endTime": "19:00:00",
        "duration": "PT2H",
        "repeatFrequency": "P1W",
        "repeatCount": 8,
        "byDay": ["https://schema.org/Tuesday"],
        "exceptDate": ["2026-03-17T17:00:00+01:00"],
    }


def test_the_date_of_a_series_is_the_next_one(config):
    after_two = datetime(2026, 3, 11, tzinfo=UTC)
    assert read(config, an_opportunity(), now=after_two)["startDate"] == "2026-03-24T17:00:00+01:00"


def test_a_date_that_was_moved_is_told_date_by_date(config):
    moved = Override(original_start=datetime(2026, 3, 10, 17), start=datetime(2026, 3, 11, 18))
    said = read(config, an_opportunity(replace(FULL, schedule=replace(TUESDAYS, overrides=(moved,)))))
    assert "eventSchedule" not in said
    assert said["subEvent"][1]["startDate"] == "2026-03-11T18:00:00+01:00"
    assert said["subEvent"][-1]["startDate"] == "2026-04-21T17:00:00+02:00"


def test_the_last_day_of_a_rule_in_utc_is_the_last_day_on_which_it_begins(config):
    late = replace(TUESDAYS, rrule="FREQ=WEEKLY;UNTIL=20260331T150000Z", exdates=())
    early = replace(TUESDAYS, rrule="FREQ=WEEKLY;UNTIL=20260331T145959Z", exdates=())
    assert read(config, an_opportunity(replace(FULL, schedule=late)))["eventSchedule"]["endDate"] == "2026-03-31"
    assert read(config, an_opportunity(replace(FULL, schedule=early)))["eventSchedule"]["endDate"] == "2026-03-30"


def test_a_course_has_its_dates_in_its_instance(config):
    said = read(config, an_opportunity(replace(FULL, type=OpportunityType.COURSE)))
    assert said["@type"] == "Course"
    assert said["provider"][0]["name"] == "Mladi zmaji"
    instance = said["hasCourseInstance"]
    assert (instance["@type"], instance["courseMode"]) == ("CourseInstance", "Onsite")
    assert instance["courseSchedule"]["repeatCount"] == 8
    assert "startDate" not in said


def test_what_is_not_known_has_no_key(config):
    bare = an_opportunity(Draft(title={"sl": "Odprta vrata"}), organiser=None, source=None, place=None)
    said = read(config, bare)
    assert set(said) == {
        "@context",
        "@type",
        "@id",
        "additionalType",
        "identifier",
        "url",
        "name",
        "eventStatus",
        "mainEntityOfPage",
    }


def test_free_is_a_price_of_nothing_and_unknown_is_no_price(config):
    free = read(config, an_opportunity(replace(FULL, price=Price(free=True))))
    assert (free["offers"][0]["price"], free["isAccessibleForFree"]) == ("0", True)
    unknown = read(config, an_opportunity(replace(FULL, price=Price())))
    assert "offers" not in unknown
    assert "isAccessibleForFree" not in unknown


def test_an_open_age_stays_open(config):
    said = read(config, an_opportunity(replace(FULL, ages=Ages(min=15))))
    assert said["typicalAgeRange"] == "15-"
    assert "suggestedMaxAge" not in said["audience"]


def test_a_whole_day_ends_on_its_last_day(config):
    weekend = Schedule(
        start=datetime(2026, 5, 16), end=datetime(2026, 5, 18), timezone="Europe/Ljubljana", all_day=True
    )
    said = read(config, an_opportunity(replace(FULL, schedule=weekend)))
    assert (said["startDate"], said["endDate"]) == ("2026-05-16", "2026-05-17")


def test_online_and_in_person_are_two_locations(config):
    said = read(config, an_opportunity(replace(FULL, online_url="https://meet.example/x")))
    assert said["eventAttendanceMode"].endswith("MixedEventAttendanceMode")
    assert [each["@type"] for each in said["location"]] == ["Place", "VirtualLocation"]


def test_what_was_cancelled_says_so(config):
    assert read(config, an_opportunity(status=Status.CANCELLED))["eventStatus"].endswith("EventCancelled")


def test_no_text_of_an_offer_ends_the_script_that_it_stands_in(config):
    wild = "</script><script>alert(1)</script><!-- & \u2028\u2029"
    said = read(config, an_opportunity(Draft(title={"en": wild}, place=Place(name=wild), summary={"en": wild})))
    script = str(jsonld.script(said))
    assert not re.search(r"[<>&\u2028\u2029]", script)
    assert json.loads(script) == said
