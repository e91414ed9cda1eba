"""`col translations`: what a person sees of translations and does about them, and what is said about wrong input."""

import pytest

from col_core.cli.main import main

from .conftest import GRAFFITI, changed


@pytest.fixture
def col(town, capsys, monkeypatch):
    """Run `col translations …` for the town; return the exit code and what it said, errors behind the rest."""
    config = town.city.house.config
    monkeypatch.setenv("COL_DATABASE_URL", config.database_url)
    monkeypatch.setenv("COL_VAR", str(config.var.parent))

    def run(*words):
        try:
            code = main(["--city", str(config.dir), "translations", *words])
        except SystemExit as wrong:
            code = wrong.code
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_the_list_says_how_each_stands(town, offered, col):
    assert col("list") == (0, "Nothing is translated.\n")
    town.fill()
    town.edit(offered, "sl", title="Grafiti ob reki")
    code, said = col("list")
    assert code == 0
    assert said == (
        f"{offered}  lt → en  automatic  en: Grafičiai  (vilnius.example; Marker)\n"
        f"{offered}  lt → sl  checked    Grafiti ob reki  (vilnius.example; Marker)\n"
    )
    assert col("list", "--language", "sl")[1].count("\n") == 1
    assert col("list", "--state", "outdated") == (0, "There is no such translation.\n")
    town.store(changed(GRAFFITI, title="Šokiai"))
    assert "outdated" in col("list", "--state", "outdated")[1]


def test_a_translation_is_corrected_and_read_at_once(town, offered, col):
    town.fill()
    said = col(
        "edit", offered, "sl", "--title", "Grafiti", "--description", "<p>Pridi <b>sam</b>.</p><script>x</script>"
    )
    assert said == (0, f"checked: {offered} in sl; visitors read it at once.\n")
    kept = town.kept(offered)["sl"]
    assert kept.texts["title"] == "Grafiti"
    assert kept.texts["description"] == "<p>Pridi <b>sam</b>.</p>"
    assert kept.texts["summary"] == "sl: Dvi valandos prie upės."
    assert kept.edited is not None
    assert "<h1>Grafiti</h1>" in town.page(offered)


def test_what_is_shown_as_a_file_can_be_changed_and_read_again(town, offered, col, tmp_path):
    town.fill()
    code, shown = col("show", offered, "sl")
    assert code == 0
    assert '# automatic; from lt by Marker\n\n# Grafičiai\ntitle = "sl: Grafičiai"\n' in shown
    assert "# Senus drabužius\n# Vandens\nbring = '''\nsl: Senus drabužius\nVandens'''\n" in shown
    file = tmp_path / "sl.toml"
    file.write_text(shown.replace("sl: Senus drabužius", "Stara oblačila"), encoding="utf-8")
    before = town.kept(offered)["sl"].texts
    assert col("edit", offered, "sl", "--file", str(file))[0] == 0
    assert town.kept(offered)["sl"].texts == {**before, "bring": "Stara oblačila\nVandens"}


def test_one_may_translate_by_hand_without_a_translator(town, offered, col):
    assert col("edit", offered, "en", "--title", "Graffiti")[0] == 0
    assert col("list")[1] == f"{offered}  lt → en  checked    Graffiti  (vilnius.example; by hand)\n"
    assert "Translated from Lithuanian, checked by this city." in town.page(offered, "en")
    assert '# summary = ""' in col("show", offered, "en")[1]
    # A translator lets it be, also what it left out.
    assert town.fill().made == 1
    assert town.kept(offered)["en"].texts == {"title": "Graffiti"}


def test_a_translation_that_holds_is_checked_without_a_change(town, offered, col):
    town.fill()
    before = town.kept(offered)["sl"]
    assert col("edit", offered, "sl", "--checked")[0] == 0
    assert town.kept(offered)["sl"].texts == before.texts
    assert town.states()["sl"] == "checked"


def test_correcting_one_text_checks_no_others_of_an_original_that_has_changed(town, offered, col):
    town.fill()
    town.store(changed(GRAFFITI, summary="Trys valandos."))
    assert col("edit", offered, "sl", "--title", "Grafiti")[0] == 0
    assert town.kept(offered)["sl"].texts == {"title": "Grafiti"}
    assert "Trys valandos." in town.page(offered)


