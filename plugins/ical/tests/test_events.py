from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.plugin import Category, Draft, FetchError, OpportunitySource, OpportunityType, Place, RawItem, Rejected
from col_core.testing.cities import a_city
from col_plugin_ical.source import IcalSource, SourceOptions

Normalised = Callable[..., Draft | Rejected]
Calendar = Callable[..., OpportunitySource]
START = "DTSTART:20260106T170000\n"


def draft(result: Draft | Rejected) -> Draft:
    assert isinstance(result, Draft), result
    return result


def test_texts_keep_their_language_and_lose_their_folding(calendar: Calendar) -> None:
    event = (
        "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY;LANGUAGE=en-GB:Tea\\, twice\r\nSUMMARY:Č".encode()
        + b"aj za \xc4\r\n \x8dlane\r\n"
        + b"DTSTART:20260106T170000\r\nDESCRIPTION:Ena\\n\\nD\r\n va & tri\r\nEND:VEVENT"
    )
    source = calendar(event)
    (item,) = source.fetch(since=None, cursor=None).items
    result = draft(source.normalise(item))
    assert result.title == {"en": "Tea, twice", "sl": "Čaj za člane"}
    assert result.description == {"sl": "<p>Ena</p><p>Dva &amp; tri</p>"}
    assert result.languages == ("en", "sl")


def test_html_wins_over_plain_text_and_is_cleaned(normalised: Normalised) -> None:
    lines = START + 'DESCRIPTION:plain\nX-ALT-DESC;FMTTYPE=text/html:<p onclick="x">Pridi<script>1</script></p>'
    assert draft(normalised(lines)).description == {"sl": "<p>Pridi</p>"}


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("MKL\\, Kersnikova ulica 2\\, Ljubljana", Place(name="MKL", address="Kersnikova ulica 2, Ljubljana")),
        ("Vilniaus g. 22-3\\, Vilnius", Place(address="Vilniaus g. 22-3, Vilnius")),
        ("Vojkova cesta 73", Place(address="Vojkova cesta 73")),
        ("Kino Šiška", Place(name="Kino Šiška")),
        ("Kalėj. 2.0\\, Lukiškių skg. 6\\, Vilnius", Place(name="Kalėj. 2.0", address="Lukiškių skg. 6, Vilnius")),
        ("Park Tivoli\\, Ljubljana", Place(name="Park Tivoli", address="Ljubljana")),
        ("", None),
    ],
)  # fmt: skip
def test_a_location_is_cut_into_name_and_address(normalised: Normalised, location: str, place: Place | None) -> None:
    assert draft(normalised(f"{START}LOCATION:{location}")).place == place


def test_a_position_is_taken_where_it_is_on_earth(normalised: Normalised) -> None:
    assert draft(normalised(f"{START}GEO:46.05;14.5")).place == Place(lat_deg=46.05, lon_deg=14.5)
    for nonsense in ("146;14", "46.05", "nan;nan", "46,05;14,5", "inf;0"):
        assert draft(normalised(f"{START}GEO:{nonsense}")).place is None


def test_a_location_on_the_web_is_no_place(normalised: Normalised) -> None:
    result = draft(normalised(f"{START}LOCATION:https://meet.example.org/abc"))
    assert (result.place, result.online_url, result.online) == (None, "https://meet.example.org/abc", True)
    result = draft(normalised(f"{START}LOCATION:Kino\nCONFERENCE;VALUE=URI:https://meet.example.org/x"))
    assert (result.place, result.online_url) == (Place(name="Kino"), "https://meet.example.org/x")


def test_categories_are_ours_or_those_that_the_settings_explain(normalised: Normalised) -> None:
    lines = START + "CATEGORIES:Računalništvo,volunteering,unknown\nCATEGORIES:music"
    result = draft(normalised(lines, categories={"računalništvo": "digital"}))
    assert result.categories == (Category.DIGITAL, Category.MUSIC)
    assert result.type is OpportunityType.VOLUNTEERING
    assert draft(normalised(START, type="course")).type is OpportunityType.COURSE


def test_what_holds_for_every_event_comes_from_the_settings(normalised: Normalised) -> None:
    result = draft(normalised(START, age_min=15, age_max=29, free=True))
    assert (result.ages.min, result.ages.max, result.price.free) == (15, 29, True)


def test_an_organiser_is_a_name_and_never_an_address(normalised: Normalised) -> None:
    assert draft(normalised(f'{START}ORGANIZER;CN="Mladi zmaji":mailto:a@example.org')).organiser == "Mladi zmaji"
    assert draft(normalised(f"{START}ORGANIZER;CN=a@example.org:mailto:a@example.org")).organiser is None


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://example.org", "https://", "data:text/html,x"])
def test_only_web_addresses_are_addresses(normalised: Normalised, address: str) -> None:
    assert draft(normalised(f"{START}URL:{address}")).url is None


def test_cancelled_is_said_by_the_event_or_by_the_whole_calendar(normalised: Normalised) -> None:
    assert draft(normalised(f"{START}STATUS:CANCELLED")).cancelled
    assert draft(normalised(START, heading="METHOD:CANCEL")).cancelled
    assert not draft(normalised(f"{START}STATUS:TENTATIVE", heading="METHOD:PUBLISH")).cancelled


