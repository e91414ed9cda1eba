import json
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import text

from col_core.base import heartbeats
from col_core.base.checks import Weight
from col_core.base.clock import SystemClock
from col_core.base.database import Database
from col_core.cli.main import main
from col_core.upkeep import marks
from col_core.upkeep.doctor import examine
from col_core.upkeep.machine import DiskCheck

CITIES = Path(__file__).parents[2] / "cities"
HEALTHY = """
[city]
id = "testville"
name = "Testville"
country = "SI"
timezone = "Europe/Ljubljana"
languages = ["en"]
bbox = [14.38, 45.95, 14.83, 46.16]
districts = "districts.geojson"
age_of_consent = 15
base_url = "https://learning.testville.example"
[operator]
name = "City of Testville"
email = "info@testville.example"
source_url = "https://code.testville.example"
[plugins]
enabled = ["lang_en", "csv"]
[serve]
proxies = 1
[mail]
url = "smtp://mail.testville.example"
sender = "info@testville.example"
[theme]
logo = "logo.svg"
[[sources]]
id = "library"
plugin = "csv"
url = "offers.csv"
"""

GERMAN = """
from pathlib import Path
from col_core.plugin import Language, hookimpl

@hookimpl
def col_languages():
    folder = Path(__file__).parent / "translations"
    forms = "nplurals=2; plural=(n != 1);"
    return [Language(tag="de", name="Deutsch", plural_forms=forms, catalogue=folder)]
"""
GERMAN_TEXTS = """
msgid ""
msgstr ""
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"""
TRANSLATED = """
msgctxt "navigation"
msgid "Explore"
msgstr "Entdecken"
"""


