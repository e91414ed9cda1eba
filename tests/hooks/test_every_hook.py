"""Every hook of the portal, run through a plugin that a real city loads from its folder; and what a fault costs."""

import shutil
from pathlib import Path

import pytest

from col_core.app import create_app
from col_core.base import outbox
from col_core.base.config import load_city
from col_core.base.errors import ConfigError, PluginError
from col_core.catalogue.records import Query
from col_core.catalogue.vocabulary import Severity
from col_core.cli.main import main
from col_core.house import SPECIFICATIONS, open_city
from col_core.testing.contracts import (
    BadgeIssuerContract,
    FormatContract,
    MapLayerContract,
    SearchIndexContract,
    SourceContract,
    TranslatorContract,
    WebPartsContract,
)

TOWN = Path(__file__).parents[1] / "towns" / "medina"
TRIED_HERE = {
    "col_config_schema", "col_opportunity_sources", "col_review_opportunity", "col_languages", "col_search_index",
    "col_map_layers", "col_formats", "col_web_parts", "col_operations", "col_observe", "col_badge_issuers",
    "col_translators",
}  # fmt: skip


@pytest.fixture
def everything(medina):
    """What the module of the plugin holds, as this city loaded it; another town may have loaded its own since."""
    return next(iter(medina.office.making.formats.values())).issue.__globals__


def made(medina, hook, name="everything"):
    """Return what a plugin of the town returns for a hook."""
    arguments = medina.loaded.arguments if hook != "col_formats" else None
    return dict(medina.loaded.plugins.must_call(hook, arguments))[name]


class TestSource(SourceContract):
    @pytest.fixture
    def source(self, medina):
        return made(medina, "col_opportunity_sources")[0]


class TestLayers(MapLayerContract):
    @pytest.fixture
    def layers(self, medina):
        return made(medina, "col_map_layers")


class TestFormat(FormatContract):
    @pytest.fixture
    def format_(self, medina):
        return made(medina, "col_formats")[0]


class TestParts(WebPartsContract):
    @pytest.fixture
    def parts(self, medina):
        return made(medina, "col_web_parts")


class TestIssuer(BadgeIssuerContract):
    @pytest.fixture
    def issuer(self, medina):
        return medina.office.making.formats["test-seal"]


class TestTranslator(TranslatorContract):
    @pytest.fixture
    def translator(self, medina):
        return made(medina, "col_translators")[0]


class TestOtherSearch(SearchIndexContract):
    @pytest.fixture
    def index(self, tmp_path):
        with open_city(a_town(tmp_path, enabled='"lang_ar", "lang_en", "other_search"')) as town:
            yield town.index


def test_every_hook_that_is_specified_is_tried_here(medina):
    specified = {name for module in SPECIFICATIONS for name, each in vars(module).items() if hasattr(each, "col_spec")}
    assert specified == TRIED_HERE
    brought = {*medina.loaded.plugins.implemented("everything"), *medina.loaded.plugins.implemented("lang_ar")}
    assert brought | {"col_search_index"} == TRIED_HERE


def test_its_settings_and_its_source_are_used(medina, medina_client):
    assert "Good morning &lt;en&gt;" in medina_client.get("/en/").text
    assert [each.opportunity.content.title for each in medina.catalogue.find(Query(q="chess")).items] == [
        {"en": "Chess"}
    ]


def test_what_its_review_holds_is_not_public(medina):
    assert medina.catalogue.find(Query(q="secret")).total == 0
    seen = medina.gathering.preview(medina.gathering.find("words"))
    assert seen.unchanged == 2


def test_its_layer_format_page_menu_and_issuer_are_there(medina, medina_client):
    assert [each["id"] for each in medina_client.get("/api/v1/map/ground.json").json["layers"]] == ["wall"]
    feed = medina_client.get("/feeds/opportunities.txt")
    assert (feed.status_code, feed.mimetype) == (200, "text/plain")
    assert "Chess" in feed.text
    assert medina_client.get("/en/everything").text == "Here I am."
    assert 'href="/en/everything"' in medina_client.get("/en/").text
    assert list(medina.office.making.formats) == ["test-seal"]


def test_its_jobs_run_and_it_hears_what_happens(medina, everything):
    with medina.house.database.write() as session:
        outbox.enqueue(session, "everything.job", {"n": 7}, clock=medina.house.clock)
    medina.worker().drain(rounds=50)
    assert {"tick", "7"} <= set(everything["DONE"])
    assert "opportunity.published" in {each.name for each in everything["HEARD"]}