@pytest.mark.parametrize("word", ["PRIVATE", "confidential"])
def test_what_is_private_stays_out(normalised: Normalised, word: str) -> None:
    result = normalised(f"{START}CLASS:{word}")
    assert isinstance(result, Rejected)
    assert "private" in result.reason
    assert result.taken_back, "what it said before, when it was public, is no longer shown"


def test_a_broken_event_costs_only_itself(calendar: Calendar) -> None:
    source = calendar(
        "BEGIN:VEVENT\nUID:open\nSUMMARY:Odprt\n"
        "BEGIN:VEVENT\nUID:good\nSUMMARY:Dober\nDTSTART:20260106T170000\n"
        "BEGIN:VALARM\nDESCRIPTION:Opomnik\nEND:VALARM\nthis is no line\nEND:VEVENT\n"
        "BEGIN:VTODO\nSUMMARY:Opravilo\nEND:VTODO\n"
        f"BEGIN:VEVENT\nUID:long\nSUMMARY:{'x' * 300_000}\nEND:VEVENT"
    )
    fetched = source.fetch(since=None, cursor=None)
    assert [each.external_id for each in fetched.items] == ["good"]
    assert draft(source.normalise(fetched.items[0])).description == {}
    assert [(each.external_id, each.where) for each in fetched.errors] == [
        ("open", "feed.ics, line 3"),
        ("long", "feed.ics, line 18"),
    ]
    assert fetched.complete


def test_an_event_without_a_uid_is_known_by_title_and_date(calendar: Calendar) -> None:
    event = "BEGIN:VEVENT\nSUMMARY:Čaj\nDTSTART:20260106T170000\nDESCRIPTION:{}\nEND:VEVENT"
    (first,) = calendar(event.format("a")).fetch(since=None, cursor=None).items
    (second,) = calendar(event.format("b")).fetch(since=None, cursor=None).items
    assert first.external_id == second.external_id


def test_a_calendar_that_breaks_off_is_not_complete(calendar: Calendar, tmp_path: Path) -> None:
    source = calendar("BEGIN:VEVENT\nUID:1\nSUMMARY:Čaj\nEND:VEVENT\nBEGIN:VEVENT\nUID:2")
    assert source.fetch(since=None, cursor=None).complete
    file = tmp_path / "feed.ics"
    file.write_bytes(file.read_bytes().removesuffix(b"\r\nEND:VCALENDAR\r\n"))
    fetched = source.fetch(since=None, cursor=None)
    assert not fetched.complete
    assert fetched.cursor is None
    assert [(each.external_id, each.reason) for each in fetched.errors] == [("2", "the file breaks off within it")]


def test_a_page_that_is_no_calendar_fails_the_run(calendar: Calendar, tmp_path: Path) -> None:
    source = calendar("")
    (tmp_path / "feed.ics").write_text("<!doctype html><title>Prijava</title>")
    with pytest.raises(FetchError, match="not an iCalendar"):
        source.fetch(since=None, cursor=None)


def test_an_old_encoding_is_found_out(calendar: Calendar) -> None:
    source = calendar(
        "BEGIN:VEVENT\nUID:1\nSUMMARY:Šiška žuri čez\nDTSTART:20260106T170000\nEND:VEVENT".encode("cp1250")
    )
    (item,) = source.fetch(since=None, cursor=None).items
    assert draft(source.normalise(item)).title == {"sl": "Šiška žuri čez"}


LINES = st.lists(
    st.sampled_from(
        ["BEGIN:VEVENT", "END:VEVENT", "BEGIN:VCALENDAR", "END:VCALENDAR", "UID:1", "SUMMARY:a", "DTSTART:20260101",
         "DTSTART:20260101T000000Z", "DTEND:20250101", "RRULE:FREQ=DAILY;COUNT=3", "RECURRENCE-ID:20260101", "EXDATE:x",
         "DURATION:PT1H", " folded", "GEO:1;2", "LOCATION:a,b 1", "TZID", ":", ";", "DTSTART;TZID=:1", 'X;"']
    )
    | st.text(max_size=40),
    max_size=15,
)  # fmt: skip


@given(lines=LINES)
def test_any_item_becomes_a_draft_or_a_rejection(lines: list[str]) -> None:
    source = _bare_source()
    body = "\r\n".join(lines).encode("utf-8", errors="replace")
    for each in (body, b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + body + b"\r\nEND:VEVENT\r\nEND:VCALENDAR"):
        result = source.normalise(RawItem(external_id="1", body=each, media_type="text/calendar", address="x"))
        assert isinstance(result, Draft | Rejected)


def _bare_source() -> OpportunitySource:
    city = a_city(Path(), sources=[{"id": "x", "plugin": "ical", "options": SourceOptions().load({})}])
    return IcalSource(city, city.sources[0])


@pytest.mark.parametrize("length", [480, 500, 900])
def test_every_id_fits_however_long_the_uid_is_also_of_a_date_that_became_another_offer(
    calendar: Calendar, length: int
) -> None:
    event = "BEGIN:VEVENT\nUID:{uid}\nSUMMARY:{title}\n{more}DTSTART:20260407T170000Z\nEND:VEVENT\n"
    uid = "u" * length
    series = event.format(uid=uid, title="Čaj", more="RRULE:FREQ=WEEKLY;COUNT=3\n")
    apart = event.format(uid=uid, title="Kava", more="RECURRENCE-ID:20260407T170000Z\n")
    first, second = calendar(series + apart).fetch(since=None, cursor=None).items
    assert first.external_id != second.external_id
    assert max(len(first.external_id), len(second.external_id)) <= 500
