"""`col badges issue|sheet|link|revoke|…`, as an organisation's desk or the city uses them."""

import csv
import json

import pytest

from col_core.cli.main import main
from col_core.testing.towns import write_town

BADGE = """
level = "skill"

[name]
sl = "Čaj"
en = "Tea"

[description]
sl = "Kdor ima to značko, zna skuhati čaj."
en = "Whoever has this badge can make tea."

[criteria]
sl = "Skuhaj čaj."
en = "Make tea."

[abilities]
sl = ["Znam skuhati čaj."]
en = ["I can make tea."]

[picture]
colour = "teal"
symbol = "star"
"""


@pytest.fixture
def col(tmp_path, database_url, monkeypatch, capsys):
    monkeypatch.setenv("COL_DATABASE_URL", database_url)
    monkeypatch.setenv("COL_VAR", str(tmp_path / "var"))
    folder = write_town(tmp_path / "town", plugins=("lang_sl", "lang_en", "ob3", "vc_jwt"))
    (folder / "content" / "badges").mkdir(parents=True)
    (folder / "content" / "badges" / "tea.toml").write_text(BADGE, encoding="utf-8")

    def run(*words):
        code = main(["--city", str(folder), *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def recipients(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("email;name;narrative\nana@example.org;Ana;Skuhala je čaj.\n;Bor;\n", encoding="cp1250")
    return file


def rows(out):
    return [json.loads(line) for line in out.splitlines()]


def test_a_list_is_issued_once_and_says_what_came_of_each_row(col, recipients, tmp_path):
    result = tmp_path / "result.csv"
    code, out, err = col("badges", "issue", "--achievement", "tea", "--recipients", recipients, "--result", result)
    assert code == 0
    assert "2 issued, 0 had it already." in err
    ana, bor = rows(out)
    assert set(ana) == {"recipient", "credential_id", "url", "claim_url", "status"}
    assert (ana["recipient"], ana["status"], bor["recipient"]) == ("ana@example.org", "issued", "Bor")
    assert ana["url"] == f"https://testville.example/credentials/{ana['credential_id']}"
    assert ana["claim_url"].startswith("https://testville.example/sl/claim/")
    with result.open(encoding="utf-8-sig", newline="") as file:
        assert [each["claim_url"] for each in csv.DictReader(file)] == [ana["claim_url"], bor["claim_url"]]
    code, out, err = col("badges", "issue", "--achievement", "tea", "--recipients", recipients)
    assert [each["status"] for each in rows(out)] == ["already-issued", "already-issued"]
    assert [each["claim_url"] for each in rows(out)] == [ana["claim_url"], bor["claim_url"]]


def test_a_list_with_a_fault_issues_nothing_and_names_file_and_row(col, tmp_path):
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("email\nana\nbor@example.org\n")
    code, out, err = col("badges", "issue", "--achievement", "tea", "--recipients", wrong)
    assert (code, out) == (1, "")
    assert f"{wrong}: Nothing was issued: row 2: email 'ana' is no e-mail address" in err
    assert col("badges", "funnel")[2] == "No badge was issued yet.\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["issue", "--achievement", "none", "--recipients", "LIST"], 1, "There is no badge 'none'"),
        (["issue", "--achievement", "tea", "--recipients", "nowhere.csv"], 1, "nowhere.csv cannot be read"),
        (["issue", "--achievement", "tea", "--recipients", "LIST", "--language", "xx"], 2, "speaks sl, en"),
        (["issue", "--achievement", "tea", "--recipients", "LIST", "--mail"], 2, "has no mail server"),
        (["link", "--achievement", "tea"], 2, "needs --achievement ID and --most N"),
        (["link", "--close", "none"], 1, "There is no link 'none'"),
        (["revoke", "none", "--reason", "x"], 1, "There is no badge 'none'"),
        (["export", "none", "--format", "json"], 1, "There is no badge 'none'"),
        (["endorse", "--organisation", "none", "--comment", "x"], 1, "There is no organisation 'none'"),
        (["endorse", "--comment", "x"], 2, "--organisation SLUG or --achievement ID"),
        (["keys", "rotate", "--issuer", "none"], 1, "There is no organisation 'none'"),
        (["keys", "compromise", "none"], 1, "There is no key 'none'"),
        (["keys", "export", "--issuer", "city", "--output", "x.json"], 2, "COL_EXPORT_PASSWORD"),
        (["keys", "reseal"], 2, "COL_BADGE_KEY_BEFORE"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(col, recipients, words, code, said):
    named = [recipients if each == "LIST" else each for each in words]
    found, _, err = col("badges", *named)
    assert (found, said in err) == (code, True), err


def test_a_badge_is_exported_verified_revoked_and_called_back(col, recipients, tmp_path):
    _, out, _ = col("badges", "issue", "--achievement", "tea", "--recipients", recipients)
    ana, bor = rows(out)
    for format_, begins in (("json", b"{"), ("jwt", b"ey"), ("png", b"\x89PNG"), ("svg", b"<"), ("pdf", b"%PDF")):
        file = tmp_path / f"badge.{format_}"
        assert col("badges", "export", ana["url"], "--format", format_, "--output", file)[0] == 0
        assert file.read_bytes().startswith(begins)
    assert "is revoked." in col("badges", "revoke", ana["credential_id"], "--reason", "Pomota")[1]
    assert col("badges", "undo", ana["credential_id"])[0] == 1
    assert "is called back." in col("badges", "recall", bor["credential_id"])[1]
    (figures,) = json.loads(col("badges", "funnel", "--json")[1])
    assert (figures["issued"], figures["claimed"], figures["revoked"]) == (2, 0, 2)


def test_a_sheet_of_codes_prints_the_same_codes_for_the_same_occasion(col, tmp_path):
    sheet = tmp_path / "sheet.pdf"
    for _ in range(2):
        code, _, err = col(
            "badges", "sheet", "--achievement", "tea", "--count", 12, "--occasion", "tabor", "--output", sheet
        )
        assert (code, "12 codes." in err) == (0, True)
    assert sheet.read_bytes().startswith(b"%PDF")
    assert json.loads(col("badges", "funnel", "--json")[1])[0]["issued"] == 12


def test_links_are_made_listed_and_closed(col):
    code, out, err = col("badges", "link", "--achievement", "tea", "--most", 5, "--screen")
    assert code == 0
    assert out.startswith("https://testville.example/sl/screen/")
    id_ = err.split()[1].rstrip(",")
    assert f"{id_}  screen  tea  0 of 5" in col("badges", "link", "--list")[1]
    assert "is closed" in col("badges", "link", "--close", id_)[1]
    assert "over" in col("badges", "link", "--list")[1]


def test_keys_are_listed_rotated_exported_and_given_up(col, recipients, tmp_path, monkeypatch):
    col("badges", "issue", "--achievement", "tea", "--recipients", recipients)
    (line,) = col("badges", "keys", "list")[1].splitlines()
    assert "did:web:testville.example  signs since" in line
    assert "signs with key-" in col("badges", "keys", "rotate", "--issuer", "city")[1]
    monkeypatch.setenv("COL_EXPORT_PASSWORD", "a long enough password")
    taken = tmp_path / "keys.json"
    assert col("badges", "keys", "export", "--issuer", "city", "--output", taken)[0] == 0
    exported = json.loads(taken.read_text(encoding="utf-8"))
    assert len(exported["keys"]) == 2
    assert all("ENCRYPTED PRIVATE KEY" in each["private"] for each in exported["keys"])
    assert exported["did"]["id"] == "did:web:testville.example"
    assert "is given up" in col("badges", "keys", "compromise", line.split()[0], "--sign-again")[1]


def test_the_city_vouches_for_a_badge_and_takes_it_back(col):
    col("achievements", "sync")
    code, out, _ = col("badges", "endorse", "--achievement", "tea", "--comment", "Preverili smo.")
    assert code == 0
    id_ = out.strip().rpartition("/")[2]
    assert f"{id_}  achievement tea  holds  Preverili smo." in col("badges", "endorse", "--list")[1]
    assert "is withdrawn" in col("badges", "endorse", "--withdraw", id_)[1]
    assert "withdrawn" in col("badges", "endorse", "--list")[1]