def test_its_command_is_one_of_col(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COL_VAR", str(tmp_path))
    assert main(["--city", str(TOWN), "greet", "Ana"]) == 0
    assert capsys.readouterr().out == "Good morning, Ana!\n"
    with pytest.raises(SystemExit) as wrong:
        main(["--city", str(TOWN), "sing"])
    assert wrong.value.code == 2


def a_town(folder, *, enabled='"lang_ar", "lang_en", "csv", "broken"', broken="", more=""):
    """Return a copy of the town with a plugin `broken`."""
    copy = folder / "town"
    shutil.copytree(TOWN, copy, ignore=shutil.ignore_patterns("__pycache__"))
    text = (copy / "city.toml").read_text(encoding="utf-8").partition("[plugins]")[0]
    source = '[[sources]]\nid = "table"\nplugin = "csv"\nurl = "feeds/offers.csv"\nlanguage = "ar"\npublish = "auto"\n'
    source = source if '"csv"' in enabled else ""
    (copy / "city.toml").write_text(f"{text}[plugins]\nenabled = [{enabled}]\n{source}{more}", encoding="utf-8")
    (copy / "plugins" / "broken").mkdir()
    (copy / "plugins" / "broken" / "__init__.py").write_text(
        f"from col_core.plugin import *\nfrom col_core.plugin import hookimpl\n{broken}", encoding="utf-8"
    )
    return load_city(copy, environ={"COL_VAR": str(folder / "var")})


RAISING = "@hookimpl\ndef {}: raise ZeroDivisionError('out of order')\n"


@pytest.mark.parametrize(
    "hook",
    ["col_config_schema()", "col_languages()", "col_search_index(city)", "col_operations(city)", "col_badge_issuers()"],
)
def test_what_a_city_cannot_do_without_refuses_to_boot(tmp_path, hook):
    config = a_town(tmp_path, broken=RAISING.format(hook))
    with (
        pytest.raises(PluginError, match=f"'broken': {hook.partition('(')[0]} raised ZeroDivisionError"),
        open_city(config),
    ):
        pass


@pytest.mark.parametrize("hook", ["col_map_layers()", "col_formats()", "col_web_parts(city)", "col_translators(city)"])
def test_what_a_city_can_do_without_is_left_out(tmp_path, hook):
    with open_city(a_town(tmp_path, broken=RAISING.format(hook))) as town:
        client = create_app(town).test_client()
        assert client.get("/ar/").status_code == 200
        assert client.get("/api/v1/map/ground.json").json["layers"] == []
        assert [(each.plugin, each.hook) for each in town.loaded.plugins.faults()] == [
            ("broken", hook.partition("(")[0])
        ]


def test_a_review_that_fails_holds_the_draft_for_a_person(tmp_path):
    with open_city(a_town(tmp_path, broken=RAISING.format("col_review_opportunity(draft, city)"))) as town:
        town.gathering.sync(town.gathering.find("table"))
        assert town.catalogue.find(Query()).total == 0


def test_a_source_that_cannot_be_made_is_off_and_says_why(tmp_path):
    more = '\n[[sources]]\nid = "b"\nplugin = "broken"\n'
    with open_city(a_town(tmp_path, broken=RAISING.format("col_opportunity_sources(city)"), more=more)) as town:
        each = town.gathering.find("b")
        assert each.source is None
        assert "raised ZeroDivisionError: out of order" in each.fault
        town.gathering.sync(town.gathering.find("table"))
        assert town.catalogue.find(Query()).total == 3


def test_a_block_that_fails_is_left_out_of_its_page(tmp_path):
    broken = (
        "def shown(language, shown): raise ValueError('x')\n"
        "@hookimpl\ndef col_web_parts(city): return WebParts(blocks=[Block(slot='home', render=shown)])\n"
    )
    with open_city(a_town(tmp_path, broken=broken)) as town:
        assert create_app(town).test_client().get("/en/").status_code == 200
        assert town.loaded.plugins.faults()[0].hook == "block home"


def test_a_plugin_for_another_api_is_refused_with_its_place(tmp_path):
    config = a_town(tmp_path, broken="HOOK_API = 2\n")
    with (
        pytest.raises(PluginError, match=r"city\.toml:\d+: \[plugins\] enabled: .*'broken' is made for hook API 2"),
        open_city(config),
    ):
        pass


def test_a_wrong_setting_of_the_plugin_refuses_to_boot_with_its_line(tmp_path):
    more = "\n[plugins.everything]\ngreting = 1\n"
    config = a_town(tmp_path, enabled='"lang_ar", "lang_en", "everything"', more=more)
    with (
        pytest.raises(ConfigError, match=r"city\.toml:\d+: \[plugins\.everything\] greting is not a setting; known"),
        open_city(config),
    ):
        pass


def test_a_draft_that_its_review_holds_says_why(tmp_path):
    more = (
        '\n[plugins.everything]\ngreeting = "x"\n[[sources]]\nid = "words"\nplugin = "everything"\n'
        'publish = "auto"\nwords = ["Chess", "A secret meeting"]\n'
    )
    with open_city(a_town(tmp_path, enabled='"lang_ar", "lang_en", "everything"', more=more)) as town:
        seen = town.gathering.preview(town.gathering.find("words"))
        assert ("secret", Severity.HOLD) in [(each.code, each.severity) for _, each in seen.findings]
        town.gathering.sync(town.gathering.find("words"))
        assert [each.opportunity.content.title for each in town.catalogue.find(Query()).items] == [{"en": "Chess"}]
