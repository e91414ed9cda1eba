import pytest

from col_core.base.config import load_city
from col_core.cli.main import main
from tests.badges.achievements.test_files import GOOD


@pytest.fixture
def col(town, capsys):
    (town / "content" / "badges").mkdir(parents=True)

    def run(*words):
        code = main(["--city", str(town), *words])
        return code, *capsys.readouterr()

    return run


def write(town, text, name="kolo"):
    (town / "content" / "badges" / f"{name}.toml").write_text(text, encoding="utf-8")


def test_a_badge_is_checked_brought_in_and_listed(col, town):
    assert col("achievements", "list")[1].startswith("No badge yet")
    write(town, f'organisation = "Kolesarji"\n{GOOD}')
    assert col("achievements", "check") == (0, "Nothing is wrong in the city's badges.\n", "")
    code, out, _ = col("achievements", "sync")
    assert (code, out) == (0, "kolo: new\n1 new, 0 changed, 0 archived, 0 as before.\n")
    assert col("achievements", "list")[1] == "kolo  Popravim kolo  Kolesarji\n"
    assert col("achievements", "list", "--archived")[1] == "Nothing.\n"


def test_every_mistake_is_said_with_its_file_and_line(col, town):
    write(town, GOOD.replace('"skill"', '"expert"'))
    write(town, "level = ", name="drugo")
    code, out, _ = col("achievements", "check")
    assert code == 1
    assert "kolo.toml:1: level: found 'expert'" in out
    assert "drugo.toml:1: This is not valid TOML" in out
    assert col("achievements", "sync")[0] == 1


def test_the_file_to_begin_with_is_a_badge_that_can_be_shown(col, town):
    code, out, _ = col("achievements", "new", "bike-repair")
    assert code == 0
    assert "bike-repair.toml: write the badge there" in out
    assert col("achievements", "check")[0] == 0
    assert col("achievements", "sync")[1].startswith("bike-repair: new")
    assert col("achievements", "new", "bike-repair")[0] == 2
    assert col("achievements", "new", "Bike Repair")[0] == 2


def test_what_the_file_to_begin_with_leaves_out_can_be_put_in(col, town):
    col("achievements", "new", "bike-repair")
    file = town / "content" / "badges" / "bike-repair.toml"
    text = file.read_text(encoding="utf-8").replace("tags = []", 'tags = []\nkind = "MicroCredential"')
    head, _, terms = text.partition("# [micro_credential]")
    terms = "\n".join(line.removeprefix("# ") for line in f"[micro_credential]{terms}".splitlines())
    file.write_text(head + terms, encoding="utf-8")
    assert col("achievements", "check") == (0, "Nothing is wrong in the city's badges.\n", "")


def test_the_symbols_are_listed(col):
    assert {"star", "bike"} <= set(col("achievements", "symbols")[1].split())


def test_skills_are_brought_in_in_the_citys_languages(col, town, tmp_path):
    languages = load_city(town).languages
    uri = "http://data.europa.eu/esco/skill/1f9cd253-7d74-45a2-acf6-0bd2354aed2f"
    (tmp_path / f"skills_{languages[0]}.csv").write_text(f"conceptUri,preferredLabel\n{uri},x\n", encoding="utf-8")
    (tmp_path / "other_xx.csv").write_text("a,b\n", encoding="utf-8")
    code, out, _ = col("skills", "import", str(tmp_path))
    assert code == 0
    assert out.splitlines()[0].startswith("other_xx.csv: passed over")
    assert out.splitlines()[-1] == f"1 skills with 1 names in {languages[0]}."
    assert col("skills", "import", str(tmp_path / "none"))[0] == 2
