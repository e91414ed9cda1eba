import pytest

from col_core.base.config import load_city
from col_core.base.errors import ConfigError
from col_core.base.toml_lines import Lines

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

[plugins]
enabled = ["ical"]

[[sources]]
id = "library"
plugin = "ical"
name = "Library"
url = "https://library.example.org/events.ics"
schedule = "15m"
depth = 3
"""


@pytest.fixture
def read(tmp_path):
    def read(text, environ=None, overlay=None):
        (tmp_path / "city.toml").write_text(text, encoding="utf-8")
        return load_city(tmp_path, environ={"COL_VAR": str(tmp_path), **(environ or {})}, overlay=overlay)

    return read


def test_a_city_is_read_with_its_defaults(read, tmp_path):
    city = read(GOOD)
    assert city.name["sl"] == "Preizkusno"
    assert city.default_language == "en"
    assert city.base_url == "http://localhost:8001"
    assert city.center.lat_deg == pytest.approx(46.05)
    assert city.database_url == f"sqlite:///{tmp_path / 'testville' / 'city.db'}"
    (source,) = city.sources
    assert (source.schedule_s, source.publish, source.options) == (900, "review", {"depth": 3})
    assert city.origins["city.country"] == "city.toml:4"


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("age_of_consent = 15", 'age_of_consent = "15"', 8, ["found '15'", "a whole number from 13 to 18"]),
        ("age_of_consent = 15", "age_of_consent = 30", 8, ["found 30", "a whole number from 13 to 18"]),
        ('country = "SI"', 'country = "Slovenia"', 4, ["found 'Slovenia'", "two capital letters"]),
        ("Europe/Ljubljana", "Europe", 5, ["found 'Europe'", 'such as "Europe/Ljubljana"']),
        ('country = "SI"', 'contry = "SI"', 4, ["[city] contry is not a setting", "country"]),
        ("[14.38, 45.95, 14.83, 46.15]", "[45.95, 14.38, 46.15, 14.83]", 0, []),
        ("[14.38, 45.95, 14.83, 46.15]", "[14.83, 45.95, 14.38, 46.15]", 7, ["west, south, east, north"]),
        ('schedule = "15m"', 'schedule = "soon"', 19, ["number 1", "found 'soon'", '"15m", "1h", "1d"']),
        ('plugin = "ical"', 'plugin = "icall"', 16, ["found 'icall'", "[plugins] enabled"]),
        ("[plugins]", "[pluggins]", 11, ["[pluggins] is not a setting"]),
        ("http://localhost:8001/", "localhost", 9, ["found 'localhost'", "https://learning.example.org"]),
    ],
)
def test_each_error_names_file_line_key_what_was_found_and_what_is_expected(read, right, wrong, line, said):
    assert right in GOOD
    if not said:
        assert read(GOOD.replace(right, wrong)).bbox.west_deg == 45.95, "somewhere on earth; the doctor looks closer"
        return
    with pytest.raises(ConfigError) as refused:
        read(GOOD.replace(right, wrong))
    text = str(refused.value)
    assert f"city.toml:{line}: " in text
    for each in said:
        assert each in text


def test_all_errors_are_said_at_once(read):
    with pytest.raises(ConfigError) as refused:
        read(GOOD.replace('"SI"', "3").replace("= 15", "= 99"))
    assert len(refused.value.problems) == 2


def test_what_is_missing_is_said(read):
    with pytest.raises(ConfigError, match=r"city.toml:1: \[city\] timezone is missing; expected a name such as"):
        read(GOOD.replace('timezone = "Europe/Ljubljana"\n', ""))


def test_a_value_comes_from_the_environment_and_the_environment_overrides(read):
    text = GOOD.replace('"http://localhost:8001/"', '"${HOME_PAGE}"').replace('"SI"', '"${LAND:-LT}"')
    city = read(text, {"HOME_PAGE": "https://a.example", "COL_DATABASE_URL": "postgresql://db/x"})
    assert (city.base_url, city.country, city.database_url) == ("https://a.example", "LT", "postgresql://db/x")
    assert city.origins["database.url"] == "environment (COL_DATABASE_URL)"
    with pytest.raises(ConfigError, match=r"city.toml:9: \[city\] base_url needs the environment variable HOME_PAGE"):
        read(text)


def test_the_consoles_overlay_wins_over_the_file(read):
    city = read(GOOD, overlay={"city": {"age_of_consent": 16}})
    assert city.age_of_consent == 16
    assert city.origins["city.age_of_consent"] == "console"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xff\xfe", "is not UTF-8"), (b"[city", "is not valid TOML"), (b"", "[city] is missing")],
)
def test_a_file_that_cannot_be_read_is_said_plainly(tmp_path, content, said):
    (tmp_path / "city.toml").write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        load_city(tmp_path, environ={})
    assert said in str(refused.value)


def test_no_file_leads_out_of_the_citys_folder(read):
    with pytest.raises(ConfigError, match=r"districts: found '../secret.geojson', which is not there"):
        read(GOOD.replace("[plugins]", 'districts = "../secret.geojson"\n[plugins]'))


def test_two_sources_of_one_id_are_an_error_with_its_line(read):
    with pytest.raises(ConfigError, match=r"city.toml:23: \[\[sources\]\] \(number 2\) id: found 'library'"):
        read(GOOD + '\n[[sources]]\nid = "library"\nplugin = "ical"\n')


def test_lines_are_found_behind_arrays_and_texts_of_several_lines():
    text = (
        'a = [\n  "x = 1",\n  "b",\n]\nb = """\nc = 3\n"""\n[t.u]\nd = { e = 1, f = 2 }\n[[s]]\ng = 1\n[[s]]\ng = 2\n'
    )
    lines = Lines(text)
    assert lines.of(("b",)) == 5
    assert lines.of(("t", "u", "d", "f")) == 9
    assert (lines.of(("s", 0, "g")), lines.of(("s", 1, "g"))) == (11, 13)
    assert lines.of(("c",)) == 1
