from datetime import datetime

import pytest
from lj_youth_centres import dates

from col_core.plugin import Schedule

ZONE = "Europe/Ljubljana"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def read(text: str) -> Schedule:
    schedule = dates.read(text, ZONE)
    assert schedule is not None
    return schedule


def test_a_weekly_meeting_has_a_rule_and_its_exceptions() -> None:
    schedule = read("vsak torek 17.00–19.00, od 13. 1. 2026 do 26. 5. 2026, razen 28. 4. 2026 in 5. 5. 2026")
    assert schedule.start == at("2026-01-13T17:00")
    assert schedule.end == at("2026-01-13T19:00")
    assert schedule.rrule == "FREQ=WEEKLY;BYDAY=TU;UNTIL=20260526T235959"
    assert schedule.exdates == (at("2026-04-28T17:00"), at("2026-05-05T17:00"))


def test_the_first_meeting_is_the_first_such_day_of_the_week() -> None:
    assert read("vsako sredo 16.00–18.00, od 12. 1. 2026 do 31. 3. 2026").start == at("2026-01-14T16:00")


def test_every_second_week_and_two_days_a_week() -> None:
    assert "INTERVAL=2;BYDAY=WE" in str(read("vsako drugo sredo 16.00–18.00, od 14. 1. 2026 do 27. 3. 2026").rrule)
    assert "BYDAY=MO,TH" in str(read("vsak ponedeljek in četrtek 15.00–17.00, od 5. 1. 2026 do 30. 1. 2026").rrule)


def test_workdays_are_monday_to_friday() -> None:
    assert "BYDAY=MO,TU,WE,TH,FR" in str(read("vsak delavnik 14.00–19.00, od 7. 1. 2026 do 24. 6. 2026").rrule)


def test_one_day_with_and_without_hours() -> None:
    assert read("17. 1. 2026, 10.00–13.00").end == at("2026-01-17T13:00")
    whole = read("24. 1. 2026")
    assert whole.all_day
    assert whole.end == at("2026-01-25T00:00")


def test_a_holiday_week_is_every_day_at_these_hours() -> None:
    schedule = read("16. 2. 2026–20. 2. 2026, 9.00–15.00")
    assert schedule.rrule == "FREQ=DAILY;COUNT=5"
    assert schedule.start == at("2026-02-16T09:00")


def test_a_night_ends_on_the_next_day() -> None:
    assert read("17. 1. 2026, 20.00–2.00").end == at("2026-01-18T02:00")


def test_by_arrangement_means_no_date() -> None:
    assert dates.read("po dogovoru", ZONE) is None


@pytest.mark.parametrize(
    "text",
    [
        "predvidoma februarja",
        "vsak torak 17.00–19.00, od 13. 1. 2026 do 26. 5. 2026",
        "vsak torek 17.00–19.00, od 26. 5. 2026 do 13. 1. 2026",
        "31. 2. 2026, 10.00–12.00",
        "17. 1. 2026, 25.00–26.00",
        "",
    ],
)
def test_what_is_not_understood_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        dates.read(text, ZONE)
