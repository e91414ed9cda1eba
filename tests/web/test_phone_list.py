"""Map and list on a phone: the list is a sheet over the map, and the page scrolls on from it."""

import pytest
from playwright.sync_api import expect

from col_core.testing.browser import PHONE
from col_core.testing.processes import until

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visit, ljubljana_address):
    with visit(ljubljana_address, viewport=PHONE, touch=True) as visitor:
        page = visitor.open("/sl/opportunities")
        page.wait_for_selector("[data-map-state=ready]")
        yield page
        assert visitor.errors == []


def top(page):
    return page.locator("[data-drag-sheet]").bounding_box()["y"]


def test_the_sheet_has_three_heights_over_a_map_that_stays(page):
    grip = page.locator("[data-drag-grip]")
    half = top(page)
    grip.click()
    full = top(page)
    grip.click()
    peek = top(page)
    bar = page.locator(".explore-bar").bounding_box()
    assert bar["y"] + bar["height"] <= full + 1 < half < peek < PHONE["height"]
    assert page.locator("[data-map]").bounding_box()["height"] > 0.65 * PHONE["height"]


def test_who_comes_back_from_an_offer_finds_the_list_as_it_was(page):
    page.locator("[data-drag-grip]").click()
    page.evaluate("scrollTo({ top: 900, behavior: 'instant' })")
    before = top(page)
    page.locator(".card a").nth(3).evaluate("link => link.click()")
    page.wait_for_url("**/opportunities/*")
    page.wait_for_load_state("networkidle")
    page.go_back()
    page.wait_for_load_state("networkidle")
    until(lambda: abs(top(page) - before) < 2)


def test_a_browser_that_folds_its_bar_away_does_not_throw_the_reader_back(page):
    page.evaluate("scrollTo({ top: 900, behavior: 'instant' })")
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"] + 56})
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") == 900


def test_who_has_read_far_gets_back_to_the_map_with_one_tap(page):
    away = page.get_by_role("button", name="Zemljevid", exact=True)
    assert not away.is_visible()
    page.evaluate("scrollTo({ top: 2000, behavior: 'instant' })")
    away.click()
    away.wait_for(state="hidden")
    until(lambda: page.evaluate("scrollY") == 0)
    assert top(page) > 0.7 * PHONE["height"]


def test_a_sheet_that_is_dragged_after_scrolling_does_not_jump(page):
    page.evaluate("scrollTo({ top: 100, behavior: 'instant' })")
    grip = page.locator("[data-drag-grip]").bounding_box()
    before = top(page)
    page.mouse.move(100, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(100, grip["y"] + 20)
    until(lambda: abs(top(page) - before - 10) < 2)
    assert page.evaluate("scrollY") == 0
    page.mouse.up()


def test_a_chosen_pin_makes_room_and_its_card_lies_above_the_sheet(page):
    page.evaluate(
        "document.querySelector('[data-map]').offerMap.map.jumpTo({ center: [14.5063, 46.0511], zoom: 14.5 })"
    )
    page.wait_for_selector(".map-pin")
    page.wait_for_load_state("networkidle")
    page.locator(".map-pin").first.dispatch_event("click")
    page.wait_for_selector(".map-card article")
    card = page.locator(".map-card").bounding_box()
    expect(page.locator("[data-drag-sheet]")).to_have_attribute("data-at", "peek")
    until(lambda: card["y"] + card["height"] <= top(page))
