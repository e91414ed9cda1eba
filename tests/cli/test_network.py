"""`col network` fed with what it cannot use: it says so in a line, and changes nothing."""

import json
import os

import pytest

from col_core.cli.main import main
from col_core.testing.servers import free_port

URL = "https://network.example.org"


@pytest.fixture
def col(tmp_path, monkeypatch, capsys):
    for name in [each for each in os.environ if each.startswith("COL_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def run(*words):
        try:
            code = main(["network", *words])
        except SystemExit as ended:
            code = ended.code
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out + said.err

    return run


@pytest.fixture
def begun(col, tmp_path):
    assert col("init", "net", "--url", URL)[0] == 0
    return tmp_path / "net"


def kept(folder):
    return {str(each.relative_to(folder)): each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file()}


def test_a_network_begins_once_and_its_keys_are_for_their_owner_alone(col, begun):
    assert (begun / "anchor.keys").stat().st_mode & 0o077 == 0
    before = kept(begun)
    code, said = col("init", "net", "--url", URL)
    assert (code, "net" in said) == (1, True)
    assert kept(begun) == before
    public = json.loads(col("keys", "net")[1])
    assert all("d" not in each for each in public["keys"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("init", "other", "--url", "network.example.org"), "network.example.org"),
        (("init", "other", "--url", "http://network.example.org"), "plain http"),
        (("init", "other", "--url", URL, "--days", "0"), "from 1 to 90"),
        (("init", "other", "--url", URL, "--days", "many"), "--days"),
        (("admit", "net", "https://"), "does not name an entity"),
        (("suspend", "net", "https://nobody.example.org", "--reason", "x"), "nobody.example.org"),
        (("suspend", "net", "https://nobody.example.org"), "--reason"),
        (("readmit", "net", "https://nobody.example.org"), "nobody.example.org"),
        (("list", "nothing"), "nothing"),
        (("sign", "net", "--keys", "no-such-file"), "no-such-file"),
        (("sign", "net", "--keys", "broken"), "broken"),
        (("sign", "net", "--days", "1000"), "from 1 to 90"),
        (("rotate", "net", "--step", "switch"), "announce"),
        (("rotate", "net", "--step", "sideways"), "sideways"),
        (("check", "https://a.example.org", "--anchor", URL, "--keys", "broken"), "broken"),
        (("check", "https://a.example.org", "--anchor", URL, "--keys", "no-such-file"), "no-such-file"),
    ],
)
@pytest.mark.usefixtures("begun")
def test_what_cannot_be_is_refused_by_name_and_nothing_is_changed(col, begun, tmp_path, words, says):
    (tmp_path / "broken").write_text("{ this is no key", encoding="utf-8")
    before = kept(begun)
    code, said = col(*words)
    assert code in (1, 2), said
    assert says in said
    assert len(said.splitlines()) <= 40
    assert kept(begun) == before
    assert not (tmp_path / "other").exists()


def test_a_city_that_does_not_answer_is_not_admitted_and_cannot_be_told(col, begun, monkeypatch):
    host = f"127.0.0.1:{free_port()}"
    monkeypatch.setenv("COL_HTTP_ALLOW_HOSTS", host)
    code, said = col("admit", "net", f"http://{host}", "--yes")
    assert (code, host in said) == (1, True)
    assert col("list", "net")[1].splitlines() == [f"Cities of Learning ({URL})"]
    assert col("check", f"http://{host}", "--anchor", f"http://{host}")[0] == 3
