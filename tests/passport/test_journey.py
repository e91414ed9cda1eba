"""The way of a badge as a young person and an employer go it, in a real browser."""

import re
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(("language", "window"), [("sl", "phone"), ("lt", "phone"), ("sl", "desk, dark")])
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
        assert page.get_attribute("[data-flip-button]", "aria-pressed") == "true"
        page.click(".cv-language[open] [data-copy]")
        page.wait_for_function("() => document.querySelector('[data-toast]').textContent")
        assert page.evaluate("navigator.clipboard.readText()").count("\n") >= 1
        learner.open(f"/{language}/claim/{cake}")
        page.click(".decide form button")
        page.wait_for_url("**/kept")
        learner.open(f"/{language}/passport")
        assert page.locator(".wall-badge").count() == 2
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
        assert seen.locator(".answer-valid").count() == 1
        check(seen)
        page.click(".page-one form button")
        page.wait_for_load_state("networkidle")
        assert seen.goto(url).status == 410
        check(seen)
        for path in ("recovery", "recover", "leave", "forget", "add"):
            learner.open(f"/{language}/passport/{path}")
            check(page)
        assert learner.foreign == employer.foreign == []
        assert [each for each in learner.errors + employer.errors if "410" not in each] == []


def test_everything_works_without_scripts(towns, chromium):
    room, address = towns["sl"]
    context = chromium.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{address}/sl/claim")
    assert not page.locator("[data-scan]").is_visible()
    page.fill("#field-code", room.code())
    page.click(".code-form button[type=submit]")
    page.click(".decide form button")
    page.click(".kept .button >> nth=0")
    assert page.locator(".cv-text").first.is_visible()
    page.locator(".cv-language >> nth=1").locator("summary").click()
    assert page.locator(".cv-text").nth(1).is_visible()
    page.click("#who-sees-it button")
    assert page.locator("#who-sees-it .address a").is_visible()
    context.close()


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
