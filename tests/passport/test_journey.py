"""The way of a badge as a young person and an employer go it, in a real browser."""

import re
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

import col_core
from col_core.base.config import load_city
from col_core.house import open_city
from col_core.testing.browser import DESK, PHONE
from col_core.testing.clock import FixedClock
from col_core.testing.web_server import app_server

pytestmark = pytest.mark.browser

AXE = Path(col_core.__file__).parent / "web/static/node_modules/axe-core/axe.min.js"
CITIES = Path(__file__).parents[2] / "cities"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WINDOWS = {"phone": {"viewport": PHONE, "touch": True}, "desk, dark": {"viewport": DESK, "dark": True}}


@contextmanager
def opened(name, folder, room_in):
    """Open a shipped city and serve it."""
    config = load_city(CITIES / name, environ={"COL_VAR": str(folder / name)})
    with open_city(config, clock=FixedClock(datetime.now(UTC))) as made:
        room = room_in(made, made.house.config.base_url)
        with app_server(room.app) as address:
            yield room, address


@pytest.fixture(scope="module")
def towns(tmp_path_factory, room_in):
    folder = tmp_path_factory.mktemp("cities")
    with opened("ljubljana", folder, room_in) as ljubljana, opened("vilnius", folder, room_in) as vilnius:
        yield {"sl": ljubljana, "lt": vilnius}


def check(page):
    """Fail on what axe finds, and on a page wider than its window."""
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


def here(address, url):
    """Return the path of an address that the city made for itself."""
    return re.sub(r"^https?://[^/]+", address, url)


@pytest.mark.parametrize(("language", "window"), [("sl", "phone"), ("lt", "desk, dark")])
def test_a_badge_is_claimed_kept_used_shared_and_withdrawn(visit, towns, language, window):
    room, address = towns[language]
    code, cake = room.code(), room.code(badge="cake")
    with visit(address, **WINDOWS[window]) as learner, visit(address, **WINDOWS[window]) as employer:
        learner.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        page = learner.open(f"/{language}/")
        page.click(f'.top-nav a[href="/{language}/claim"]')
        check(page)
        page.fill("#field-code", code.lower())
        page.press("#field-code", "Enter")
        page.wait_for_url(f"**/claim/{code}")
        check(page)
        page.click(".decide form button")
        page.wait_for_url("**/kept")
        assert page.locator(".recovery-code").inner_text().count("-") == 3
        check(page)
        learner.open(f"/{language}/claim/{code}")
        check(page)
        page.click(".kept .button >> nth=0")
        check(page)
        page.click("[data-flip-button]")
        expect(page.locator("[data-flip-button]")).to_have_attribute("aria-pressed", "true")
        page.click(".cv-language[open] [data-copy]")
        page.wait_for_function("() => document.querySelector('[data-toast]').textContent")
        assert page.evaluate("navigator.clipboard.readText()").count("\n") >= 1
        learner.open(f"/{language}/claim/{cake}")
        page.click(".decide form button")
        page.wait_for_url("**/kept")
        learner.open(f"/{language}/passport")
        expect(page.locator(".wall-badge")).to_have_count(2)
        check(page)
        learner.open(f"/{language}/passport/share")
        page.locator(".pick-one input").first.check()
        check(page)
        page.click(".form button[type=submit]")
        page.wait_for_url("**/pages?new=*")
        check(page)
        url = here(address, page.locator(".new-page .address a").get_attribute("href"))
        seen = employer.page
        seen.goto(url)
        expect(seen.locator(".answer-valid")).to_have_count(1)
        check(seen)
        with page.expect_navigation(wait_until="networkidle"):
            page.click(".page-one form button")
        assert seen.goto(url).status == 410
        check(seen)
        for path in ("recovery", "recover", "leave", "forget", "add"):
            learner.open(f"/{language}/passport/{path}")
            check(page)
        assert learner.foreign == employer.foreign == []
        assert [each for each in learner.errors + employer.errors if "410" not in each] == []


def test_everything_works_without_scripts(towns, visit):
    room, address = towns["sl"]
    with visit(address, viewport=PHONE, scripts=False) as visitor:
        page = visitor.open("/sl/claim")
        expect(page.locator("[data-scan]")).to_be_hidden()
        page.fill("#field-code", room.code())
        page.click("form.form-card button[type=submit]")
        page.click(".decide form button")
        page.click(".kept .button >> nth=0")
        expect(page.locator(".cv-text").first).to_be_visible()
        page.locator(".cv-language >> nth=1").locator("summary").click()
        expect(page.locator(".cv-text").nth(1)).to_be_visible()
        page.click("#who-sees-it button")
        expect(page.locator("#who-sees-it .address a")).to_be_visible()


def test_a_screen_shows_its_next_code_by_itself(towns, visit):
    from col_core.badges.awards.records import LinkKind

    room, address = towns["sl"]
    link = room.link(LinkKind.SCREEN, most=30)
    with visit(address, viewport=DESK) as beamer:
        page = beamer.open(f"/sl/screen/{room.secret(link)}")
        check(page)
        before = page.locator(".screen-code").inner_text()
        room.clock.advance(seconds=30)
        page.wait_for_function("before => document.querySelector('.screen-code').textContent !== before", arg=before)
        assert page.locator(".screen-qr-code svg").count() == 1
        assert beamer.errors == []
