"""The main ways on a phone: a bar along its lower edge, which nothing lies under and which covers nothing."""

import pytest
from playwright.sync_api import expect

from col_core.catalogue.records import Query
from col_core.testing.browser import DESK, PHONE

pytestmark = pytest.mark.browser

SMALLEST = {"width": 320, "height": 568}
TARGET_PX = 44
BAR = ".top-nav"
# What has the focus, and whether a bar lies over its middle. Bars themselves, and the map under its list, are left out.
FOCUSED = """() => {
  const one = document.activeElement;
  const held = one.closest(".top, .action-bar, .to-map, [data-map]");
  const { left, right, top, bottom } = one.getBoundingClientRect();
  const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const inTheWay = held ? null : at?.closest(".top, .action-bar, .decide, .to-map");
  return { name: one.outerHTML.slice(0, 90), isHidden: Boolean(inTheWay && !inTheWay.contains(one)) };
}"""


@pytest.fixture(scope="module")
def offer(ljubljana):
    found = ljubljana.catalogue.find(Query(per_page=50)).items
    return next(
        each.opportunity.id for each in found if each.opportunity.place and each.opportunity.content.registration.url
    )


@pytest.fixture
def page(visit, ljubljana_address):
    with visit(ljubljana_address, viewport=PHONE, touch=True) as visitor:
        yield visitor.page
        assert visitor.errors == []


@pytest.fixture
def opened(page, ljubljana_address):
    def go(path):
        page.goto(ljubljana_address + path)
        page.wait_for_load_state("networkidle")
        return page

    return go


def box(page, selector):
    found = page.locator(selector).bounding_box()
    return {**found, "end": found["y"] + found["height"]}


@pytest.mark.parametrize("window", [PHONE, SMALLEST])
@pytest.mark.parametrize("language", ["sl", "lt", "en"])
def test_every_way_has_its_word_beside_its_sign_on_one_line_and_room_for_a_thumb(opened, language, window):
    page = opened(f"/{language}/")
    page.set_viewport_size(window)
    bar = box(page, BAR)
    assert round(bar["end"]) == window["height"]
    for link in page.locator(f"{BAR} a").all():
        place, sign, word = (each.bounding_box() for each in (link, link.locator("svg"), link.locator("span").first))
        assert min(place["width"], place["height"]) >= TARGET_PX
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= window["width"]
        assert sign["y"] + sign["height"] <= word["y"]
        assert 10 < word["height"] < 20, "the word breaks, or cannot be seen"


def test_the_bar_says_where_one_is_and_stands_once_in_the_page(opened, offer):
    marked = {}
    for path in ("/sl/", "/sl/opportunities", f"/sl/opportunities/{offer}", "/sl/badges", "/sl/claim", "/sl/saved"):
        page = opened(path)
        expect(page.get_by_role("navigation", name="Glavni meni")).to_have_count(1)
        marks = page.locator(f"{BAR} a").evaluate_all(
            "all => all.map(each => [each.innerText.trim(), each.ariaCurrent]).filter(([, current]) => current)"
        )
        marked[path.replace(offer, "offer")] = dict(marks)
    assert marked == {
        "/sl/": {},
        "/sl/opportunities": {"Razišči": "page"},
        "/sl/opportunities/offer": {"Razišči": "true"},
        "/sl/badges": {"Značke": "page"},
        "/sl/claim": {"Prevzemi značko": "page"},
        "/sl/saved": {"Shranjeno": "page"},
    }


def test_the_one_action_of_an_offer_lies_right_above_the_bar(opened, offer):
    page = opened(f"/sl/opportunities/{offer}")
    bar, action = box(page, BAR), box(page, ".action-bar")
    assert abs(action["end"] - bar["y"]) < 1
    assert bar["height"] + action["height"] < PHONE["height"] / 5
    page.locator(".action-bar .save").click()
    expect(page.locator(f"{BAR} [data-saved-count]")).to_have_text("1")
    page.evaluate("document.querySelector('[data-toast]').textContent = 'Povezava je kopirana'")
    assert box(page, "[data-toast]")["end"] < action["y"]


