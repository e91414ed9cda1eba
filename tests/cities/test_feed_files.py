"""The demonstration feeds are files as real sources make them, with the dirt that these have."""

import csv
import io
import json
from pathlib import Path

import pytest
from defusedxml.ElementTree import parse as parse_xml
from icalendar import Calendar, Event
from openpyxl import load_workbook

CITIES = Path(__file__).parents[2] / "cities"
LJUBLJANA, VILNIUS = CITIES / "ljubljana/feeds", CITIES / "vilnius/feeds"
calendars = pytest.mark.parametrize(
    "file",
    [
        LJUBLJANA / "knjiznice.ics",
        LJUBLJANA / "culture.ics",
        VILNIUS / "bibliotekos.ics",
        VILNIUS / "culture.ics",
    ],
)


def events(file: Path) -> list[Event]:
    return [each for each in Calendar.from_ical(file.read_bytes()).walk("VEVENT") if isinstance(each, Event)]


@calendars
def test_the_calendars_are_icalendar(file: Path) -> None:
    assert all(each.get("UID") and each.get("DTSTART") for each in events(file))
    assert max(len(line) for line in file.read_bytes().split(b"\r\n")) <= 75


@pytest.mark.parametrize("file", [LJUBLJANA / "knjiznice.ics", VILNIUS / "bibliotekos.ics"])
def test_the_libraries_repeat_skip_move_and_cancel(file: Path) -> None:
    found = events(file)
    for part in ("RRULE", "EXDATE", "RECURRENCE-ID"):
        assert any(each.get(part) for each in found), part
    assert any(each.get("STATUS") == "CANCELLED" for each in found)
    assert any("<p>" in str(each.get("DESCRIPTION")) for each in found)
    assert any(not each.get("SUMMARY") for each in found)
    assert b"Standard Time" in file.read_bytes()


@pytest.mark.parametrize("file", [LJUBLJANA / "culture.ics", VILNIUS / "culture.ics"])
def test_the_culture_calendars_use_utc_and_once_a_wrong_time_zone(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert "DTSTART;TZID=America/New_York" in text
    assert any(line.startswith("DTSTART:") and line.endswith("Z") for line in text.splitlines())


@pytest.mark.parametrize(
    ("file", "encoding", "letters"),
    [(LJUBLJANA / "drustva.csv", "cp1250", "čšžČŠŽ"), (VILNIUS / "nvo.csv", "cp1257", "ąčęėįšųūžŠŽ")],
)
def test_the_associations_tables_are_in_the_old_encoding_of_their_country(
    file: Path, encoding: str, letters: str
) -> None:
    text = file.read_bytes().decode(encoding)
    with pytest.raises(UnicodeDecodeError):
        file.read_bytes().decode("utf-8")
    assert all(letter in text for letter in letters)
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len({len(row) for row in rows}) == 1
    assert not any(rows[-1])


@pytest.mark.parametrize(
    ("file", "sheet"), [(LJUBLJANA / "tecaji.xlsx", "Ponudba"), (VILNIUS / "kursai.xlsx", "Pasiūla")]
)
def test_the_courses_are_on_the_second_sheet_of_a_workbook(file: Path, sheet: str) -> None:
    workbook = load_workbook(file, read_only=True)
    assert workbook.sheetnames[1] == sheet
    assert sum(1 for _ in workbook[sheet].iter_rows()) > 40
    workbook.close()


def test_the_youth_centres_export_is_xml_and_the_register_json() -> None:
    assert len(parse_xml(LJUBLJANA / "mladinski-centri.xml").findall("dejavnost")) > 40
    assert len(json.loads((VILNIUS / "nvs-registras.json").read_text(encoding="utf-8"))["_data"]) > 40


def test_no_feed_leads_anywhere_but_to_example_addresses() -> None:
    allowed = ("example.org", "data.europa.eu/esco/")
    for file in [*LJUBLJANA.iterdir(), *VILNIUS.iterdir()]:
        if file.suffix != ".xlsx":
            text = file.read_bytes().replace(b"\r\n ", b"").decode("latin-1")
            for address in text.split("://")[1:]:
                assert any(host in address[:60] for host in allowed), (file.name, address[:60])
