"""Every page as people with other senses, hands, screens and connections have it, in a real browser."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

import col_core
from col_core.app import create_app
from col_core.base.config import load_city
from col_core.catalogue.records import Query
from col_core.house import open_city
from col_core.testing.browser import DESK, PHONE
from col_core.testing.web_server import app_server

pytestmark = pytest.mark.browser

AXE = Path(col_core.__file__).parent / "web/static/node_modules/axe-core/axe.min.js"
CITIES = Path(__file__).parents[2] / "cities"
# WCAG 2.2 AA, and what axe holds to be good practice beyond it.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Of each kind of page one: the others differ in their words alone.
KINDS = ("home", "filtered", "offer", "organisation", "article", "feedback")
WINDOWS = {
    "phone": {"viewport": PHONE, "touch": True},
    "desk, dark": {"viewport": DESK, "dark": True},
}
# A page's CSS pixels on a desk of 1280 at 200 %, and on one at 400 % as WCAG 1.4.10 asks.
ZOOMED = {"200 %": {"width": 640, "height": 400}, "400 %": {"width": 320, "height": 256}}
LIST_PAGE_BYTES = 150_000


@pytest.fixture(scope="module")
def paths(ljubljana):
    one = next(each for each in _placed(ljubljana) if each.organiser)
    return {
        "home": "/sl/",
        "list": "/sl/opportunities",
        "filtered": "/sl/opportunities?price=free&category=music&age=17",
        "pages on": "/sl/opportunities?page=3&per_page=5",
        "empty": "/sl/opportunities?q=zzzqqq",
        "offer": f"/sl/opportunities/{one.id}",
        "in a language with fallbacks": f"/en/opportunities/{one.id}",
        "organisation": f"/sl/organisations/{one.organiser.slug}",
        "saved": "/sl/saved",
        "blog": "/sl/blog",
        "article": "/sl/blog/how-it-works",
        "about": "/sl/about",
        "privacy": "/lt/privacy",
        "accessibility": "/sl/accessibility",
        "feedback": "/sl/feedback",
        "missing": "/sl/nowhere",
    }


def _placed(city):
    found = city.catalogue.find(Query(per_page=50))
    return [each.opportunity for each in found.items if each.opportunity.place]


@pytest.fixture(scope="module")
def vilnius_address(tmp_path_factory):
    config = load_city(CITIES / "vilnius", environ={"COL_VAR": str(tmp_path_factory.mktemp("var"))})
    with open_city(config) as city:
        city.gathering.sync(city.gathering.sources[0])
        with app_server(create_app(city)) as address:
            yield address


def settle(page):
    page.wait_for_load_state("networkidle")
    if page.locator("[data-map]:visible").count():
        page.locator("[data-map]").scroll_into_view_if_needed()
        page.wait_for_selector("[data-map-state=ready]")


def faults(page):
    """Return what axe finds wrong: the rule, the element, and how to mend it."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        f"{each['id']}: {node['html'][:160]} – {node['failureSummary'][:300]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("window", WINDOWS)
def test_axe_finds_nothing_on_any_page(visit, ljubljana_address, paths, window):
    found = {}
    with visit(ljubljana_address, **WINDOWS[window]) as visitor:
        for name in paths if window == "phone" else KINDS:
            page = visitor.open(paths[name])
            settle(page)
            found[name] = faults(page)
        assert visitor.foreign == []
        assert [each for each in visitor.errors if "404" not in each] == []
    assert {name: each for name, each in found.items() if each} == {}


@pytest.mark.parametrize("window", WINDOWS)
def test_the_look_of_the_other_city_reads_as_well(visit, vilnius_address, window):
    with visit(vilnius_address, **WINDOWS[window]) as visitor:
        for path in ("/lt/", "/lt/opportunities"):
            page = visitor.open(path)
            settle(page)
            assert faults(page) == []


def test_axe_finds_nothing_in_the_open_filters_and_a_form_with_errors(visit, ljubljana_address):
    with visit(ljubljana_address, **WINDOWS["phone"]) as visitor:
        page = visitor.open("/sl/opportunities")
        settle(page)
        page.click("[popovertarget=filters]")
        page.wait_for_selector("#filters:popover-open")
        assert faults(page) == []
        heights = page.eval_on_selector_all("#filters fieldset", "all => all.map(each => each.clientHeight)")
        assert len(heights) > 4
        assert min(heights) > 40, "a group of filters has shrunk to nothing"
        page = visitor.open("/sl/feedback")
        page.evaluate("document.querySelector('main form').noValidate = true")
        page.click("main form button[type=submit]")
        page.wait_for_load_state("networkidle")
        assert page.locator("[aria-invalid=true]").count() > 0
        assert faults(page) == []


@pytest.mark.parametrize("zoom", ZOOMED)
def test_no_page_needs_scrolling_sideways_when_zoomed(visit, ljubljana_address, paths, zoom):
    wide = {}
    with visit(ljubljana_address, viewport=ZOOMED[zoom]) as visitor:
        for name in paths if zoom == "400 %" else KINDS:
            page = visitor.open(paths[name])
            wide[name] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert {name: each for name, each in wide.items() if each > 0} == {}


def test_the_keyboard_reaches_search_filters_and_offers(visit, ljubljana_address):
    with visit(ljubljana_address) as visitor:
        page = visitor.open("/sl/opportunities")
        settle(page)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
        page.keyboard.press("Enter")
        seen = []
        for _ in range(40):
            page.keyboard.press("Tab")
            seen.append(
                page.evaluate(
                    "(a => a.id || a.getAttribute('popovertarget') || (a.closest('.card') && 'card') || '')"
                    "(document.activeElement)"
                )
            )
        assert seen[0] == "q"
        assert "filters" in seen
        assert "card" in seen


def test_the_filters_open_and_close_by_keyboard_and_give_the_focus_back(visit, ljubljana_address):
    with visit(ljubljana_address) as visitor:
        page = visitor.open("/sl/opportunities")
        settle(page)
        page.focus("button[popovertarget=filters].chip")
        page.keyboard.press("Enter")
        page.wait_for_selector("#filters:popover-open")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('#filters') !== null")
        page.keyboard.press("Escape")
        expect(page.locator("#filters:popover-open")).to_have_count(0)
        assert page.evaluate("document.activeElement.getAttribute('popovertarget')") == "filters"


def test_without_scripts_one_can_search_filter_and_read(visit, ljubljana_address):
    with visit(ljubljana_address, viewport=PHONE, scripts=False) as visitor:
        page = visitor.open("/sl/")
        page.fill("input[name=q]", "delavnica")
        page.keyboard.press("Enter")
        page.wait_for_url("**/opportunities?*q=delavnica*")
        page.locator(".card").first.wait_for()
        page.click("[popovertarget=filters]")
        page.check("#free")
        page.click(".sheet-foot button")
        page.wait_for_url("**price=free*")
        page.locator(".card a").first.click()
        page.wait_for_load_state()
        assert page.locator("h1").inner_text()


def test_the_list_page_is_light_without_the_map_library(visit, ljubljana_address):
    """Counts what a browser with an empty cache loads, packed as it comes; the map and its data left out."""
    loaded = {}
    with visit(ljubljana_address, **WINDOWS["phone"]) as visitor:
        visitor.page.on("requestfinished", lambda done: loaded.setdefault(done.url, done.sizes()["responseBodySize"]))
        settle(visitor.open("/sl/opportunities"))
    weights = {urlsplit(url).path: size for url, size in loaded.items() if "/map" not in urlsplit(url).path}
    assert any(path.endswith(".css") for path in weights)
    assert any(path.endswith(".woff2") for path in weights)
    assert sum(weights.values()) <= LIST_PAGE_BYTES, weights
