import io
import zipfile
from collections.abc import Callable
from datetime import datetime, time
from enum import StrEnum
from pathlib import Path

import pytest
from openpyxl import Workbook

from col_core.plugin import Access, Category, Draft, FetchError, OpportunityType, Rejected, Signal
from col_plugin_csv.source import TableSource

Table = Callable[..., TableSource]
SLOVENIAN = "external_id;title;venue\n1;Čajanka za šolarje;Šiška\n2;Žoga;Vič\n"


def titles(source: TableSource) -> list[str]:
    results = [source.normalise(item) for item in source.fetch(since=None, cursor=None).items]
    return [next(iter(each.title.values())) for each in results if isinstance(each, Draft)]


def workbook(*rows: list[object], title: str = "Ponudba", **more_sheets: list[list[object]]) -> bytes:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for name, lines in more_sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250", "iso8859-2"])
def test_the_encoding_is_found_out(table: Table, encoding: str) -> None:
    assert titles(table(SLOVENIAN.encode(encoding))) == ["Čajanka za šolarje", "Žoga"]


def test_the_encoding_follows_the_languages_of_the_city(table: Table) -> None:
    text = "title;venue\nŠeštadienio rytmas;Žirmūnų įlanka\nĄžuolų giesmė;Vilnelė\n"
    source = table(text.encode("cp1257"), languages=("lt", "en"))
    assert titles(source) == ["Šeštadienio rytmas", "Ąžuolų giesmė"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_out(table: Table, separator: str) -> None:
    lines = (("title", "price", "summary"), ("Čaj", '"4,50; a"', '"ena\ndva, tri; štiri"'), ("Žoga", "0", ""))
    assert titles(table("\r\n".join(separator.join(line) for line in lines))) == ["Čaj", "Žoga"]


def test_a_table_of_one_column_is_a_table(table: Table) -> None:
    assert titles(table("title\nČaj\nŽoga\n")) == ["Čaj", "Žoga"]


def test_excels_own_word_on_the_separator_counts(table: Table) -> None:
    source = table("sep=|\ntitle|venue\nČaj, vroč|Vič\n")
    assert titles(source) == ["Čaj, vroč"]
    assert source.fetch(since=None, cursor=None).items[0].address == "table, row 3"


def test_columns_are_mapped_by_the_settings_and_ours_need_no_mapping(table: Table) -> None:
    source = table("ŠIFRA;Naziv;Venue\n7;Čaj;Vič", columns={"external_id": "šifra", "title": " Naziv "})
    (item,) = source.fetch(since=None, cursor=None).items
    result = source.normalise(item)
    assert item.external_id == "7"
    assert isinstance(result, Draft)
    assert result.place is not None
    assert result.place.name == "Vič"


def test_the_header_may_stand_below_a_title(table: Table) -> None:
    assert titles(table("Ponudba društev 2026;;\n;;\ntitle;start;venue\nČaj;;Vič\n")) == ["Čaj"]


def test_a_broken_row_costs_only_itself(table: Table) -> None:
    source = table(
        "external_id;title\n1;Čaj\n2;Žoga;preveč;celic\n\n;brez oznake\n1;drugič\n"
        + f"5;{'x' * 200_000}\n6\n7;Kruh\n8;Osnutek\n".replace("8;Osnutek\n", "")
    )
    fetched = source.fetch(since=None, cursor=None)
    assert [each.external_id for each in fetched.items] == ["1", "6", "7"]
    assert isinstance(source.normalise(fetched.items[1]), Rejected)
    assert [(each.where, each.reason.split(";")[0][:45]) for each in fetched.errors] == [
        ("table, row 3", "it has 4 cells where the header has 2"),
        ("table, row 5", "external_id: it is empty"),
        ("table, row 6", "external_id: it stands in table, row 2 already"[:45]),
        ("table, row 7", "it cannot be read as CSV: field larger than f"),
    ]


def test_a_quote_without_an_end_costs_only_the_row_in_which_it_is_opened(table: Table) -> None:
    source = table(
        'external_id;title;lat\n1;"Čaj\nin pecivo";46,05\n2;"Žoga;46,06\n3;Kruh;46,07\n',
        columns={"external_id": "external_id", "title": "title", "lat": "lat"},
    )
    fetched = source.fetch(since=None, cursor=None)
    assert [each.external_id for each in fetched.items] == ["1", "3"]
    assert [(each.where, each.reason) for each in fetched.errors] == [
        ("table, row 4", "a quote is opened in it and never closed")
    ]


def test_very_many_quotes_without_an_end_are_not_tried_one_by_one(table: Table) -> None:
    fetched = table("title;venue\n" + 'Čaj";"Vič\n' * 50).fetch(since=None, cursor=None)
    assert fetched.items == ()
    assert len(fetched.errors) == 21
    assert fetched.errors[-1].reason.endswith("nor can the rows below it be read")


def test_rows_that_are_not_offered_are_passed_over(table: Table) -> None:
    rows = "".join(f"{status};Čaj\n" for status in ("draft", "withdrawn", "closed", "review", "published", ""))
    assert len(titles(table("status;title\n" + rows))) == 1
    named = "".join(f"{index};{status};Čaj\n" for index, status in enumerate(("draft", "published", "")))
    assert len(titles(table("external_id;status;title\n" + named))) == 2


def test_a_row_without_an_id_is_known_by_title_start_and_venue(table: Table) -> None:
    (first,) = table("title;price\nČaj;1").fetch(since=None, cursor=None).items
    (second,) = table("title;price\nČaj;2").fetch(since=None, cursor=None).items
    assert first.external_id == second.external_id


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "^table: It is empty"),
        (b"a;b\n1;2\n", "The first row is: a, b"),
        (b"<!DOCTYPE html><title>Prijava</title>", "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "save it as .xlsx"),
        (b"PK\x03\x04nonsense", "cannot be unpacked"),
    ],
)
def test_a_file_that_is_no_table_fails_the_run(table: Table, body: bytes, reason: str) -> None:
    with pytest.raises(FetchError, match=reason):
        table(body).fetch(since=None, cursor=None)


