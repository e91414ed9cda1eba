from collections.abc import Callable
from datetime import datetime

import pytest

from col_core.plugin import Draft, OpportunitySource, Override, Rejected, Schedule

Normalised = Callable[..., Draft | Rejected]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def when(result: Draft | Rejected) -> Schedule:
    assert isinstance(result, Draft), result
    assert result.schedule is not None
    return result.schedule


@pytest.mark.parametrize(
    ("line", "start", "zone"),
    [
        ("DTSTART;TZID=Europe/Vilnius:20260106T170000", "2026-01-06T17:00", "Europe/Vilnius"),
        ("DTSTART;TZID=europe/vilnius:20260106T170000", "2026-01-06T17:00", "Europe/Vilnius"),
        ("DTSTART;TZID=Central European Standard Time:20260106T170000", "2026-01-06T17:00", "Europe/Warsaw"),
        ('DTSTART;TZID="FLE Standard Time":20260106T170000', "2026-01-06T17:00", "Europe/Kiev"),
        ("DTSTART;TZID=/mozilla.org/2005/Europe/Ljubljana:20260106T170000", "2026-01-06T17:00", "Europe/Ljubljana"),
        ('DTSTART;TZID="UTC+02:00":20260106T170000', "2026-01-06T17:00", "Etc/GMT-2"),
        ("DTSTART:20260106T170000", "2026-01-06T17:00", "Europe/Ljubljana"),
        ("DTSTART:20260106T160000Z", "2026-01-06T17:00", "Europe/Ljubljana"),
        ("DTSTART:20260706T150000Z", "2026-07-06T17:00", "Europe/Ljubljana"),
        ("DTSTART;TZID=America/New_York:20260106T170000", "2026-01-06T17:00", "America/New_York"),
        ("DTSTART:20260106T1700", "2026-01-06T17:00", "Europe/Ljubljana"),
        ("DTSTART:20261231T235960", "2026-12-31T23:59:59", "Europe/Ljubljana"),
    ],
)  # fmt: skip
def test_a_start_is_a_wall_clock_time_in_a_zone_that_is_known(
    normalised: Normalised, line: str, start: str, zone: str
) -> None:
    schedule = when(normalised(line))
    assert (schedule.start, schedule.end) == (at(start), None)
    assert schedule.timezone.replace("Kyiv", "Kiev") == zone


@pytest.mark.parametrize(
    ("lines", "start", "end"),
    [
        ("DTSTART;VALUE=DATE:20260106", "2026-01-06", "2026-01-07"),
        ("DTSTART;VALUE=DATE:20260106\nDTEND;VALUE=DATE:20260109", "2026-01-06", "2026-01-09"),
        ("DTSTART;VALUE=DATE:20260106\nDTEND;VALUE=DATE:20260106", "2026-01-06", "2026-01-07"),
        ("DTSTART;VALUE=DATE:20260106\nDURATION:P2D", "2026-01-06", "2026-01-08"),
    ],
)
def test_a_date_is_a_whole_day_and_its_end_the_day_after(
    normalised: Normalised, lines: str, start: str, end: str
) -> None:
    schedule = when(normalised(lines))
    assert schedule.all_day
    assert (schedule.start, schedule.end) == (at(start), at(end))


def test_a_length_makes_the_end(normalised: Normalised) -> None:
    assert when(normalised("DTSTART:20260106T170000\nDURATION:PT1H30M")).end == at("2026-01-06T18:30")
    assert when(normalised("DTSTART:20260106T170000\nDURATION:P1W")).end == at("2026-01-13T17:00")


def test_an_end_in_another_zone_is_told_in_the_zone_of_the_start(normalised: Normalised) -> None:
    lines = "DTSTART;TZID=Europe/Ljubljana:20260106T170000\nDTEND:20260106T180000Z"
    assert when(normalised(lines)).end == at("2026-01-06T19:00")


def test_a_series_keeps_its_rule_and_its_exceptions(normalised: Normalised) -> None:
    schedule = when(
        normalised(
            "DTSTART;TZID=Europe/Ljubljana:20260106T170000\nRRULE:freq=weekly;count=8\n"
            "EXDATE;TZID=Europe/Ljubljana:20260113T170000,20260120T170000\nEXDATE:20260127T160000Z\n"
            "EXDATE;VALUE=DATE:20260203\nRDATE;VALUE=PERIOD:20260205T160000Z/PT1H"
        )
    )
    assert schedule.rrule == "FREQ=WEEKLY;COUNT=8"
    assert schedule.exdates == tuple(
        at(day) for day in ("2026-01-13T17:00", "2026-01-20T17:00", "2026-01-27T17:00", "2026-02-03T17:00")
    )
    assert schedule.rdates == (at("2026-02-05T17:00"),)


def test_a_series_in_utc_stays_in_utc(normalised: Normalised) -> None:
    schedule = when(normalised("DTSTART:20260106T233000Z\nRRULE:FREQ=WEEKLY;BYDAY=TU"))
    assert (schedule.timezone, schedule.start) == ("UTC", at("2026-01-06T23:30"))