def districts(*, west=14.4, south=46.0):
    ring = [[west, south], [west + 0.3, south], [west + 0.3, south + 0.1], [west, south + 0.1], [west, south]]
    feature = {
        "type": "Feature",
        "properties": {"name": "Center"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


@pytest.fixture
def healthy(new_town):
    """A city in which nothing is wrong: filled, backed up, with a worker that ran just now."""
    files = {
        "districts.geojson": districts(),
        "logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "offers.csv": "external_id,title_en,start\n1,Chess,2026-01-10 17:00\n",
    }
    town = new_town("well", settings=HEALTHY, files=files)
    town.fill()
    with town.open() as city:
        city.worker().drain(rounds=1)
        with city.house.database.write() as session:
            heartbeats.beat(session, "one", started=town.clock.now(), now=town.clock.now())
    town.back_up(town.folder)
    town.config.var.chmod(0o700)
    return town


def change(town, settings):
    (town.folder / "city.toml").write_text(settings, encoding="utf-8")


def asked(town):
    return examine(town.folder, environ=town.environ, clock=town.clock)


def said(town, weight=Weight.MEND):
    return [(area, each.what) for area, each in asked(town).of(weight)]


def test_a_city_in_which_nothing_is_wrong_is_well(healthy):
    assert said(healthy) == []
    assert asked(healthy).healthy


def test_a_fresh_city_gets_a_list_of_what_to_do(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COL_VAR", str(tmp_path / "var"))
    assert main(["city", "new", "Testville", str(tmp_path / "town")]) == 0
    capsys.readouterr()
    assert main(["--city", str(tmp_path / "town"), "doctor"]) == 1
    out = capsys.readouterr().out
    for words in ("public address is http://localhost", "Nobody is named as the operator", "no sources", "no backup"):
        assert words in out
    assert "to mend" in out.splitlines()[-1]
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("name", ["ljubljana", "vilnius"])
def test_the_demonstration_cities_lack_only_what_belongs_to_their_place(name, tmp_path):
    report = examine(CITIES / name, environ={"COL_VAR": str(tmp_path)}, clock=SystemClock())
    assert {area for area, _ in report.of(Weight.MEND)} <= {"address", "backup", "languages"}


def test_a_wrong_setting_is_said_and_nothing_else_is_tried(healthy):
    change(healthy, HEALTHY.replace("age_of_consent = 15", ""))
    ((area, what),) = said(healthy)
    assert area == "settings"
    assert "age_of_consent is missing" in what


def test_a_plugin_that_is_not_there_is_said_beside_the_rest(healthy):
    change(healthy, HEALTHY.replace('"csv"]', '"csv", "not_there"]').replace("https://", "http://"))
    assert [area for area, _ in said(healthy)] == ["plugins", "address"]


@pytest.mark.parametrize(
    ("old", "new", "area", "words"),
    [
        ("https://learning", "http://learning", "address", "without encryption"),
        ('name = "City of Testville"', "", "operator", "Nobody is named"),
        ('sender = "info@testville.example"', "", "mail", "no sender"),
        ("bbox = [14.38", "bbox = [14.75", "districts", "1 of 1 districts lie outside of bbox: Center"),
        ("logo = ", "tokens = { ink = '#999999', surface = '#ffffff' }\nlogo = ", "theme", "ink on surface"),
        ("logo = ", "dark = { ink = 'blau' }\nlogo = ", "settings", "found 'blau' (not a colour that we can read)"),
        ('"offers.csv"', '"offers.csv"\nnonsense = 1', "settings", "nonsense"),
    ],
)
def test_what_must_be_mended_is_found(healthy, old, new, area, words):
    change(healthy, HEALTHY.replace(old, new))
    found = said(healthy)
    assert area in {each for each, _ in found}
    assert words in " ".join(what for _, what in found)


def test_bounds_left_over_from_the_example_are_found_until_they_are_the_citys_own(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COL_VAR", str(tmp_path / "var"))
    town = tmp_path / "town"
    assert main(["city", "new", "Maribor", str(town)]) == 0
    assert main(["--city", str(town), "doctor"]) == 1
    mend = capsys.readouterr().out.partition("Risks")[0]
    assert "[bounds] The bounds of the city are still those of Ljubljana" in mend
    settings = (town / "city.toml").read_text(encoding="utf-8")
    own = re.sub("(?m)^bbox = .*", "bbox = [15.56, 46.50, 15.73, 46.60]", settings)
    (town / "city.toml").write_text(own, encoding="utf-8")
    assert main(["--city", str(town), "doctor"]) == 1
    assert "[bounds]" not in capsys.readouterr().out


def test_ljubljana_itself_may_have_the_bounds_of_the_example(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COL_VAR", str(tmp_path / "var"))
    assert main(["city", "new", "Ljubljana", str(tmp_path / "town")]) == 0
    assert main(["--city", str(tmp_path / "town"), "doctor"]) == 1
    assert "[bounds]" not in capsys.readouterr().out


def test_risks_are_said_and_are_no_failure(healthy):
    settings = HEALTHY.replace('country = "SI"', 'country = "LT"')
    change(healthy, settings.replace("[serve]\nproxies = 1", '[http]\nallow_hosts = ["localhost:1"]'))
    assert said(healthy) == []
    assert [area for area, _ in said(healthy, Weight.RISK)] == ["address", "time", "fetching"]


def test_what_a_language_plugin_translates_counts(healthy):
    plugin = healthy.config.dir / "plugins" / "lang_de"
    texts = plugin / "translations" / "de" / "LC_MESSAGES"
    texts.mkdir(parents=True)
    (plugin / "__init__.py").write_text(GERMAN, encoding="utf-8")
    settings = HEALTHY.replace('["en"]', '["en", "de"]').replace('"lang_en"', '"lang_en", "lang_de"')
    (texts / "messages.po").write_text(GERMAN_TEXTS, encoding="utf-8")
    change(healthy, settings)
    before = [what for area, what in said(healthy, Weight.RISK) if area == "languages"]
    (texts / "messages.po").write_text(GERMAN_TEXTS + TRANSLATED, encoding="utf-8")
    after = [what for area, what in said(healthy, Weight.RISK) if area == "languages"]
    missing = [int(re.search(r"(\d+) texts are missing", each[0])[1]) for each in (before, after)]
    assert missing[0] - missing[1] == 1


def test_districts_that_cannot_be_read_are_said_once(healthy):
    (healthy.config.dir / "districts.geojson").write_text('{"features": [{}]}', encoding="utf-8")
    ((area, what),) = [each for each in said(healthy) if "istricts" in each[1]]
    assert area == "settings"
    assert "feature 1 has no name" in what


def test_a_backup_grows_old_and_a_worker_is_missed(healthy, clock):
    clock.advance(days=8)
    assert [area for area, _ in said(healthy)] == ["worker", "backup"]
    marks.last_backup(healthy.config.var).file.unlink()
    assert "is gone" in said(healthy)[-1][1]


def test_a_restore_that_broke_off_is_said(healthy):
    marks.begin_restore(healthy.config.var, Path("a.zip"))
    assert "restore of a.zip broke off" in said(healthy)[0][1]


def test_a_source_that_fails_and_jobs_that_wait_are_said(healthy):
    database = Database(healthy.environ["COL_DATABASE_URL"])
    with database.write() as session:
        session.execute(text("UPDATE source_state SET alert = 'The server is gone.' WHERE source_id = 'library'"))
        session.execute(text("UPDATE outbox SET state = 'dead' WHERE id = (SELECT min(id) FROM outbox)"))
        session.execute(text("UPDATE outbox SET state = 'parked' WHERE id = (SELECT max(id) FROM outbox)"))
    database.dispose()
    assert said(healthy) == [("sources", "Source library fails: The server is gone.")]
    assert [what for area, what in said(healthy, Weight.RISK) if area == "worker"] == [
        "1 jobs failed for good.",
        "1 jobs wait for a decision since a backup was restored.",
    ]


def test_files_that_others_may_read_are_said(healthy):
    (healthy.config.var / "secret.key").chmod(0o644)
    assert "can read" in dict(said(healthy))["secret"]


def test_a_state_folder_is_open_only_where_the_way_to_it_is(healthy):
    # The folders of the test itself are closed to others.
    with TemporaryDirectory() as made:
        outer, var = Path(made), Path(made) / "var"
        var.mkdir()
        var.chmod(0o755)
        check = DiskCheck(config=replace(healthy.config, var=var))
        assert not [each for each in check.look() if "Every user" in each.what]
        outer.chmod(0o755)
        assert [each for each in check.look() if "Every user" in each.what]


def test_redis_that_does_not_count_is_said(healthy, redis_url):
    healthy.environ["COL_JOBS_URL"] = redis_url
    assert "limits" not in dict(said(healthy))
    healthy.environ["COL_JOBS_URL"] = "redis://127.0.0.1:1/0"
    assert dict(said(healthy))["limits"].startswith("Redis does not count: Error 111")


def test_an_old_form_of_the_database_is_said(healthy):
    database = Database(healthy.environ["COL_DATABASE_URL"])
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    database.dispose()
    assert "form of an older version" in dict(said(healthy))["database"]


def test_a_database_that_cannot_be_reached_is_said(healthy):
    healthy.environ["COL_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/nothing"
    assert "cannot be opened" in dict(said(healthy))["database"]


def test_for_programs_it_is_json(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COL_VAR", str(tmp_path))
    monkeypatch.setenv("COL_CITY", str(CITIES / "ljubljana"))
    assert main(["doctor", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["healthy"] is False
    assert set(told["findings"][0]) == {"area", "weight", "what", "means", "mend"}


def test_without_a_city_it_is_wrong_use(capsys, monkeypatch):
    monkeypatch.delenv("COL_CITY", raising=False)
    assert main(["doctor"]) == 2
    assert "Which city?" in capsys.readouterr().err
