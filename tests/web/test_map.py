"""The map in a real browser, under the content policy of real pages, with the offers of a shipped city."""

import json
from contextlib import ExitStack
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from col_core.catalogue.records import Box, Query
from col_core.testing.browser import PHONE

pytestmark = pytest.mark.browser

LABELS = {
    "map": "Zemljevid ponudb",
    "offers": "Ponudbe na zemljevidu",
    "pin": "Ponudba",
    "cluster": "Ponudbe tukaj: {count}",
    "categories": {"music": "Glasba"},
    "zoomIn": "Približaj",
    "zoomOut": "Oddalji",
    "searchHere": "Išči tukaj",
    "close": "Zapri",
    "previous": "Prejšnja",
    "next": "Naslednja",
}
CENTRE = [14.5063, 46.0511]


def a_map(**changes):
    config = {
        "tiles": "/api/v1/map/{z}/{x}/{y}.json",
        "ground": "/api/v1/map/ground.json",
        "cards": "/stage-card/{id}",
        "query": "",
        "center": CENTRE,
        "labels": LABELS,
    } | changes
    data = f'<script type="application/json" class="map-config">{json.dumps(config)}</script>'
    return f'<div class="fill" data-map>{data}</div>'


@pytest.fixture
def open_map(stage, visit):
    """Open a map in a window of its own; afterwards nothing may have gone wrong in it."""
    visitors = []
    with ExitStack() as windows:

        def opened(body, **window):
            visitors.append(windows.enter_context(visit(stage.address, **window)))
            page = visitors[-1].open(stage.put("map", body))
            page.wait_for_selector("[data-map-state=ready]")
            return page

        yield opened
        for visitor in visitors:
            assert visitor.errors == []
            assert visitor.foreign == []


def shown(page):
    """Return how many offers the pins and clusters in the page stand for."""
    page.wait_for_selector(".map-cluster, .map-pin")
    page.wait_for_load_state("networkidle")
    counts = page.locator(".map-cluster-count").all_inner_texts()
    return sum(int(each) for each in counts) + page.locator(".map-pin").count()


def test_the_map_shows_every_offer_that_the_list_finds_there(open_map, ljubljana):
    page = open_map(a_map(zoom=11, query="price=free"))
    bounds = page.evaluate("document.querySelector('[data-map]').offerMap.map.getBounds().toArray().flat()")
    box = Box(west_deg=bounds[0], south_deg=bounds[1], east_deg=bounds[2], north_deg=bounds[3])
    # Tiles reach beyond the edge of the view, so the map may know of a few more, and never of fewer.
    everywhere = Box(west_deg=13, south_deg=45, east_deg=16, north_deg=47)
    here, whole = (ljubljana.catalogue.find(Query(free=True, bbox=each)).total for each in (box, everywhere))
    assert 0 < here <= shown(page) <= whole


def test_a_pin_opens_its_card_and_gives_the_focus_back(open_map):
    page = open_map(a_map(zoom=15))
    page.wait_for_selector(".map-pin")
    page.evaluate("addEventListener('map:selected', ({ detail }) => (window.chosen = detail.id))")
    page.locator(".map-pin").first.focus()
    page.keyboard.press("Enter")
    link = page.locator(".map-card a")
    link.wait_for()
    page.wait_for_function("() => document.activeElement.matches('.map-card a')")
    assert link.get_attribute("href") == f"/stage/offer?id={page.evaluate('chosen')}"
    page.keyboard.press("Escape")
    expect(page.locator(".map-card")).to_be_hidden()
    page.wait_for_function("() => document.activeElement.className === 'map-pin'")


def test_pins_are_one_stop_of_the_keyboard_and_arrows_walk_among_them(open_map):
    page = open_map(a_map(zoom=13))
    page.wait_for_selector(".map-cluster")
    page.wait_for_load_state("networkidle")
    assert page.locator(".map-markers [tabindex='0']").count() == 1
    page.locator(".map-markers [tabindex='0']").focus()
    before = page.evaluate("document.activeElement.getBoundingClientRect().x")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getBoundingClientRect().x") > before
    assert page.locator(".map-markers [tabindex='0']").count() == 1
    names = page.locator(".map-markers button").evaluate_all("all => all.map((each) => each.ariaLabel)")
    assert all(names)


