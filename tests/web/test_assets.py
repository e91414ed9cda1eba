import gzip
import json

import brotli
import pytest
from flask import Flask

from col_core.base.config import load_city
from col_core.base.errors import ConfigError, NotFound
from col_core.catalogue.vocabulary import Access, Category, OpportunityType, Signal
from col_core.web.assets import Assets

CITY = """
[city]
id = "testville"
name = "Testville"
country = "SI"
timezone = "Europe/Ljubljana"
languages = ["sl"]
bbox = [14.38, 45.95, 14.83, 46.15]
age_of_consent = 15
base_url = "http://localhost:8001"

[theme]
logo = "logo.svg"

[theme.tokens]
accent = "oklch(45% 0.1 162)"

[theme.dark]
accent = "oklch(78% 0.1 160)"
"""
SCRIPT = b"console.log('hello');" * 100


@pytest.fixture
def build(tmp_path):
    folder = tmp_path / "build"
    folder.mkdir()
    (folder / "app-1.js").write_bytes(SCRIPT)
    (folder / "app-1.js.br").write_bytes(brotli.compress(SCRIPT))
    (folder / "app-1.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "letters-1.woff2").write_bytes(b"wOF2")
    (folder / "icons-1.svg").write_text("<svg/>", encoding="utf-8")
    files = {"app.js": "app-1.js", "letters.woff2": "letters-1.woff2", "icons.svg": "icons-1.svg"}
    colours = {"music": "oklch(50% 0.1 200)"}
    manifest = {"files": files, "icons": {"map-pin": "<path/>"}, "colours": colours, "symbols": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


@pytest.fixture
def config(tmp_path):
    (tmp_path / "city.toml").write_text(CITY, encoding="utf-8")
    (tmp_path / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    return load_city(tmp_path, environ={"COL_VAR": str(tmp_path)})


@pytest.fixture
def assets(config, build):
    return Assets(config, build=build)


@pytest.fixture
def client(assets):
    app = Flask("test", static_folder=None)
    app.register_error_handler(NotFound, lambda error: (str(error), error.status))
    app.register_blueprint(assets.blueprint())
    return app.test_client()


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_a_built_file_comes_packed_as_the_browser_likes_it(client, assets, accepted, encoding, unpack):
    answer = client.get(assets.url("app.js"), headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert unpack(answer.data) == SCRIPT


def test_a_built_file_may_be_kept_for_a_year_and_is_of_one_type(client, assets):
    headers = client.get(assets.url("app.js")).headers
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(assets.url("letters.woff2")).content_type == "font/woff2"


def test_a_file_that_the_browser_has_is_not_sent_again(client, assets):
    etag = client.get(assets.url("app.js"), headers={"Accept-Encoding": "br"}).headers["ETag"]
    asked = {"Accept-Encoding": "br", "If-None-Match": etag}
    assert client.get(assets.url("app.js"), headers=asked).status_code == 304
    assert client.get(assets.url("app.js"), headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("name", ["nothing.js", "manifest.json", "app-1.js.br", "../city.toml", "%2e%2e/city.toml", ""])
def test_nothing_else_is_served(client, name):
    assert client.get(f"/static/{name}").status_code == 404


def test_the_look_of_the_city_is_a_style_sheet_for_light_and_dark(client, assets):
    answer = client.get(assets.theme_css_url)
    pattern, light, system_dark, chosen_dark = answer.text.splitlines()
    assert pattern.startswith(":root{--pattern:radial-gradient(")
    assert answer.content_type == "text/css; charset=utf-8"
    assert light.startswith(":root{")
    assert "--accent:oklch(45% 0.1 162);" in light
    assert system_dark.startswith("@media (prefers-color-scheme:dark){:root:not([data-theme=light]){")
    assert chosen_dark.startswith(":root[data-theme=dark]{")
    assert "--accent:oklch(78% 0.1 160);" in system_dark
    assert "--accent:oklch(78% 0.1 160);" in chosen_dark
    assert "--surface:" in light
    assert "--focus:" in chosen_dark


def test_another_look_has_another_address(config, build, assets, tmp_path):
    (tmp_path / "city.toml").write_text(CITY.replace("45%", "46%"), encoding="utf-8")
    other = Assets(load_city(tmp_path, environ={"COL_VAR": str(tmp_path)}), build=build)
    assert other.theme_css_url != assets.theme_css_url


def test_a_drawing_of_the_city_is_a_picture_and_runs_nothing(client, assets):
    answer = client.get(assets.logo_url)
    assert answer.content_type == "image/svg+xml; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert assets.pattern_url is None


def test_an_icon_is_silent_and_a_misspelt_one_is_noticed(assets):
    assert assets.icon("map-pin") == (
        '<svg class="icon" aria-hidden="true"><use href="/static/icons-1.svg#map-pin"></use></svg>'
    )
    with pytest.raises(KeyError):
        assets.icon("map-pn")


def test_files_that_were_not_built_are_an_error_that_says_what_to_do(config, tmp_path):
    with pytest.raises(ConfigError, match="run `make setup`"):
        Assets(config, build=tmp_path / "nowhere")


def test_a_drawing_that_is_missing_is_named(config, build, tmp_path):
    (tmp_path / "logo.svg").unlink()
    with pytest.raises(ConfigError, match=r"logo\.svg: \[theme\] names this drawing"):
        Assets(config, build=build)


def test_every_word_of_the_catalogue_has_its_icon_and_each_category_its_shape(config):
    assets = Assets(config)
    prefixes = {"category": Category, "shape": Category, "type": OpportunityType, "access": Access, "signal": Signal}
    for prefix, words in prefixes.items():
        for word in words:
            assert assets.icon(f"{prefix}-{word}")
