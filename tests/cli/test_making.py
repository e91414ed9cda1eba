"""`col city new` and `col plugin new`: what they make works, and what cannot be made is said in one sentence."""

import pytest

from col_core.base.config import load_city
from col_core.cli.main import main


def test_a_new_city_can_be_read_whatever_its_name(tmp_path, capsys):
    for number, name in enumerate(["Novo mesto", 'The "Old" \\ Town', "  Zażółć \n gęślą  ", "A" * 300]):
        folder = tmp_path / str(number)
        assert main(["city", "new", name, str(folder)]) == 0
        assert load_city(folder, environ={}).city_name("en") == " ".join(name.split())
    assert "doctor" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["city", "new", "東京", "new"], "'東京' has too few Latin letters"),
        (["city", "new", "X", "new"], "'X' has too few Latin letters"),
        (["city", "new", "Harbour", "full"], "full is there already and not empty"),
        (["city", "new", "Harbour", "full/file"], "full/file is there already"),
        (["plugin", "new", "My-Plugin", "new"], "'My-Plugin' cannot name a plugin"),
        (["plugin", "new", "csv", "new"], "'csv' is the name of an installed plugin already"),
        (["plugin", "new", "json", "town/plugins/json"], "'json' is the name of a module of Python already"),
        (["plugin", "new", "board", "town/plugins/other"], "a city's plugin lies in a folder of its own name"),
        (["plugin", "new", "board", "full"], "full is there already and not empty"),
        (["sources", "list"], "Which city? Write `col --city DIR"),
        (["--city", "town", "sources", "preview"], "Which source? Write `col --city DIR sources preview NAME`"),
    ],
)
def test_what_cannot_be_made_is_wrong_use(tmp_path, monkeypatch, capsys, words, said):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COL_CITY", raising=False)
    monkeypatch.setenv("COL_VAR", str(tmp_path / "var"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    assert main(["city", "new", "Town", "town"]) == 0
    assert main(words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1


def test_a_folder_that_cannot_be_written_is_named(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert main(["plugin", "new", "board", str(tmp_path / "file" / "board")]) == 1
    assert capsys.readouterr().err == f"{tmp_path}/file/board: Not a directory.\n"
