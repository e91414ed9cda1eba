"""What pages do in the browser beyond what they do without scripts, in a real one."""

import json

import pytest
from playwright.sync_api import expect

from col_core.testing.browser import PHONE

pytestmark = pytest.mark.browser

SAVING = '<button data-save="a1" aria-pressed="false">Save</button><span data-saved-count hidden></span>'
SHEET = """
<div class="fill" id="map"></div>
<section data-drag-sheet id="sheet"><button data-drag-grip aria-label="More or less">–</button><p>List</p></section>
"""
SHEET_STYLE = """
#sheet { position: fixed; inset: auto 0 0 0; block-size: var(--sheet-size) }
[data-drag-grip] { inline-size: 100% }
"""


@pytest.fixture
def window(stage, visit):
    with visit(stage.address) as visitor:
        yield visitor
        assert visitor.errors == []
        assert visitor.foreign == []


def text(page, selector):
    return page.locator(selector).inner_text()


def test_who_chooses_dark_keeps_it_and_who_goes_back_follows_the_system_again(window, stage):
    page = window.open(stage.put("theme", "<button data-theme-toggle>Light or dark</button>"))
    page.click("[data-theme-toggle]")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.get_attribute("[data-theme-toggle]", "aria-pressed") == "true"
    page.click("[data-theme-toggle]")
    assert page.evaluate("[document.documentElement.dataset.theme, localStorage.length]") == [None, 0]


def test_what_is_saved_stays_in_this_browser_and_shows_in_other_windows(window, stage):
    page = window.open(stage.put("saving", SAVING))
    page.click("[data-save]")
    assert page.get_attribute("[data-save]", "aria-pressed") == "true"
    assert text(page, "[data-saved-count]") == "1"
    other = page.context.new_page()
    other.goto(page.url)
    assert text(other, "[data-saved-count]") == "1"
    other.click("[data-save]")
    page.wait_for_selector("[data-saved-count]", state="hidden")
    expect(page.locator("[data-save]")).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("localStorage.getItem('col:ljubljana:saved')") is None


@pytest.mark.parametrize("kept", ["[", "{}", "[1, null]", '"a1"', "7"])
def test_a_saved_list_that_something_else_spoilt_counts_as_empty(window, stage, kept):
    page = window.open(stage.put("saving", SAVING))
    page.evaluate("kept => localStorage.setItem('col:ljubljana:saved', kept)", kept)
    page.reload()
    page.click("[data-save]")
    assert text(page, "[data-saved-count]") == "1"


def test_the_saved_page_shows_the_cards_and_forgets_what_is_gone(window, stage):
    card = '<article data-opportunity-id="a1"><button data-save="a1">Save</button>Pojemo skupaj</article>'
    cards = stage.answer("saved-cards", lambda: card)
    body = f'<div data-saved-list data-cards="{cards}" data-most="2"></div><p data-saved-empty hidden>Nothing yet</p>'
    page = window.open(stage.put("saved", body))
    page.wait_for_selector("[data-saved-empty]", state="visible")
    page.evaluate("localStorage.setItem('col:ljubljana:saved', JSON.stringify(['a1', 'gone']))")
    page.reload()
    page.wait_for_selector("[data-saved-list] article")
    assert page.get_attribute("[data-save]", "aria-pressed") == "true"
    page.wait_for_function("() => localStorage.getItem('col:ljubljana:saved') === '[\"a1\"]'")
    expect(page.locator("[data-saved-empty]")).to_be_hidden()


def test_near_me_leads_to_what_is_near_and_says_no_more_than_the_block(window, stage):
    body = '<button data-near-me aria-pressed="false" data-href="/stage/near" data-refused="Choose.">Near</button>'
    window.page.context.grant_permissions(["geolocation"])
    window.page.context.set_geolocation({"latitude": 46.0511234, "longitude": 14.5063987})
    page = window.open(stage.put("near", body) + "?price=free&page=2&bbox=1,2,3,4")
    page.click("[data-near-me]")
    page.wait_for_url("**near=**")
    assert page.url.endswith("/stage/near?price=free&near=46.051%2C14.506&sort=distance")


