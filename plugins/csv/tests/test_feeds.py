"""Tables in the shape in which programs in the field save them; their contents are ours, and invented."""

import io
from collections.abc import Callable
from datetime import datetime, time

import pytest
from openpyxl import Workbook

from col_core.plugin import Draft, Rejected, Schedule
from col_plugin_csv.source import TableSource

Table = Callable[..., TableSource]
SLOVENIAN = (
    "Šifra;Naziv prireditve;Datum;Ura;Prizorišče;Starost;Cena\r\n"
    '1;"Šah za začetnike; tudi za čisto prve";3. 12. 2026;17.00–19.00;Čebelica;15–29 let;4,50 €\r\n'
    "2;Žoga čez dan;5. 12. 2026;;Vič;12+;brezplačno\r\n"
    "3;Pokvarjena;31. 11. 2026;17.00;Vič;;\r\n"
)
COLUMNS = {
    "external_id": "Šifra",
    "title": "Naziv prireditve",
    "start": ["Datum", "Ura"],
    "venue": "Prizorišče",
    "age": "Starost",
    "price": "Cena",
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def read(source: TableSource) -> tuple[list[Draft], list[Rejected]]:
    fetched = source.fetch(since=None, cursor=None)
    results = [*(source.normalise(each) for each in fetched.items), *fetched.errors]
    return [e for e in results if isinstance(e, Draft)], [e for e in results if isinstance(e, Rejected)]


def when(draft: Draft) -> Schedule:
    assert draft.schedule is not None
    return draft.schedule


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("cp1250", ";"), ("utf-8-sig", ";"), ("utf-16", "\t")],
    ids=["Excel, CSV", "Excel, CSV UTF-8", "Excel, Unicode text"],
)
def test_excel_saves_a_table_of_a_slovenian_computer(table: Table, encoding: str, separator: str) -> None:
    text = (
        SLOVENIAN if separator == ";" else SLOVENIAN.replace(";", "\t").replace("začetnike\t tudi", "začetnike; tudi")
    )
    drafts, faults = read(table(text.encode(encoding), columns=COLUMNS))
    chess, ball = drafts
    assert chess.title == {"sl": "Šah za začetnike; tudi za čisto prve"}
    assert (when(chess).start, when(chess).end) == (at("2026-12-03T17:00"), at("2026-12-03T19:00"))
    assert (chess.ages.min, chess.ages.max, str(chess.price.amount)) == (15, 29, "4.50")
    assert (when(ball).all_day, when(ball).start, ball.price.free) == (True, at("2026-12-05"), True)
    assert [(each.where, each.reason[:30]) for each in faults] == [("table, row 4", 'start: "31. 11. 2026 17.00" is')]


def test_excel_saves_a_table_of_a_lithuanian_computer(table: Table) -> None:
    text = "Pavadinimas;Pradžia;Amžius\r\nŠokių vakaras „Žiežirba“;2026-12-03 17:00;nuo 14 m.\r\n"
    drafts, faults = read(
        table(
            text.encode("cp1257"),
            languages=("lt", "en"),
            columns={"title": "Pavadinimas", "start": "Pradžia", "age": "Amžius"},
        )
    )
    assert faults == []
    assert drafts[0].title == {"lt": "Šokių vakaras „Žiežirba“"}
    assert drafts[0].ages.min == 14


def test_a_sheet_published_by_google_writes_times_with_seconds(table: Table) -> None:
    text = 'Naziv,Začetek,Konec\r\n"Glina, dlani in čaj",3. 12. 2026 17:00:00,3. 12. 2026 19:30:00\r\n'
    drafts, _ = read(table(text, columns={"title": "Naziv", "start": "Začetek", "end": "Konec"}))
    assert (when(drafts[0]).start, when(drafts[0]).end) == (at("2026-12-03T17:00"), at("2026-12-03T19:30"))


def test_an_american_sheet_says_so_in_the_settings_and_its_error_says_how(table: Table) -> None:
    text = "title,start\nClay,12/3/2026 17:00:00\nTea,12/25/2026 5:00 PM\n"
    drafts, faults = read(table(text))
    assert when(drafts[0]).start == at("2026-03-12T17:00")
    assert 'set dates = "month-first"' in faults[0].reason
    drafts, faults = read(table(text, dates="month-first"))
    assert [when(each).start for each in drafts] == [at("2026-12-03T17:00"), at("2026-12-25T17:00")]
    assert faults == []


def test_libreoffice_saves_dates_as_numbers_with_a_format(table: Table) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["title", "start", "end", "price"])
    sheet.append(["Glina", 46359.7083333333, 46359.7916666667, 4.5])
    sheet.append(["Tabor", 46359, 46361, None])
    for row, format_ in ((2, "DD. MM. YYYY HH:MM"), (3, "DD. MM. YYYY")):
        for column in "BC":
            sheet[f"{column}{row}"].number_format = format_
    (clay, camp), _ = read(table(saved(book)))
    assert (when(clay).start, when(clay).end) == (at("2026-12-03T17:00"), at("2026-12-03T19:00"))
    assert (when(camp).all_day, when(camp).start, when(camp).end) == (True, at("2026-12-03"), at("2026-12-06"))


def test_a_header_of_two_rows_with_merged_cells_is_read_as_one(table: Table) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Ponudba za mlade 2026"])
    sheet.append([])
    sheet.append(["Naziv", "Kdaj", None, "Kje"])
    sheet.append([None, "Dan", "Ura *", None])
    sheet.append(["Glina", datetime(2026, 12, 3), time(17, 0), "Vič"])
    sheet.append(["Šah", "nekoč", None, "Vič"])
    for merged in ("A1:D1", "B3:C3", "A3:A4", "D3:D4"):
        sheet.merge_cells(merged)
    source = table(saved(book), columns={"title": "Naziv", "start": ["Dan", "Ura"], "venue": "Kje"})
    (clay,), (fault,) = read(source)
    assert when(clay).start == at("2026-12-03T17:00")
    assert clay.place is not None
    assert clay.place.name == "Vič"
    assert fault.where == "table, row 6"


def test_names_of_columns_may_hold_line_breaks_and_marks(table: Table) -> None:
    drafts, _ = read(table('"Naziv\nprireditve *";venue\nŠah;Vič\n', columns={"title": "Naziv prireditve"}))
    assert drafts[0].title == {"sl": "Šah"}


def test_an_address_in_several_columns_is_put_together(table: Table) -> None:
    text = "title;Ulica;Pošta\nŠah;Trg 1;1000 Ljubljana\nŽoga;;1000 Ljubljana\n"
    drafts, _ = read(table(text, columns={"address": ["Ulica", "Pošta"]}))
    assert [each.place and each.place.address for each in drafts] == ["Trg 1, 1000 Ljubljana", "1000 Ljubljana"]


def test_a_part_of_a_column_that_is_missing_is_told_and_the_rest_is_used(table: Table) -> None:
    drafts, faults = read(table("title;Dan\nŠah;3. 12. 2026\n", columns={"start": ["Dan", "Ura"]}))
    assert when(drafts[0]).all_day
    assert [each.reason for each in faults] == ["there is no column 'Ura' for start"]