def test_what_is_last_on_a_page_can_be_read_above_the_bar(opened, offer):
    for path in ("/sl/", "/sl/opportunities", f"/sl/opportunities/{offer}", "/sl/badges"):
        page = opened(path)
        page.evaluate("scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })")
        held = ".action-bar" if page.locator(".action-bar").count() else BAR
        assert box(page, ".foot-fine")["end"] <= box(page, held)["y"]


def test_what_has_the_focus_is_never_under_a_bar(visit, ljubljana_address, offer):
    hidden = []
    with visit(ljubljana_address, viewport=PHONE) as visitor:
        for path in ("/sl/badges", f"/sl/opportunities/{offer}", "/sl/opportunities"):
            page = visitor.open(path)
            page.wait_for_load_state("networkidle")
            for key in ("Tab", "Shift+Tab"):
                for _ in range(25):
                    page.keyboard.press(key)
                    page.evaluate("() => new Promise(requestAnimationFrame)")
                    found = page.evaluate(FOCUSED)
                    if found["isHidden"]:
                        hidden.append((path, key, found["name"]))
    assert hidden == []


def test_the_list_peeks_out_above_the_bar_and_the_map_ends_there(opened):
    page = opened("/sl/opportunities")
    page.wait_for_selector("[data-map-state=ready]")
    grip = page.locator("[data-drag-grip]")
    grip.click()
    grip.click()
    bar = box(page, BAR)
    assert box(page, "[data-map]")["end"] <= bar["y"] + 1
    assert box(page, ".found")["end"] < bar["y"]
    page.evaluate("scrollTo({ top: 2000, behavior: 'instant' })")
    away = page.locator(".to-map")
    away.wait_for(state="visible")
    assert box(page, ".to-map")["end"] < bar["y"]


@pytest.mark.parametrize("path", ["/lt/", "/lt/badges", "/lt/claim"])
def test_letters_of_twice_the_size_break_nothing(visit, ljubljana_address, path):
    with visit(ljubljana_address, viewport=PHONE) as visitor:
        page = visitor.open(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        for link in page.locator(f"{BAR} a").all():
            place, word = link.bounding_box(), link.locator("span").first.bounding_box()
            assert place["x"] >= 0
            assert place["x"] + place["width"] <= PHONE["width"]
            assert word["x"] >= place["x"] - 1
            assert word["y"] + word["height"] <= PHONE["height"]


@pytest.mark.parametrize("window", [{"width": 740, "height": 360}, {"width": 320, "height": 256}])
def test_a_low_window_keeps_its_height_for_the_page(visit, ljubljana_address, window):
    with visit(ljubljana_address, viewport=window) as visitor:
        page = visitor.open("/lt/badges")
        nav = page.locator(BAR)
        assert nav.evaluate("nav => getComputedStyle(nav).position") == "static"
        for word in ("Atrask", "Ženkleliai", "Atsiimti ženklelį", "Išsaugota"):
            assert nav.get_by_text(word, exact=True).bounding_box()["width"] > 20
        page.evaluate("scrollTo({ top: 600, behavior: 'instant' })")
        assert box(page, ".top")["end"] <= 0


def test_a_desk_has_the_ways_in_its_header(visit, ljubljana_address):
    with visit(ljubljana_address, viewport=DESK) as visitor:
        page = visitor.open("/sl/badges")
        assert box(page, BAR)["end"] <= box(page, ".top")["end"] <= 66
        assert page.evaluate("getComputedStyle(document.body).paddingBottom") == "0px"


def test_the_bar_needs_no_script_and_is_not_printed(visit, ljubljana_address):
    with visit(ljubljana_address, viewport=PHONE, scripts=False) as visitor:
        page = visitor.open("/sl/badges")
        assert round(box(page, BAR)["end"]) == PHONE["height"]
        page.emulate_media(media="print")
        expect(page.locator(BAR)).to_be_hidden()
        expect(page.locator("body")).to_have_css("padding-bottom", "0px")
