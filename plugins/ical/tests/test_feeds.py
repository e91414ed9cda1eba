"""Calendars in the shape in which programs in the field export them; their contents are ours, and invented."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from col_core.plugin import Category, Draft, OpportunitySource, Override, Place, Rejected, Schedule
from col_core.testing.cities import a_city
from col_plugin_ical.source import IcalSource, SourceOptions

FEEDS = Path(__file__).parent / "feeds"
Drafts = Callable[..., dict[str, Draft]]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def a_source(folder: Path, body: bytes, *, timezone: str, **options: object) -> IcalSource:
    (folder / "feed.ics").write_bytes(body)
    source = {
        "id": "x",
        "plugin": "ical",
        "url": "feed.ics",
        "language": "sl",
        "options": SourceOptions().load(options),
    }
    city = a_city(folder, sources=[source], languages=("sl", "lt"), timezone=timezone)
    return IcalSource(city, city.sources[0])


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    """Return what becomes of a file, by title; nothing in it is lost but what `left_out` counts."""

    def made(
        name: str, *, left_out: int = 0, timezone: str = "Europe/Ljubljana", **options: object
    ) -> dict[str, Draft]:
        # Programs write lines as the standard wants them, with a carriage return.
        body = (FEEDS / name).read_bytes().replace(b"\n", b"\r\n")
        source = a_source(tmp_path, body, timezone=timezone, **options)
        fetched = source.fetch(since=None, cursor=None)
        results = [source.normalise(each) for each in fetched.items]
        found = {next(iter(each.title.values())): each for each in results if isinstance(each, Draft)}
        assert fetched.errors == ()
        assert len(results) - len(found) == left_out, results
        return found

    return made


def when(draft: Draft) -> Schedule:
    assert draft.schedule is not None
    return draft.schedule


def test_google_calendar(drafts: Drafts) -> None:
    found = drafts("google.ics")
    climbing, stage, camp = found["Plezanje za začetnike"], found["Odprti oder"], found["Tabor ob jezeru"]
    schedule = when(climbing)
    assert (schedule.start, schedule.end) == (at("2026-03-10T17:00"), at("2026-03-10T18:30"))
    assert schedule.rrule == "FREQ=WEEKLY;WKST=MO;UNTIL=20260428T215959Z;BYDAY=TU"
    assert schedule.exdates == (at("2026-03-24T17:00"), at("2026-04-07T17:00"))
    assert schedule.overrides == (
        Override(original_start=at("2026-04-14T17:00"), start=at("2026-04-15T18:00"), end=at("2026-04-15T19:30")),
    )
    assert climbing.place == Place(name="Mladinski klub Primer", address="Vojkova cesta 73, 1000 Ljubljana, Slovenija")
    assert climbing.online_url == "https://meet.google.com/abc-defg-hij"
    assert "<strong>copate</strong>" in climbing.description["sl"] or "<b>copate</b>" in climbing.description["sl"]
    assert stage.cancelled
    assert (when(stage).start, when(stage).timezone) == (at("2026-03-18T17:00"), "Europe/Ljubljana")
    assert (when(camp).all_day, when(camp).end) == (True, at("2026-05-03"))


def test_outlook_names_its_zones_for_people_and_folds_them(drafts: Drafts) -> None:
    found = drafts("outlook.ics", left_out=1)
    schedule = when(found["Risanje stripov"])
    assert schedule.timezone == "Europe/Ljubljana"
    assert (schedule.start, schedule.end) == (at("2026-03-12T17:00"), at("2026-03-12T19:00"))
    assert schedule.exdates == (at("2026-03-26T17:00"), at("2026-04-02T17:00"))
    assert found["Risanje stripov"].description == {"sl": "<p>Za vse, ki radi rišejo.</p>"}


def test_exchange_puts_calls_and_whole_days_into_words_of_its_own(drafts: Drafts) -> None:
    found = drafts("exchange.ics", timezone="Europe/Vilnius")
    club, day = found["Programavimo klubas"], found["Atvirų durų diena"]
    assert when(club).timezone.replace("Kyiv", "Kiev") in ("Europe/Kiev", "Europe/Vilnius")
    assert (club.place, club.online) == (None, True)
    assert club.online_url == "https://teams.microsoft.com/l/meetup-join/19%3ameeting_primer"
    assert (when(day).all_day, when(day).start, when(day).end) == (True, at("2026-03-20"), at("2026-03-21"))


def test_nextcloud_gives_lengths_and_escapes_commas_in_categories(drafts: Drafts) -> None:
    words = {"Kinas, teatras": "media", "Muzika": "music"}
    (film,) = drafts("nextcloud.ics", timezone="Europe/Vilnius", categories=words).values()
    assert (when(film).end, when(film).rrule) == (at("2026-03-29T00:00"), "FREQ=DAILY;COUNT=3")
    assert when(film).overrides == (
        Override(
            original_start=at("2026-03-29T22:00"), start=at("2026-03-29T22:00"), end=at("2026-03-30"), cancelled=True
        ),
    )
    assert film.categories == (Category.MEDIA, Category.MUSIC)


def test_the_events_calendar_of_wordpress(drafts: Drafts) -> None:
    found = drafts("events_calendar.ics")
    evening = found["Večer kratkih filmov & pogovor"]
    assert evening.organiser == "Kulturni dom Primer"
    assert evening.url == "https://dom.example.org/dogodek/vecer-kratkih-filmov/"
    assert evening.place == Place(
        name="Kulturni dom Primer",
        address="Trg prekomorskih brigad 3, Ljubljana, 1000, Slovenija",
        lat_deg=46.0681,
        lon_deg=14.4914,
    )
    assert (when(found["Vikend stripa"]).start, when(found["Vikend stripa"]).end) == (
        at("2026-05-02"),
        at("2026-05-04"),
    )


def test_apple_writes_a_place_in_two_lines_and_its_spot_beside_it(drafts: Drafts) -> None:
    found = drafts("apple.ics")
    assert found["Vozli"].place == Place(
        name="Skavtski dom",
        address="Cesta v Rožno dolino 18, 1000 Ljubljana, Slovenija",
        lat_deg=46.0476,
        lon_deg=14.4843,
    )
    assert when(found["Taborni ogenj"]).timezone == "Europe/Ljubljana"


def lines(*events: str, heading: str = "") -> bytes:
    text = f"BEGIN:VCALENDAR\n{heading}" + "".join(f"BEGIN:VEVENT\n{each}\nEND:VEVENT\n" for each in events)
    return (text + "END:VCALENDAR\n").encode()


def read(source: OpportunitySource) -> list[Draft | Rejected]:
    fetched = source.fetch(since=None, cursor=None)
    return [*(source.normalise(each) for each in fetched.items), *fetched.errors]


def test_a_time_without_a_zone_is_one_of_the_calendar(tmp_path: Path) -> None:
    event = "UID:1\nSUMMARY:Čaj\nDTSTART:20260106T170000"
    for stated, zone in (("Europe/Vilnius", "Europe/Vilnius"), ("UTC", "Europe/Ljubljana"), ("x", "Europe/Ljubljana")):
        (draft,) = read(
            a_source(tmp_path, lines(event, heading=f"X-WR-TIMEZONE:{stated}\n"), timezone="Europe/Ljubljana")
        )
        assert isinstance(draft, Draft)
        assert when(draft).timezone == zone


@pytest.mark.parametrize(
    ("tzid", "zone"),
    [
        ('"(UTC+01:00) Belgrade, Bratislava, Budapest, Ljubljana, Prague"', "Europe/Ljubljana"),
        ('"(UTC+02:00) Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius"', "Europe/Helsinki"),
        ("(UTC+01:00) Sarajevo", "Europe/Sarajevo"),
        ("(UTC-05:00) Ljubljana", None),
    ],
)
def test_a_zone_in_words_for_people_is_that_of_a_city_it_names(tmp_path: Path, tzid: str, zone: str | None) -> None:
    event = f"UID:1\nSUMMARY:Čaj\nDTSTART;TZID={tzid}:20260106T170000"
    (result,) = read(a_source(tmp_path, lines(event), timezone="Europe/Ljubljana"))
    assert (result.schedule.timezone if isinstance(result, Draft) and result.schedule else None) == zone


def test_dates_of_a_series_that_was_not_published_itself_are_all_kept(tmp_path: Path) -> None:
    event = "UID:1\nSUMMARY:Čaj\nRECURRENCE-ID:{0}\nDTSTART:{0}\nDURATION:PT1H\nSTATUS:{1}"
    body = lines(
        event.format("20260120T170000", "CONFIRMED"),
        event.format("20260113T170000", "CONFIRMED"),
        event.format("20260127T170000", "CANCELLED"),
    )
    (draft,) = read(a_source(tmp_path, body, timezone="Europe/Ljubljana"))
    assert isinstance(draft, Draft)
    assert (when(draft).start, when(draft).rdates) == (at("2026-01-13T17:00"), (at("2026-01-20T17:00"),))
    assert not draft.cancelled


def test_one_uid_for_many_dates_of_one_thing_keeps_them_all(tmp_path: Path) -> None:
    event = "UID:1\nSUMMARY:Čaj\nDTSTART:2026010{}T170000"
    (draft,) = read(a_source(tmp_path, lines(event.format(6), event.format(7)), timezone="Europe/Ljubljana"))
    assert isinstance(draft, Draft)
    assert (when(draft).start, when(draft).rdates) == (at("2026-01-06T17:00"), (at("2026-01-07T17:00"),))


def test_one_uid_for_different_things_is_told_with_the_line(tmp_path: Path) -> None:
    body = lines("UID:1\nSUMMARY:Čaj\nDTSTART:20260106T170000", "UID:1\nSUMMARY:Sok\nDTSTART:20260107T170000")
    tea, told = read(a_source(tmp_path, body, timezone="Europe/Ljubljana"))
    assert isinstance(tea, Draft)
    assert isinstance(told, Rejected)
    assert (told.where, told.reason) == (
        "feed.ics, line 7",
        "its UID stands in line 2 already, under another title and date",
    )


def test_a_newer_version_of_an_event_replaces_it_though_title_and_date_changed(tmp_path: Path) -> None:
    body = lines(
        "UID:1\nSUMMARY:Čaj\nDTSTART:20260106T170000\nSEQUENCE:0",
        "UID:1\nSUMMARY:Sok\nDTSTART:20260107T170000\nSEQUENCE:1",
    )
    (draft,) = read(a_source(tmp_path, body, timezone="Europe/Ljubljana"))
    assert isinstance(draft, Draft)
    assert (draft.title, when(draft).start, when(draft).rdates) == ({"sl": "Sok"}, at("2026-01-07T17:00"), ())


def test_each_calendar_of_a_file_speaks_for_its_own_events(tmp_path: Path) -> None:
    body = lines("UID:1\nSUMMARY:Čaj\nDTSTART:20260106T170000", heading="METHOD:CANCEL\n") + lines(
        "UID:2\nSUMMARY:Sok\nDTSTART:20260106T170000", heading="METHOD:PUBLISH\n"
    )
    first, second = read(a_source(tmp_path, body, timezone="Europe/Ljubljana"))
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert (first.cancelled, second.cancelled) == (True, False)


def test_a_rule_of_exceptions_that_the_standard_dropped_is_told(tmp_path: Path) -> None:
    event = "UID:1\nSUMMARY:Čaj\nDTSTART:20260106T170000\nRRULE:FREQ=DAILY\nEXRULE:FREQ=WEEKLY"
    (told,) = read(a_source(tmp_path, lines(event), timezone="Europe/Ljubljana"))
    assert isinstance(told, Rejected)
    assert "EXRULE" in told.reason


def test_a_uid_of_any_length_names_the_event(tmp_path: Path) -> None:
    source = a_source(tmp_path, lines(f"UID:{'x' * 9000}\nSUMMARY:Čaj\nDTSTART:20260106"), timezone="Europe/Ljubljana")
    (item,) = source.fetch(since=None, cursor=None).items
    assert len(item.external_id) <= 500
