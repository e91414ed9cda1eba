from datetime import datetime

import pytest
from vl_nvs_register import timetable

from col_core.plugin import Schedule

ZONE = "Europe/Vilnius"
TUESDAY = {"diena": "antradienis", "nuo": "16:00", "iki": "17:30"}
THURSDAY = {"diena": "ketvirtadienis", "nuo": "16:00", "iki": "17:30"}
LATE_THURSDAY = {"diena": "ketvirtadienis", "nuo": "18:00", "iki": "19:00"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def read(slots: list[dict[str, str]], first: str, last: str, holidays: list[dict[str, str]] | None = None) -> Schedule:
    schedule = timetable.read(slots, first, last, holidays or [], ZONE)
    assert schedule is not None
    return schedule


def test_two_days_a_week_are_one_series() -> None:
    schedule = read([TUESDAY, THURSDAY], "2026-01-05", "2026-01-29")
    assert schedule.start == at("2026-01-06T16:00")
    assert schedule.rrule == "FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20260129T235959"
    assert not schedule.overrides


def test_holidays_are_exceptions() -> None:
    schedule = read([TUESDAY], "2026-01-05", "2026-02-27", [{"nuo": "2026-02-16", "iki": "2026-02-20"}])
    assert schedule.exdates == (at("2026-02-17T16:00"),)


def test_a_day_with_other_hours_is_moved_to_them() -> None:
    schedule = read([TUESDAY, LATE_THURSDAY], "2026-01-05", "2026-01-11")
    (override,) = schedule.overrides
    assert override.original_start == at("2026-01-08T16:00")
    assert (override.start, override.end) == (at("2026-01-08T18:00"), at("2026-01-08T19:00"))


def test_a_single_meeting_is_no_series() -> None:
    assert read([TUESDAY], "2026-01-06", "2026-01-06").rrule is None


def test_without_hours_the_days_are_whole() -> None:
    schedule = read([], "2026-02-09", "2026-03-10")
    assert schedule.all_day
    assert schedule.end == at("2026-03-11T00:00")


def test_without_a_first_day_there_is_no_date() -> None:
    assert timetable.read([TUESDAY], None, None, [], ZONE) is None


@pytest.mark.parametrize(
    ("slots", "first", "last"),
    [
        ([{"diena": "antradieniais", "nuo": "16:00", "iki": "17:00"}], "2026-01-06", "2026-02-06"),
        ([{"diena": "antradienis", "nuo": "17:00", "iki": "16:00"}], "2026-01-06", "2026-02-06"),
        ([TUESDAY], "2026-02-06", "2026-01-06"),
        ([TUESDAY], "2026-01-07", "2026-01-08"),
    ],
)
def test_a_timetable_that_cannot_be_is_refused(slots: list[dict[str, str]], first: str, last: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        timetable.read(slots, first, last, [], ZONE)