def test_a_cluster_parts_until_its_offers_are_listed(open_map):
    page = open_map(a_map(zoom=12))
    page.wait_for_selector(".map-cluster")
    for _ in range(8):
        if page.locator(".map-card").is_visible() or not page.locator(".map-cluster").count():
            break
        page.locator(".map-cluster").first.dispatch_event("click")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(100)
    links = page.locator(".map-card a")
    links.nth(1).wait_for()
    # Not one of these can be stepped on from: they are all there.
    expect(page.get_by_role("button", name="Naslednja")).to_be_hidden()


def test_moving_the_map_offers_to_search_there_and_keeps_the_filters(open_map, stage):
    page = open_map(a_map(zoom=12))
    page.goto(f"{stage.address}/stage/map?price=free&page=3")
    page.wait_for_selector(".map-cluster")
    button = page.get_by_role("button", name="Išči tukaj")
    assert not button.is_visible()
    page.get_by_role("button", name="Približaj").click()
    button.click()
    page.wait_for_url("**bbox=**")
    query = parse_qs(urlsplit(page.url).query)
    assert (query["price"], "page" in query) == (["free"], False)
    west, south, east, north = map(float, query["bbox"][0].split(","))
    assert west < CENTRE[0] < east
    assert south < CENTRE[1] < north
    page.go_back()
    assert "page=3" in page.url


def test_the_list_and_the_map_point_at_each_other(open_map, ljubljana):
    box = Box(west_deg=14.49, south_deg=46.04, east_deg=14.53, north_deg=46.06)
    ids = [each.opportunity.id for each in ljubljana.catalogue.find(Query(per_page=100, bbox=box)).items]
    cards = "".join(f'<article data-opportunity-id="{each}"><a href="#">{each}</a></article>' for each in ids)
    page = open_map(a_map(zoom=15) + cards)
    page.wait_for_selector(".map-pin")
    page.wait_for_load_state("networkidle")
    page.locator(".map-pin").first.focus()
    linked = page.locator("article.is-linked")
    expect(linked).to_have_count(1)
    page.locator("article.is-linked a").focus()
    expect(page.locator(".map-pin.is-linked")).to_have_count(1)


def test_a_card_points_at_the_cluster_that_has_taken_its_offer_in(open_map):
    card = f'<article data-opportunity-id="x" data-spot="{CENTRE[0]},{CENTRE[1]}"><a href="#">x</a></article>'
    page = open_map(a_map(zoom=11) + card)
    page.wait_for_selector(".map-cluster")
    page.wait_for_load_state("networkidle")
    page.locator("article a").focus()
    expect(page.locator(".map-cluster.is-linked")).to_have_count(1)
    page.locator(".map-cluster.is-linked").dispatch_event("pointerenter")
    expect(page.locator("article.is-linked")).to_have_count(1)
    page.locator(".map-cluster.is-linked").dispatch_event("pointerleave")
    expect(page.locator("article.is-linked")).to_have_count(0)


def test_on_a_phone_the_card_lies_along_the_lower_edge_and_steps_to_the_next_pin(open_map):
    page = open_map(a_map(zoom=14.5), viewport=PHONE, touch=True)
    page.wait_for_selector(".map-pin")
    page.wait_for_load_state("networkidle")
    page.locator(".map-pin").first.dispatch_event("click")
    link = page.locator(".map-card a")
    link.wait_for()
    first = link.get_attribute("href")
    card = page.locator(".map-card").bounding_box()
    assert card["y"] + card["height"] > 0.95 * PHONE["height"]
    page.get_by_role("button", name="Naslednja").click()
    page.wait_for_function("first => document.querySelector('.map-card a').getAttribute('href') !== first", arg=first)


def test_the_map_turns_dark_with_the_page(open_map):
    page = open_map(a_map())
    paper = "document.querySelector('[data-map]').offerMap.map.getPaintProperty('paper', 'background-color')"
    light = page.evaluate(paper)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"() => {paper} !== {json.dumps(light)}")


def test_the_map_of_one_place_shows_its_pin_and_asks_for_no_tiles(open_map):
    asked = []
    page = open_map(a_map(point={"lat": CENTRE[1], "lon": CENTRE[0], "category": "music"}))
    page.on("request", lambda request: asked.append(request.url))
    pin = page.locator(".map-pin").bounding_box()
    view = page.locator("[data-map]").bounding_box()
    assert abs(pin["x"] + pin["width"] / 2 - view["width"] / 2) < 2
    assert abs(pin["y"] + pin["height"] / 2 - view["height"] / 2) < 2
    assert [each for each in asked if "/map/" in each] == []