def test_one_date_of_a_series_is_moved_and_one_is_cancelled(calendar: Callable[..., OpportunitySource]) -> None:
    event = "BEGIN:VEVENT\nUID:1\nSUMMARY:Čaj\nDTSTART;TZID=Europe/Ljubljana:{}\n{}END:VEVENT\n"
    source = calendar(
        event.format("20260120T180000", "RECURRENCE-ID:20260120T160000Z\nDURATION:PT1H\n")
        + event.format("20260106T170000", "RRULE:FREQ=WEEKLY\n")
        + event.format("20260127T170000", "RECURRENCE-ID;VALUE=DATE:20260127\nSTATUS:CANCELLED\n")
        + event.format("20260120T190000", "RECURRENCE-ID:20260120T160000Z\nDURATION:PT1H\nSEQUENCE:2\n")
    )
    (item,) = source.fetch(since=None, cursor=None).items
    assert when(source.normalise(item)).overrides == (
        Override(original_start=at("2026-01-20T17:00"), start=at("2026-01-20T19:00"), end=at("2026-01-20T20:00")),
        Override(original_start=at("2026-01-27T17:00"), start=at("2026-01-27T17:00"), cancelled=True),
    )


def test_a_date_with_another_title_or_place_is_an_offer_of_its_own(calendar: Callable[..., OpportunitySource]) -> None:
    event = (
        "BEGIN:VEVENT\nUID:1\nSUMMARY:{}\nLOCATION:{}\nDTSTART;TZID=Europe/Ljubljana:{}\nDURATION:PT1H\n{}END:VEVENT\n"
    )
    source = calendar(
        event.format("Čaj", "Knjižnica", "20260106T170000", "RRULE:FREQ=WEEKLY;COUNT=5\n")
        + event.format("čaj ", "Knjižnica", "20260113T180000", "RECURRENCE-ID;TZID=Europe/Ljubljana:20260113T170000\n")
        + event.format("Čaj", "Grad", "20260120T170000", "RECURRENCE-ID;TZID=Europe/Ljubljana:20260120T170000\n")
        + event.format("Kava", "", "20260127T170000", "RECURRENCE-ID;TZID=Europe/Ljubljana:20260127T170000\n")
        + event.format("Kava", "", "20260203T170000", "RECURRENCE-ID;TZID=Europe/Ljubljana:20260203T170000\n")
        + event.format(
            "Čaj", "", "20260203T170000", "RECURRENCE-ID;TZID=Europe/Ljubljana:20260203T170000\nSEQUENCE:2\n"
        )
    )
    items = source.fetch(since=None, cursor=None).items
    assert [each.external_id for each in items] == ["1", "1 20260120T170000", "1 20260127T170000"]
    series, elsewhere, other = (source.normalise(each) for each in items)
    assert [(each.original_start.day, each.cancelled) for each in when(series).overrides] == [
        (13, False),
        (20, True),
        (27, True),
        (3, False),
    ]
    assert isinstance(elsewhere, Draft)
    assert elsewhere.place is not None
    assert (elsewhere.place.name, when(elsewhere).start, when(elsewhere).rrule) == (
        "Grad",
        at("2026-01-20T17:00"),
        None,
    )
    assert isinstance(other, Draft)
    assert other.title == {"sl": "Kava"}


OUTLOOK = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=SECONDLY
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE"""


def test_a_zone_that_the_calendar_defines_is_matched_with_one_that_is_known(normalised: Normalised) -> None:
    line = "DTSTART;TZID=Customized Time Zone:20260706T170000"
    assert when(normalised(line, before=OUTLOOK)).timezone == "Europe/Ljubljana"
    eastern = OUTLOOK.replace("+0200", "+0300").replace("TO:+0100", "TO:+0200")
    assert when(normalised(line, before=eastern)).timezone == "Europe/Athens"
    named = OUTLOOK.replace("BEGIN:STANDARD", "X-LIC-LOCATION:Europe/Vilnius\nBEGIN:STANDARD", 1)
    assert when(normalised(line, before=named)).timezone == "Europe/Vilnius"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("", "no DTSTART"),
        ("DTSTART:", "no DTSTART"),
        ("DTSTART:20261332T170000", "not a date"),
        ("DTSTART:20260106T256000", "not a date"),
        ("DTSTART:00010101T000000Z", "outside the years"),
        ("DTSTART:99991231T235959Z", "outside the years"),
        ("DTSTART;TZID=Atlantis/Center:20260106T170000", "Atlantis/Center"),
        ("DTSTART;TZID=Europe:20260106T170000", "time zone"),
        ("DTSTART;TZID=../../../etc/passwd:20260106T170000", "time zone"),
        ("DTSTART:20260106T170000\nDURATION:-PT1H", "negative"),
        ("DTSTART:20260106T170000\nDURATION:P9999W", "five years"),
        ("DTSTART:20260106T170000\nDURATION:P", "length of time"),
        ("DTSTART:20260106T170000\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY", "more than one RRULE"),
        ("DTSTART:20260106T170000\nRRULE:FREQ=DAILY\nEXDATE:" + ",".join(["20260107T170000"] * 1001), "more than 1000"),
    ],
)
def test_what_would_be_a_guess_is_rejected_with_its_property(normalised: Normalised, lines: str, reason: str) -> None:
    result = normalised(lines)
    assert isinstance(result, Rejected)
    assert reason in result.reason
    assert result.where == "feed.ics, line 3"