def test_a_file_without_a_title_is_told_how_to_name_it_whether_imported_or_read_as_a_source(table: Table) -> None:
    said = r'Call it "title" in the file, .* of a source, \[sources\.columns\] can say which column it is'
    with pytest.raises(FetchError, match=said):
        table("Naziv\nČaj").fetch(since=None, cursor=None)


def test_a_lost_column_of_ids_fails_the_run_and_another_is_told(table: Table) -> None:
    with pytest.raises(FetchError, match=r"^table: There is no column 'Šifra'.* The header is: Naziv\.$"):
        table("Naziv\nČaj", columns={"external_id": "Šifra", "title": "Naziv"}).fetch(since=None, cursor=None)
    fetched = table("Naziv\nČaj", columns={"price": "Cena", "title": "Naziv"}).fetch(since=None, cursor=None)
    assert fetched.errors == (Rejected(external_id=None, reason="there is no column 'Cena' for price", where="table"),)
    assert len(fetched.items) == 1


def test_a_workbook_is_read_with_its_dates_numbers_and_times(table: Table) -> None:
    body = workbook(
        ["external_id", "title", "start", "end", "price", "age_min", "lat", "lon"],
        [7, "Čaj", datetime(2026, 12, 3, 17, 0), time(19, 0), 4.5, 15.0, 46.05, 14.5],
        [None, None],
        [8, "Žoga", 46359.75, None, "brezplačno", None, None, None],
    )
    source = table(body)
    first, second = (source.normalise(each) for each in source.fetch(since=None, cursor=None).items)
    assert isinstance(first, Draft)
    assert isinstance(second, Draft)
    assert first.schedule is not None
    assert second.schedule is not None
    assert (first.schedule.start, first.schedule.end) == (datetime(2026, 12, 3, 17), datetime(2026, 12, 3, 19))
    assert second.schedule.start == datetime(2026, 12, 3, 18)
    assert (str(first.price.amount), first.ages.min, second.price.free) == ("4.5", 15, True)


def test_the_sheet_with_our_columns_is_found_or_named(table: Table) -> None:
    body = workbook(
        ["Preberi me"], title="Uvod", Ponudba=[["title", "venue"], ["Čaj", "Vič"]], Stara=[["title"], ["Sok"]]
    )
    assert titles(table(body)) == ["Čaj"]
    assert titles(table(body, sheet="Stara")) == ["Sok"]
    with pytest.raises(FetchError, match="it has: Uvod, Ponudba, Stara"):
        table(body, sheet="Nova").fetch(since=None, cursor=None)


def test_a_formula_is_never_run(table: Table) -> None:
    source = table(workbook(["external_id", "title"], ["1", '=WEBSERVICE("http://example.org")'], ["2", "Čaj"]))
    assert titles(source) == ["Čaj"]


def repacked(body: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            data = old.read(part)
            new.writestr(part, change(data) if part == name else data)
    return out.getvalue()


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_before_unpacking(table: Table) -> None:
    body = repacked(workbook(["title"], ["Čaj"]), "xl/styles.xml", lambda data: data + b" " * 300_000_000)
    assert len(body) < 1_000_000
    with pytest.raises(FetchError, match="200 MB"):
        table(body).fetch(since=None, cursor=None)


def test_a_workbook_with_entities_is_refused(table: Table) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    body = repacked(
        workbook(["title"], ["Čaj"]), "xl/worksheets/sheet1.xml", lambda data: bomb + data.partition(b"?>\n")[2] or data
    )
    with pytest.raises(FetchError, match="cannot be read"):
        table(body).fetch(since=None, cursor=None)


def test_a_sheet_that_lies_about_its_size_is_read_all_the_same(table: Table) -> None:
    def lie(data: bytes) -> bytes:
        return data.replace(b'ref="A1:A2"', b'ref="A1:XFD1048576"')

    assert titles(table(repacked(workbook(["title"], ["Čaj"]), "xl/worksheets/sheet1.xml", lie))) == ["Čaj"]


def test_a_packed_file_that_is_no_workbook_is_refused(table: Table) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(FetchError, match="no Excel workbook"):
        table(out.getvalue()).fetch(since=None, cursor=None)


@pytest.mark.parametrize(
    ("column", "words"),
    [("type", OpportunityType), ("categories", Category), ("accessibility", Access), ("signals", Signal)],
)
def test_the_readme_lists_every_word_of_ours(column: str, words: type[StrEnum]) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"| `{column}` | {', '.join(f'`{each}`' for each in words)} |" in readme
