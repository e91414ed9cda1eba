import pytest

from col_core.cli.main import main

SOURCE = '\n[[sources]]\nid = "table"\nplugin = "csv"\nurl = "table.csv"\npublish = "auto"\n'
HEAD = "external_id,title_sl,start\n"


@pytest.fixture
def col(town, capfd):
    toml = town / "city.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + SOURCE, encoding="utf-8")

    def run(*words):
        code = main(["--city", str(town), "sources", *words])
        out, err = capfd.readouterr()
        return code, out.splitlines(), err

    return run


def test_what_the_last_run_could_not_read_is_told_later_in_full(col, town):
    assert col("errors", "table")[1] == ["table has not run yet."]
    rows = [f"{number},Čaj {number},nekoč\n" for number in range(30)]
    (town / "table.csv").write_text(HEAD + "a,Čaj,2031-05-19 17:00\n" + "".join(rows), encoding="utf-8")
    assert main(["--city", str(town), "worker", "--once"]) == 0
    code, lines, _ = col("errors", "table")
    assert code == 0
    assert lines[0].startswith("table, 20")
    assert lines[0].endswith("done (1 new, 0 changed, 0 unchanged, 0 vanished, 0 closed, 30 rejected)")
    assert len(lines) == 31
    assert lines[1].startswith('  - table.csv, row 3: start: "nekoč"')
    (town / "table.csv").write_text(HEAD + "a,Čaj,2031-05-19 17:00\n", encoding="utf-8")
    col("sync", "table", "--accept-fewer")
    assert col("errors", "table")[1][1:] == ["Nothing was rejected."]


def test_a_source_that_fails_says_why_and_still_what_it_could_not_read_before(col, town):
    table = town / "table.csv"
    table.write_text(HEAD + "a,Čaj,2031-05-19 17:00\nb,Kava,nekoč\n", encoding="utf-8")
    col("sync", "table")
    table.unlink()
    assert col("sync", "table")[0] == 1
    _, lines, _ = col("errors", "table")
    assert "failed" in lines[0]
    assert lines[1].startswith("  ! ")
    assert "done" in lines[2]
    assert lines[3].startswith("  - table.csv, row 3")


def test_whose_errors_are_asked_for_must_be_said(col):
    code, _, err = col("errors")
    assert code == 2
    assert "`col --city DIR sources errors NAME`" in err
    assert col("errors", "nobody")[0] == 1
