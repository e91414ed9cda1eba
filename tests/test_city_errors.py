"""What the one reads who wrote something wrong into city.toml: file, line, key, what was found, what belongs there."""

import re

import pytest

from col_core.base.clock import SystemClock
from col_core.base.config import load_city
from col_core.base.errors import ColError
from col_core.house import load_plugins, open_city

GOOD = """\
[city]
id = "testville"
name = { en = "Testville", sl = "Preizkusno" }
country = "SI"
timezone = "Europe/Ljubljana"
languages = ["en", "sl"]
bbox = [14.38, 45.95, 14.83, 46.15]
age_of_consent = 15
base_url = "http://localhost:8001/"

[theme]
motto = "Hello"

[theme.tokens]
accent = "#123456"

[plugins]
enabled = ["lang_en", "lang_sl", "ical", "csv"]

[[sources]]
id = "library"
plugin = "ical"
name = "Library"
url = "https://library.example.org/events.ics"
schedule = "15m"
age_min = 15

[sources.categories]
"Club" = "digital"

[[sources]]
id = "table"
plugin = "csv"
url = "feeds/table.csv"

[sources.columns]
title = "Naziv"
"""
NAME = 'name = { en = "Testville", sl = "Preizkusno" }'
BOX = "[14.38, 45.95, 14.83, 46.15]"
AGE = "age_of_consent = 15"
PLUGINS = 'enabled = ["lang_en", "lang_sl", "ical", "csv"]'
SCHEDULE = 'schedule = "15m"'


@pytest.fixture
def refused(tmp_path):
    """Return what is said of a city.toml."""

    def refused(text):
        (tmp_path / "city.toml").write_text(text, encoding="utf-8")
        with pytest.raises(ColError) as error:
            load_plugins(load_city(tmp_path, environ={"COL_VAR": str(tmp_path / "var")}), clock=SystemClock())
        return str(error.value).replace(f"{tmp_path}/", "")

    return refused


def test_the_file_without_a_mistake_is_taken(tmp_path):
    (tmp_path / "city.toml").write_text(GOOD, encoding="utf-8")
    load_plugins(load_city(tmp_path, environ={"COL_VAR": str(tmp_path / "var")}), clock=SystemClock())


