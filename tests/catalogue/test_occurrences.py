from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from col_core.base.errors import InvalidInput
from col_core.catalogue.occurrences import MOST_OCCURRENCES, expand
from col_core.catalogue.records import Override, Schedule

LJUBLJANA = ZoneInfo("Europe/Ljubljana")
FAR = datetime(2030, 1, 1, tzinfo=UTC)


def a_schedule(start="2026-10-06T17:00", end="2026-10-06T19:00", **more):
    return Schedule(
        **{
            "start": datetime.fromisoformat(start),
            "end": datetime.fromisoformat(end) if end else None,
            "timezone": "Europe/Ljubljana",
            **more,
        }
    )


def local(schedule, until=FAR):
    return [each.start.astimezone(LJUBLJANA).strftime("%Y-%m-%d %H:%M") for each in expand(schedule, until=until)]


def test_eight_tuesdays_without_the_holiday_are_seven_all_at_17_across_the_clock_change():
    dates = local(a_schedule(rrule="FREQ=WEEKLY;COUNT=8", exdates=(datetime(2026, 11, 3, 17, 0),)))
    assert len(dates) == 7
    assert {each[-5:] for each in dates} == {"17:00"}
    assert "2026-11-03 17:00" not in dates
    utc_hours = {each.start.hour for each in expand(a_schedule(rrule="FREQ=WEEKLY;COUNT=8"), until=FAR)}
    assert utc_hours == {15, 16}


def test_one_edited_date_leaves_the_others():
    edited = Override(
        original_start=datetime(2026, 10, 13, 17, 0),
        start=datetime(2026, 10, 14, 18, 0),
        end=datetime(2026, 10, 14, 20, 0),
    )
    cancelled = Override(original_start=datetime(2026, 10, 20, 17, 0), cancelled=True)
    assert local(a_schedule(rrule="FREQ=WEEKLY;COUNT=4", overrides=(edited, cancelled))) == [
        "2026-10-06 17:00",
        "2026-10-14 18:00",
        "2026-10-27 17:00",
    ]


@pytest.mark.parametrize(
    ("until", "count"),
    [("20261020T150000Z", 3), ("20261020T145959Z", 2), ("20261020", 3), ("20261020T170000", 3), ("20261019", 2)],
)
def test_until_may_be_in_utc_a_bare_day_or_local(until, count):
    assert len(local(a_schedule(rrule=f"FREQ=WEEKLY;UNTIL={until}"))) == count


def test_a_rule_until_the_end_of_time_goes_to_the_horizon():
    dates = local(a_schedule(rrule="FREQ=WEEKLY;UNTIL=99991231T235959Z"), until=datetime(2026, 12, 1, tzinfo=UTC))
    assert (dates[0], dates[-1], len(dates)) == ("2026-10-06 17:00", "2026-11-24 17:00", 8)


def test_a_time_that_does_not_exist_moves_forward_and_one_that_comes_twice_is_the_first():
    gap = expand(a_schedule("2026-03-29T02:30", "2026-03-29T03:30"), until=FAR)
    assert gap[0].start == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    twice = expand(a_schedule("2026-10-25T02:30", None), until=FAR)
    assert twice[0].start == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_whole_day_ends_with_the_day():
    (day,) = expand(a_schedule("2026-10-25T00:00", None, all_day=True), until=FAR)
    assert day.end - day.start == timedelta(hours=25), "the clocks go back on that day"


def test_more_dates_beside_the_rule_are_there_once():
    extra = (datetime(2026, 12, 24, 10, 0), datetime(2026, 10, 13, 17, 0))
    dates = local(a_schedule(rrule="FREQ=WEEKLY;COUNT=2", rdates=extra))
    assert dates == ["2026-10-06 17:00", "2026-10-13 17:00", "2026-12-24 10:00"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=3",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=DAILY;BYSECOND=1,2,3",
        "FREQ=DAILY;COUNT=99999999999",
        "INTERVAL=2",
        "FREQ=WEEKLY;UNTIL=someday",
        "FREQ=WEEKLY;UNTIL=99999999",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;FREQ=DAILY",
        "nonsense",
        "",
        "FREQ=WEEKLY;" + "BYMONTH=1;" * 100,
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_in_words(rule):
    with pytest.raises(InvalidInput):
        expand(a_schedule(rrule=rule), until=FAR)


@pytest.mark.parametrize("zone", ["Europe", "../etc/passwd", "", "Mars/Olympus", "europe/ljubljana "])
def test_a_zone_that_is_none_is_refused(zone):
    with pytest.raises(InvalidInput, match="not a time zone"):
        expand(a_schedule(timezone=zone), until=FAR)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=HOURLY;BYHOUR=3;BYMONTHDAY=31;BYMONTH=2",
    ],
)
def test_a_rule_that_gives_much_or_nothing_is_bounded(rule):
    assert len(expand(a_schedule(rrule=rule), until=datetime(2100, 1, 1, tzinfo=UTC))) <= MOST_OCCURRENCES


def test_a_date_out_of_bounds_is_refused():
    with pytest.raises(InvalidInput):
        expand(a_schedule("0001-01-01T00:00", None), until=FAR)
    with pytest.raises(InvalidInput):
        expand(a_schedule("9999-12-31T23:00", None), until=FAR)


@settings(max_examples=60)
@given(
    start=st.datetimes(datetime(2020, 1, 1), datetime(2028, 1, 1)).map(lambda each: each.replace(microsecond=0)),
    rule=st.builds(
        "FREQ={};INTERVAL={};COUNT={}".format,
        st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
        st.integers(1, 4),
        st.integers(1, 30),
    ),
    minutes=st.integers(0, 600),
)
def test_occurrences_are_in_order_last_as_long_and_keep_the_wall_clock(start, rule, minutes):
    schedule = Schedule(start=start, end=start + timedelta(minutes=minutes), timezone="Europe/Vilnius", rrule=rule)
    found = expand(schedule, until=datetime(2060, 1, 1, tzinfo=UTC))
    assert found[0].start <= found[-1].start
    assert list(found) == sorted(found, key=lambda each: each.start)
    assert all(each.end >= each.start for each in found)
    zone = ZoneInfo("Europe/Vilnius")
    walls = [each.start.astimezone(zone).time() for each in found]
    # Only what falls into the missing hour of spring may differ.
    assert sum(each != start.time() for each in walls) <= sum(3 <= each.hour <= 4 for each in walls)
