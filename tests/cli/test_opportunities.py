import csv
import io
from pathlib import Path

import pytest

from col_core.cli.main import main

TABLE = """external_id;title_sl;start;venue;lat;lon;price;status
1;=Čaj;2026-12-03 17:00;Center;46.05;14.55;0;
2;Kava;nekoč;Center;46.05;14.55;0;
3;Igre;2026-12-04;Center;46.05;14.55;4,50;cancelled
"""


@pytest.fixture
def col(town, capfdbinary):

    def run(*words):
        code = main(["--city", str(town), "opportunities", *map(str, words)])
        out, err = capfdbinary.readouterr()
        return code, out, err.decode()

    return run


def test_a_table_goes_in_row_by_row_and_comes_out_again(col, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text(TABLE, encoding="utf-8")
    code, out, err = col("import", table, "--publish")
    assert code == 0
    assert "2 new" in out.decode()
    assert '- table.csv, row 3: start: "nekoč"' in out.decode()
    assert "offers" in err
    _, out, _ = col("export", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out.decode("utf-8-sig"))))
    assert [(row["title_sl"], row["status"]) for row in rows] == [("'=Čaj", "published"), ("Igre", "cancelled")]
    code, out, err = col("export", "--format", "xlsx", "--output", tmp_path / "out.xlsx")
    assert (code, out) == (0, b"")
    assert Path(tmp_path / "out.xlsx").read_bytes().startswith(b"PK")
    assert "0 new" in col("import", table)[1].decode()


def test_what_waits_is_listed_published_and_withdrawn(col, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text(TABLE.replace("46.05;14.55;4,50;cancelled", "48.2;16.4;4,50;"), encoding="utf-8")
    col("import", table)
    code, out, _ = col("waiting")
    lines = out.decode().splitlines()
    assert code == 0
    assert "=Čaj" in lines[0]
    assert "Igre" in lines[1]
    assert "outside the city" in lines[2]
    tea, games = lines[0].split()[0], lines[1].split()[0]
    code, out, _ = col("publish", games)
    assert (code, out.decode()) == (0, f"published: {games}  Igre\n")
    code, out, _ = col("publish", games, "nowhere", tea)
    assert code == 1
    assert f"! {games} is not waiting." in out.decode()
    assert "! nowhere is not waiting." in out.decode()
    assert col("waiting")[1] == b"Nothing waits.\n"
    assert col("withdraw", tea)[0] == 0
    _, out, _ = col("export", "--format", "csv")
    assert [row["title_sl"] for row in csv.DictReader(io.StringIO(out.decode("utf-8-sig")))] == ["Igre"]


def test_what_waits_and_does_not_take_place_is_published_as_cancelled(col, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text(TABLE, encoding="utf-8")
    col("import", table)
    games = col("waiting")[1].decode().splitlines()[1].split()[0]
    assert col("publish", games)[1].decode() == f"published as cancelled: {games}  Igre\n"


def test_offers_that_are_probably_one_are_listed_with_what_they_share(col, tmp_path):
    for name in ("one", "two"):
        row = f"{name};Šahovski večer;2026-12-03 17:00;Center;46.05;14.55;0;"
        (tmp_path / f"{name}.csv").write_text(TABLE.splitlines()[0] + f"\n{row}\n", encoding="utf-8")
        col("import", tmp_path / f"{name}.csv", "--publish")
    assert col("doubles")[1] == b"No two offers look like one.\n"
    assert main(["--city", str(tmp_path), "worker", "--once"]) == 0
    lines = col("doubles")[1].decode().splitlines()
    assert lines[0] == "90 %  same-title, same-time, same-place"
    assert all("Šahovski večer" in each for each in lines[1:3])
    one, other = (each.split()[0] for each in lines[1:3])
    code, out, _ = col("different", other, one)
    assert (code, out.decode()) == (0, f"{other} and {one} are two offers; they are not proposed as one again.\n")
    assert col("doubles")[1] == b"No two offers look like one.\n"
    assert col("different", one, "nowhere")[2] == "There is no opportunity 'nowhere'.\n"


def test_a_word_of_a_person_needs_an_offer(col):
    assert col("publish")[0] == 2
    assert "--source" in col("publish")[2]
    code, _, err = col("waiting", "--source", "nobody")
    assert code == 1
    assert "nobody" in err


@pytest.mark.parametrize("name", ["gone.csv", "gone.ics", "gone.geojson", "gone.jsonld"])
def test_a_file_that_cannot_be_read_is_said_once_and_is_no_run(col, tmp_path, name):
    file = tmp_path / name
    assert col("import", file) == (1, b"", f"{file} cannot be read: No such file or directory.\n")


def test_what_cannot_be_done_is_said_in_a_sentence(col, tmp_path):
    for words, said in (
        (("export", "--format", "exe"), "there are: ics"),
        (("export", "--format", "csv", "--organisation", "nobody"), "no organisation 'nobody'"),
        (("export", "--format", "ics", "--language", "de"), "speaks sl, en"),
        (("export", "--format", "csv", "--output", tmp_path / "no" / "x.csv"), "cannot be written"),
        (("import", tmp_path / "what.exe"), "--format csv|xlsx|ics|geojson|jsonld"),
    ):
        code, _, err = col(*words)
        assert code == 1, words
        assert said in err, words