def test_a_translation_is_taken_away_or_made_anew(town, offered, col):
    town.fill()
    assert col("remove", offered, "sl") == (0, f"removed: {offered} in sl; visitors read the original.\n")
    assert town.states()["sl"] == "removed"
    assert town.fill().made == 0
    assert col("edit", offered, "sl", "--checked")[0] == 0
    assert town.states()["sl"] == "checked"
    said = col("remove", offered, "sl", "--again")
    assert said == (0, f"removed: {offered} in sl; it is translated anew within minutes.\n")
    assert town.fill().made == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("edit", "OFFER", "sl"), 2, "What shall it say? Write --title, --summary"),
        (("edit", "OFFER", "de", "--title", "x"), 1, "testville does not speak 'de'; it speaks sl, lt, en."),
        (("edit", "OFFER", "lt", "--title", "x"), 1, "Its own city wrote its title in 'lt'; there is nothing"),
        (("edit", "OFFER", "sl", "--travel", "x"), 1, "The offer has no travel; there is nothing to translate."),
        (("edit", "OFFER", "sl", "--title", " \t"), 1, "The title is empty; `col translations remove` takes"),
        (("edit", "OFFER", "sl", "--description", "<script>x</script>"), 1, "The description is empty;"),
        (("edit", "OFFER", "sl", "--title", "a" * 301), 1, "The title is too long, or holds markup: of 301"),
        (("edit", "OFFER", "sl", "--summary", "a <b>b</b>"), 1, "The summary is too long, or holds markup"),
        (("edit", "nobody", "sl", "--title", "x"), 1, "There is no offer 'nobody' of another city here."),
        (("edit", "no\0body", "sl", "--title", "x"), 1, "There is no offer 'no\\x00body' of another city here."),
        (("edit", "OFFER", "lt", "--checked"), 1, "There is no translation of"),
        (("edit", "OFFER", "sl", "--file", "FILE"), 1, "is no TOML file in UTF-8"),
        (("edit", "OFFER", "sl", "--file", "nowhere.toml"), 1, "nowhere.toml: No such file"),
        (("show", "OFFER", "lt"), 1, "`col translations list` shows those there are."),
        (("remove", "OFFER", "lt"), 1, "There is no translation of"),
        (("remove", "no\0body", "\0"), 1, "There is no translation of"),
        (("list", "--language", "xx"), 1, "testville does not speak 'xx'"),
        (("list", "--state", "lost"), 2, "invalid choice: 'lost'"),
        (("edit", "OFFER"), 2, "the following arguments are required: LANGUAGE"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence_and_changes_nothing(town, offered, col, tmp_path, words, code, said):
    town.fill()
    before = town.kept(offered)
    file = tmp_path / "wrong.toml"
    file.write_text("title = unquoted", encoding="utf-8")
    given = [{"OFFER": offered, "FILE": str(file)}.get(each, each) for each in words]
    answered, told = col(*given)
    assert (answered, said in told) == (code, True), told
    assert "Traceback" not in told
    assert town.kept(offered) == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = 5\n", "title must be a text in quotes."),
        ('[title]\nsl = "x"\n', "title must be a text in quotes."),
        ('name = "x"\n', "There is no text 'name'; there are: title, summary, description, outcome, bring, travel."),
        ('title = "a"\ntitle = "b"\n', "is no TOML file in UTF-8"),
    ],
)
def test_a_wrong_file_says_what_is_wrong_in_it(town, offered, col, tmp_path, text, said):
    file = tmp_path / "wrong.toml"
    file.write_text(text, encoding="utf-8")
    code, told = col("edit", offered, "sl", "--file", str(file))
    assert (code, said in told) == (1, True), told
    file.write_bytes(b'title = "\xff"')
    assert "is no TOML file in UTF-8" in col("edit", offered, "sl", "--file", str(file))[1]


def test_an_offer_of_this_city_is_not_translated_here(town, col):
    code, said = col("edit", "0123456789abcdef", "sl", "--title", "x")
    assert (code, said) == (1, "There is no offer '0123456789abcdef' of another city here.\n")