def test_a_byte_order_mark_before_the_file_is_no_mistake(tmp_path):
    (tmp_path / "city.toml").write_text(GOOD, encoding="utf-8-sig")
    assert load_city(tmp_path, environ={"COL_VAR": str(tmp_path / "var")}).id == "testville"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('id = "testville"', 'id = "Test Ville"', "2: [city] id: found 'Test Ville'; expected 2 to 40 small letters"),
        ('id = "testville"', "id = 7", "2: [city] id: found 7 (not a text in quotes); expected 2 to 40"),
        ('id = "testville"\n', "", "1: [city] id is missing; expected 2 to 40 small letters"),
        (NAME, 'name = ""', "3: [city] name: found ''"),
        (NAME, 'name = { english = "x" }', "'english' is not a language tag); expected a text, or one per language"),
        (NAME, 'name = ["a"]', '3: [city] name: found ["a"] (not a text)'),
        ('"SI"', '"si"', "4: [city] country: found 'si'; expected two capital letters"),
        ('"SI"', "386", "4: [city] country: found 386"),
        ("Europe/Ljubljana", "Ljubljana", '(not a known time zone); expected a name such as "Europe/Ljubljana"'),
        ("Europe/Ljubljana", "CET+1", "5: [city] timezone: found 'CET+1'"),
        ('["en", "sl"]', '"en"', "6: [city] languages: found 'en' (not a list in [ ])"),
        ('["en", "sl"]', "[]", '6: [city] languages: found []; expected a list such as ["sl", "en"]'),
        ('["en", "sl"]', '["en", "Slovenian"]', "6: [city] languages (number 2): found 'Slovenian' (not a language"),
        ('["en", "sl"]', '["en", "en"]', "6: [city] languages: found [\"en\", \"en\"] (en stands twice)"),
        (BOX, "[14.38, 45.95, 14.83]", "7: [city] bbox: found [14.38, 45.95, 14.83]; expected west, south, east"),
        (BOX, '"14.38,45.95,14.83,46.15"', "(not a list in [ ]); expected west, south, east"),
        (BOX, '[14.38, 45.95, 14.83, "46,15"]', "7: [city] bbox (number 4): found '46,15' (not a valid number)"),
        (BOX, "[14.83, 45.95, 14.38, 46.15]", "(not west < east and south < north)"),
        (BOX, "[14.38, 45.95, 14.83, nan]", "7: [city] bbox (number 4): found NaN"),
        (AGE, "age_of_consent = 15.5", "8: [city] age_of_consent: found 15.5 (not a whole number)"),
        (AGE, "age_of_consent = true", "8: [city] age_of_consent: found true (not a whole number)"),
        (AGE, f"{AGE}\ncenter = [14.5, 46.05]", "9: [city] center: found [14.5, 46.05] (outside bbox"),
        (AGE, f'{AGE}\ndefault_language = "de"', "9: [city] default_language: found 'de' (not among languages)"),
        (AGE, f'{AGE}\ndistricts = "d.geojson"', "9: [city] districts: found 'd.geojson', which is not there"),
        (AGE, f'{AGE}\ncurrency = "euro"', '9: [city] currency: found \'euro\'; expected three capital letters'),
        ("http://localhost:8001/", "localhost:8001", "9: [city] base_url: found 'localhost:8001' (not a web address)"),
        ("http://localhost:8001/", "${NOWHERE}", "9: [city] base_url needs the environment variable NOWHERE"),
        ("motto", "moto", "12: [theme] moto is not a setting; known here are: tokens, dark, logo"),
        ('motto = "Hello"', 'logo = "/etc/hostname"', "12: [theme] logo: found '/etc/hostname', which is not there"),
        ("accent =", "acent =", "15: [theme] tokens.acent is not a setting; known here are: surface, raised"),
        ("#123456", "red; } body { display: none", "15: [theme] tokens.accent: found 'red; } body"),
        ("#123456", "bleu", "15: [theme] tokens.accent: found 'bleu' (not a colour that we can read);"),
        ("#123456", "url(//elsewhere.example/x)", "15: [theme] tokens.accent: found 'url(//elsewhere"),
        ("#123456", "#12345 }", 'expected a colour such as "oklch(45% 0.1 160)" or "#0b5c7a"'),
        ('[theme.tokens]\naccent = "#123456"', 'tokens = "red"', "14: [theme] tokens: found 'red' (not a table)"),
        (PLUGINS, PLUGINS.replace("csv", "cvs"), "33: [[sources]] (number 2) plugin: found 'csv'"),
        (PLUGINS, PLUGINS.replace("]", ', "cvs"]'), "18: [plugins] enabled: There is no plugin 'cvs'. Installed: csv"),
        (PLUGINS, PLUGINS.replace("]", ', "csv"]'), "18: [plugins] enabled: Plugin 'csv' is enabled twice"),
        (PLUGINS, PLUGINS.replace("]", ', "My Plugin"]'), "18: [plugins] enabled (number 5): found 'My Plugin'"),
        (PLUGINS, 'enabled = "ical"', "18: [plugins] enabled: found 'ical' (not a list in [ ])"),
        (PLUGINS, f"{PLUGINS}\n[plugins.ical]\nx = 1", "20: [plugins.ical] x is not a setting; its plugin has none"),
        (PLUGINS, f"{PLUGINS}\n[plugins.cvs]\nx = 1", "20: [plugins.cvs] is the table of no plugin that is there"),
        (PLUGINS, f"{PLUGINS}\ncsv = true", "19: [plugins] csv is not a setting; known here are: enabled"),
        ('id = "library"', 'id = "Library 1"', "21: [[sources]] (number 1) id: found 'Library 1'; expected small"),
        ('id = "library"\n', "", "20: [[sources]] (number 1) id is missing"),
        ('plugin = "ical"\n', "", "20: [[sources]] (number 1) plugin is missing; expected the name of an enabled"),
        ('id = "table"', 'id = "library"', "32: [[sources]] (number 2) id: found 'library' (used twice)"),
        ("15m", "15 minutes", "25: [[sources]] (number 1) schedule: found '15 minutes' (not a duration)"),
        ("15m", "1s", 'found \'1s\' (out of range); expected "15m", "1h", "1d"; 1 minute to 31 days'),
        (SCHEDULE, 'publish = "yes"', '25: [[sources]] (number 1) publish: found \'yes\'; expected "review" or "auto"'),
        (SCHEDULE, "close_after = 0", "close_after: found 0; expected a whole number from 1 to 100"),
        (SCHEDULE, 'homepage = "library"', "homepage: found 'library' (not a web address)"),
        (SCHEDULE, 'language = "slovenian"', 'language: found \'slovenian\' (not a language tag); expected a language'),
        ("schedule =", "shedule =", "25: [[sources]] (number 1) shedule is not a setting; known here are: id, plugin"),
        ("age_min = 15", 'age_min = "a"', "26: [[sources]] (number 1) age_min: found 'a' (not a whole number); exp"),
        ('"digital"', '"computers"', "29: [[sources]] (number 1) categories.Club: found 'computers'; expected one of:"),
        ("title =", "tittle =", "37: [[sources]] (number 2) columns.tittle: found 'Naziv' ('tittle' is not a column"),
        ('title = "Naziv"', "title = 5", "columns.title: found 5 (not the name of a column, nor a list of names)"),
        ("[sources.columns]", 'words = { g = "musik" }\n[sources.columns]', "words.g: found 'musik' (not"),
        ("[sources.columns]", 'separator = ":"\n[sources.columns]', 'separator: found \':\' (not one of "," ";" "|"'),
        ("[sources.columns]", 'encoding = "win"\n[sources.columns]', "encoding: found 'win' (not an encoding that is"),
        ('url = "https://library.example.org/events.ics"', 'url = ""', "24: [[sources]] (number 1) url: found ''; exp"),
        ("[plugins]", "[plugin]", "17: [plugin] is not a setting; known here are: city, operator, theme"),
        ("[plugins]", "[[plugins]]", "(not a table); expected a table"),
        ("[city]", "[City]", "1: [city] is missing; expected a table [city]"),
        ("[theme]", '[database]\nurl = "mysql://x"\n[theme]', "12: [database] url: found 'mysql://x'; expected"),
        ("[theme]", '[mail]\nurl = "mail"\n[theme]', "12: [mail] url: found 'mail'; expected \"smtp://user@host:587\""),
        ("[theme]", '[http]\nallow_hosts = ["h"]\n[theme]', "12: [http] allow_hosts (number 1): found 'h' (not host:"),
        ("[theme]", "[limits]\nbody_bytes = 1\n[theme]", "12: [limits] body_bytes: found 1; expected a whole number"),
        ("[theme]", '[operator]\nemail = "nobody"\n[theme]', "12: [operator] email: found 'nobody' (not a valid email"),
        ('"SI"', "SI", "4 is not valid TOML: found 'country = SI'; texts stand in straight quotes"),
        ('"SI"', "“SI”", "4 is not valid TOML: found 'country = “SI”'; texts stand in straight quotes"),
        ('id = "testville"', 'id = "testville', "2 is not valid TOML: found 'id = \"testville'; a quote is missing"),
        ('country = "SI"', 'country = "SI"\ncountry = "LT"', "5 is not valid TOML: found 'country = \"LT\"'; the key"),
        ('country = "SI"', 'country: "SI"', "4 is not valid TOML: found 'country: \"SI\"'; a line is written as key ="),
        ('[[sources]]\nid = "table"', '[sources]\nid = "table"', "31 is not valid TOML: found '[sources]'; the table"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place_and_what_belongs_there(refused, right, wrong, said):
    assert right in GOOD
    text = refused(GOOD.replace(right, wrong, 1))
    assert said in text
    for line in text.splitlines():
        assert re.match(r"city\.toml(:\d+|( cannot be used:)$)", line), line
        assert not re.search(r"None|Unknown field|Traceback|expected pattern", line), line


def test_a_language_that_no_plugin_brings_is_told_with_its_line(tmp_path):
    (tmp_path / "city.toml").write_text(GOOD.replace('["en", "sl"]', '["en", "de"]'), encoding="utf-8")
    config = load_city(tmp_path, environ={"COL_VAR": str(tmp_path / "var")})
    with pytest.raises(ColError, match=r"city\.toml:6: \[city\] languages names de"), open_city(config):
        pass


def test_a_plugin_that_is_off_may_keep_its_table(tmp_path):
    (tmp_path / "city.toml").write_text(GOOD.replace(PLUGINS, f"{PLUGINS}\n[plugins.demo]\nx = 1"), encoding="utf-8")
    load_plugins(load_city(tmp_path, environ={"COL_VAR": str(tmp_path / "var")}), clock=SystemClock())