def test_who_does_not_say_where_they_are_chooses_a_district_instead(window, stage):
    body = (
        '<button data-near-me data-href="/stage/refused" data-refused="Choose a district.">Near</button>'
        '<div popover><fieldset data-near-fallback hidden><input type="checkbox" id="first"></fieldset></div>'
    )
    page = window.open(stage.put("refused", body))
    page.click("[data-near-me]")
    page.wait_for_selector("#first", state="visible")
    assert text(page, "[data-toast]") == "Choose a district."
    box = page.locator("[data-toast]").bounding_box()
    middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
    assert page.evaluate("([x, y]) => 'toast' in document.elementFromPoint(x, y).dataset", middle)
    page.wait_for_function("() => document.activeElement.id === 'first'")


def test_the_first_page_shows_the_choice_of_a_district_to_who_needs_it(visit, ljubljana_address):
    with visit(ljubljana_address) as visitor:
        page = visitor.open("/sl/")
        assert not page.locator("#district").is_visible()
        page.click("[data-near-me]")
        page.wait_for_selector("#district", state="visible")
        page.wait_for_function("() => document.activeElement.id === 'district'")


def test_the_address_is_copied_where_there_is_no_way_to_share(window, stage):
    body = '<button data-share data-share-url="https://mesto.example/1" data-copied="Copied">Share</button>'
    window.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    window.page.add_init_script("navigator.share = undefined")
    page = window.open(stage.put("share", body))
    page.click("[data-share]")
    page.wait_for_function("() => document.querySelector('[data-toast]').textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()") == "https://mesto.example/1"


def test_the_button_of_the_filters_says_how_many_there_would_be(window, stage):
    body = (
        '<form role="search"><input name="age"><input name="empty" value="">'
        '<button data-live-count="/stage-count">Pokaži</button></form>'
    )
    page = window.open(stage.put("count", body))
    with page.expect_request("**/stage-count**") as asked:
        page.fill("[name=age]", "15")
    assert asked.value.url.endswith("/stage-count?age=15")
    page.wait_for_function("() => document.querySelector('[data-live-count]').textContent === 'Pokaži 15'")


def test_an_address_of_results_names_only_what_was_filled_in(visit, ljubljana_address):
    with visit(ljubljana_address) as visitor:
        page = visitor.open("/sl/opportunities")
        page.click("[popovertarget=filters]")
        page.check("#free")
        page.click(".sheet-foot button")
        page.wait_for_url("**?price=free")
        page.go_back()
        page.wait_for_url("**/opportunities")
        expect(page.locator("#free")).not_to_be_checked()


def test_the_sheet_over_the_map_follows_the_finger_the_button_and_the_keys(stage, visit):
    with visit(stage.address, viewport=PHONE, touch=True) as visitor:
        page = visitor.open(stage.put("sheet", f'<style nonce="n">{SHEET_STYLE}</style>{SHEET}'))

        def state():
            return page.get_attribute("#sheet", "data-at"), page.locator("#sheet").bounding_box()["height"]

        assert state() == ("half", PHONE["height"] / 2)
        grip = page.locator("[data-drag-grip]")
        grip.click()
        assert state()[0] == "full"
        grip.click()
        assert state()[0] == "peek"
        assert grip.get_attribute("aria-expanded") == "false"
        grip.press("ArrowUp")
        assert state()[0] == "half"
        grip.press("End")
        grip.press("ArrowDown")
        assert state()[0] == "peek"
        box = grip.bounding_box()
        page.mouse.move(box["x"] + 50, box["y"] + 5)
        page.mouse.down()
        page.mouse.move(box["x"] + 50, 200, steps=8)
        page.wait_for_timeout(50)
        page.mouse.move(box["x"] + 50, 201)
        assert 500 < state()[1] < 560
        page.mouse.up()
        assert state()[0] == "full"
        page.evaluate("document.dispatchEvent(new CustomEvent('map:selected'))")
        assert state()[0] == "peek"
        assert visitor.errors == []


def test_a_browser_that_keeps_nothing_still_shows_the_page(stage, visit):
    with visit(stage.address) as visitor:
        visitor.page.add_init_script(
            "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no'); } })"
        )
        page = visitor.open(stage.put("saving", SAVING + "<button data-theme-toggle>T</button>"))
        page.click("[data-save]")
        page.click("[data-theme-toggle]")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert visitor.errors == []


def test_letters_of_both_languages_are_drawn_in_our_own_typefaces(window, stage):
    page = window.open(stage.put("letters", "<p>čšž ąčęėįšųūž</p>"))
    for face in ("Figtree", "italic 16px Figtree", "Bricolage Grotesque"):
        font = face if "px" in face else f"16px {json.dumps(face)}"
        loaded = page.evaluate("font => document.fonts.load(font, 'aąčž').then((faces) => faces.length)", font)
        assert loaded == 2
