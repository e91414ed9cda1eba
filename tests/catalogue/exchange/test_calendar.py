from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from col_core.base.config import load_city
from col_core.base.errors import InvalidInput, NotFound
from col_core.catalogue import occurrences
from col_core.catalogue.exchange import calendar, time_zones
from col_core.catalogue.records import Draft, Override, Place, Schedule
from col_core.catalogue.vocabulary import OpportunityType, Status
from col_core.testing.opportunities import FULL, TUESDAYS, an_opportunity
from col_core.testing.towns import write_town

NOW = datetime(2026, 1, 7, 12, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(days=548)


@pytest.fixture
def config(tmp_path):
    return load_city(write_town(tmp_path), environ={"COL_VAR": str(tmp_path)})


def written(config, opportunity, *, language="en"):
    return calendar.one(opportunity, config=config, now=NOW, language=language)


def event(config, opportunity, **options):
    return icalendar.Calendar.from_ical(written(config, opportunity, **options)).walk("VEVENT")[0]


def of_schedule(schedule):
    return an_opportunity(replace(FULL, schedule=schedule))


def read_back(config, schedule):
    """What another program makes of our file: the starts and ends of the dates before the horizon."""
    found = icalendar.Calendar.from_ical(written(config, of_schedule(schedule)))
    dates = recurring_ical_events.of(found).between(schedule.start - timedelta(days=40), UNTIL + timedelta(days=1))
    return {_pair(each, schedule.timezone) for each in dates}


def _pair(each, zone):
    start, end = each.start, each.end
    if not isinstance(start, datetime):
        start, end = (datetime.combine(day, datetime.min.time(), ZoneInfo(zone)) for day in (start, end))
    return start.astimezone(UTC), end.astimezone(UTC)


def test_an_event_says_all_that_is_known_of_it(config):
    said = event(config, an_opportunity())
    assert said["UID"] == "0123456789abcdef@testville"
    assert said["SEQUENCE"] == 3
    assert said["SUMMARY"] == "Graffiti workshop"
    assert said["SUMMARY"].params["LANGUAGE"] == "en"
    assert said["DESCRIPTION"].startswith("Bring a friend; we bring the paint.\n\nhttps://testville.example/en/")
    assert said["LOCATION"] == "Mladinski center, Dunajska 367, Ljubljana"
    assert said["GEO"].to_ical() == "46.05;14.55"
    assert said["STATUS"] == "CONFIRMED"
    assert said["URL"] == "https://testville.example/en/opportunities/0123456789abcdef"
    assert said["ORGANIZER"].params["CN"] == "Mladi zmaji"
    assert said["DTSTART"].dt == datetime(2026, 3, 3, 17, tzinfo=ZoneInfo("Europe/Ljubljana"))


def test_a_series_stays_at_its_hour_across_the_clock_change(config):
    pairs = sorted(read_back(config, TUESDAYS))
    assert [start.hour for start, _ in pairs] == [16, 16, 16, 15, 15, 15, 15]
    assert date(2026, 3, 17) not in {start.date() for start, _ in pairs}


def test_a_moved_date_is_moved_and_the_others_stay(config):
    moved = Override(original_start=datetime(2026, 3, 10, 17), start=datetime(2026, 3, 11, 18))
    schedule = replace(TUESDAYS, overrides=(moved,))
    assert read_back(config, schedule) == {(e.start, e.end) for e in occurrences.expand(schedule, now=NOW, until=UNTIL)}


def test_a_changed_date_that_the_rule_does_not_give_is_there_all_the_same(config):
    extra = Override(original_start=datetime(2026, 3, 12, 17), start=datetime(2026, 3, 12, 18))
    schedule = replace(TUESDAYS, overrides=(extra,))
    assert read_back(config, schedule) == {(e.start, e.end) for e in occurrences.expand(schedule, now=NOW, until=UNTIL)}


def test_a_first_date_outside_its_own_rule_is_written_date_by_date(config):
    schedule = replace(TUESDAYS, rrule="FREQ=WEEKLY;COUNT=3;BYDAY=SA")
    assert b"RRULE:FREQ=WEEKLY" not in written(config, of_schedule(schedule))
    assert read_back(config, schedule) == {(e.start, e.end) for e in occurrences.expand(schedule, now=NOW, until=UNTIL)}


def test_the_end_of_a_rule_is_an_instant_in_utc(config):
    schedule = replace(TUESDAYS, rrule="FREQ=WEEKLY;UNTIL=20260414")
    assert b"RRULE:FREQ=WEEKLY;UNTIL=20260414T215959Z" in written(config, of_schedule(schedule))


def test_whole_days_have_no_time_and_end_the_day_after(config):
    weekend = Schedule(
        start=datetime(2026, 5, 16), end=datetime(2026, 5, 18), timezone="Europe/Ljubljana", all_day=True
    )
    said = event(config, of_schedule(weekend))
    assert (said["DTSTART"].dt, said["DTEND"].dt) == (date(2026, 5, 16), date(2026, 5, 18))


def test_what_was_cancelled_says_so_under_the_same_uid(config):
    said = event(config, an_opportunity(status=Status.CANCELLED, version=4))
    assert (said["UID"], said["STATUS"], said["SEQUENCE"]) == ("0123456789abcdef@testville", "CANCELLED", 4)


def test_an_offer_without_dates_has_no_calendar_file(config):
    with pytest.raises(NotFound):
        written(config, an_opportunity(Draft(title={"sl": "Odprta vrata"})))


def test_a_calendar_of_nothing_is_still_a_calendar(config):
    body = calendar.many([], config=config, now=NOW, language="sl", name="Prazno")
    found = icalendar.Calendar.from_ical(body)
    assert found.walk("VEVENT") == []
    assert [each["TZID"] for each in found.walk("VTIMEZONE")] == ["Europe/Ljubljana"]


def test_the_type_digital_is_told_from_the_category(config):
    digital = event(config, an_opportunity(replace(FULL, type=OpportunityType.DIGITAL)))
    assert digital["CATEGORIES"].cats[:2] == ["digital", "digital"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(min_size=1, max_size=400), place=st.text(max_size=300))
def test_any_text_survives_and_no_line_is_too_long(config, title, place):
    made = an_opportunity(replace(FULL, title={"en": f"x{title}x"}, place=Place(name=f"y{place}y")), place=None)
    made = replace(made, place=Place(name=f"y{place}y"))
    body = written(config, made)
    lines = body.split(b"\r\n")
    assert all(len(each) <= 75 for each in lines)
    assert not any(each < 0x20 and each not in b"\r\n\t" for each in body)
    assert b"\n" not in body.replace(b"\r\n", b"")
    body.decode()
    said = icalendar.Calendar.from_ical(body).walk("VEVENT")[0]
    shown = calendar.visible(f"x{title}x")
    assert str(said["SUMMARY"]) == shown


STARTS = st.datetimes(datetime(2025, 11, 1), datetime(2026, 11, 1)).map(
    lambda each: each.replace(second=0, microsecond=0)
)
RULES = st.one_of(
    st.builds("FREQ=DAILY;COUNT={};INTERVAL={}".format, st.integers(1, 40), st.integers(1, 3)),
    st.builds("FREQ=WEEKLY;COUNT={}".format, st.integers(1, 60)),
    st.builds("FREQ=WEEKLY;UNTIL={:%Y%m%dT%H%M%SZ}".format, STARTS),
    st.builds("FREQ=WEEKLY;UNTIL={:%Y%m%d};BYDAY=MO,WE,FR".format, STARTS),
    st.builds("FREQ=MONTHLY;COUNT={};BYDAY=-1SU".format, st.integers(1, 12)),
    st.just("FREQ=WEEKLY;INTERVAL=2"),
    st.just("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=6"),
)


@st.composite
def schedules(draw):
    all_day = draw(st.booleans())
    start = draw(STARTS)
    length = draw(st.none() | st.timedeltas(timedelta(minutes=15), timedelta(hours=30)))
    if all_day:
        start = start.replace(hour=0, minute=0)
        length = timedelta(days=draw(st.integers(1, 4)))
    elif length is not None:
        length = timedelta(minutes=length // timedelta(minutes=1))
    schedule = Schedule(
        start=start,
        end=None if length is None else start + length,
        timezone=draw(
            st.sampled_from(["Europe/Ljubljana", "America/New_York", "UTC", "Africa/Cairo", "Asia/Kathmandu"])
        ),
        all_day=all_day,
        rrule=draw(RULES),
        rdates=tuple(
            start + timedelta(days=each) for each in draw(st.lists(st.integers(1, 200), max_size=2, unique=True))
        ),
    )
    dates = sorted(occurrences.starts(schedule, now=NOW, until=UNTIL))
    chosen = draw(st.lists(st.sampled_from(dates), max_size=3, unique=True)) if dates else []
    kinds = [draw(st.sampled_from(["out", "moved", "cancelled"])) for _ in chosen]
    shift = timedelta(days=3) if all_day else timedelta(days=3, minutes=20)
    return replace(
        schedule,
        exdates=tuple(each for each, kind in zip(chosen, kinds, strict=True) if kind == "out"),
        overrides=tuple(
            Override(original_start=each, start=each + shift)
            if kind == "moved"
            else Override(original_start=each, cancelled=True)
            for each, kind in zip(chosen, kinds, strict=True)
            if kind != "out"
        ),
    )


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schedule=schedules())
def test_another_program_finds_the_same_dates_as_we_do(config, schedule):
    # A date that was moved across the end of what we work out is ours still, and the other program's no more.
    ours = {
        (each.start, each.end) for each in occurrences.expand(schedule, now=NOW, until=UNTIL) if each.start <= UNTIL
    }
    if not ours:
        return
    theirs = read_back(config, schedule)
    horizon = max(start for start, _ in ours)
    assert {each for each in theirs if each[0] <= horizon} == ours


@pytest.mark.parametrize(
    "name", ["Europe/Ljubljana", "Europe/Vilnius", "America/New_York", "Africa/Cairo", "Europe/Moscow"]
)
def test_a_written_zone_gives_the_offsets_of_the_real_one(name):
    zone = ZoneInfo(name)
    text = "\r\n".join(["BEGIN:VCALENDAR", *time_zones.lines(zone, first_year=2009, last_year=2027), "END:VCALENDAR"])
    component = icalendar.Calendar.from_ical(text).walk("VTIMEZONE")[0]
    copy = component.to_tz(lookup_tzid=False)
    moment = datetime(2009, 1, 1, 5, tzinfo=UTC)
    while moment.year < 2028:
        assert moment.astimezone(copy).utcoffset() == moment.astimezone(zone).utcoffset(), moment
        moment += timedelta(days=9)


def test_a_zone_with_one_rule_is_written_by_its_rule():
    lines = time_zones.lines(ZoneInfo("Europe/Ljubljana"), first_year=2026, last_year=2028)
    assert "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU" in lines
    assert "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU" in lines


def test_a_rule_that_is_none_writes_no_event(config):
    broken = replace(an_opportunity(), content=replace(FULL, schedule=replace(TUESDAYS, rrule="FREQ=SECONDLY")))
    with pytest.raises(InvalidInput):
        occurrences.expand(broken.content.schedule, now=NOW, until=UNTIL)
    with pytest.raises(NotFound):
        written(config, broken)
