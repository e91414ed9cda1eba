"""A badge is brought along from one city to another, by a file or a link, kept there, and shown with its city."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

import col_core
from col_core.testing.browser import DESK, PHONE

AXE = Path(col_core.__file__).parent / "web/static/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def check(page):
    """Fail on what axe finds, and on a page wider than its window."""
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_badge_comes_from_ljubljana_to_vilnius_in_lithuanian(visit, towns, tmp_path):
    ljubljana, vilnius, turn_off = towns
    _, body = ljubljana.give("books")
    badge, altered = tmp_path / "badge.json", tmp_path / "altered.json"
    badge.write_bytes(body)
    altered.write_text(json.dumps(json.loads(body) | {"name": "Kita"}), encoding="utf-8")
    vilnius.meet(ljubljana)
    vilnius.mirror(ljubljana)
    words = "Išdavėjas patikrintas · Liubliana, miestų tinkle nuo 2025-03-13"
    for window in ({"viewport": PHONE, "touch": True}, {"viewport": DESK, "dark": True}):
        with visit(vilnius.url, **window) as learner:
            page = learner.open("/lt/passport/add")
            page.set_input_files("input[type=file]", altered)
            page.click(".check-form button[type=submit], .form button[type=submit]")
            expect(page.locator(".answer-invalid")).to_have_count(1)
            learner.open("/lt/passport/add")
            page.set_input_files("input[type=file]", badge)
            page.click(".check-form button[type=submit], .form button[type=submit]")
            expect(page.locator(".answer-valid")).to_have_count(1)
            assert page.locator(".recognised").inner_text() == words
            assert page.locator("h1 [lang=sl], h1[lang=sl]").first.inner_text() == "Značka books"
            check(page)
            page.click(".looked form button >> nth=0")
            page.wait_for_url("**/kept")
            learner.open("/lt/passport")
            assert page.locator(".wall-badge .recognised").inner_text().endswith("Liubliana")
            assert page.locator(".wall-badge h3 [lang=sl]").inner_text() == "Značka books"
            check(page)
            page.click(".wall-badge h3 a")
            assert page.locator(".own-title .recognised").inner_text() == words
            assert page.locator(".own-story .as-written[lang=sl]").first.inner_text().startswith("Kdor ima")
            check(page)
            learner.open("/lt/passport/share")
            page.click(".form button[type=submit]")
            page.wait_for_url("**/pages?new=*")
            learner.page.goto(page.locator(".new-page .address a").get_attribute("href"))
            assert page.locator(".seen .recognised").inner_text() == words
            check(page)
            assert learner.foreign == []
    turn_off()
    with visit(vilnius.url, viewport=PHONE) as employer:
        page = employer.open("/lt/verify")
        page.set_input_files("input[type=file]", badge)
        page.click(".check-form button[type=submit]")
        assert page.locator(".answer-valid .answer-as-of").inner_text().startswith("Išdavėjo serveris neatsakė")
        check(page)


def test_a_badge_that_is_kept_shows_by_itself_that_its_city_left(towns, clock):
    ljubljana, vilnius, turn_off = towns
    given, body = ljubljana.give("tea")
    vilnius.meet(ljubljana)
    vilnius.mirror(ljubljana)
    browser = vilnius.app.test_client()
    same = {"base_url": vilnius.url, "headers": {"Sec-Fetch-Site": "same-origin"}}
    secret = ljubljana.app.test_client()
    secret.post(f"/en/claim/{given.code}", base_url=ljubljana.url, headers=same["headers"])
    held = secret.get("/en/passport", base_url=ljubljana.url).get_data(as_text=True).split("/en/passport/")[1:]
    id_ = next(each[:24] for each in held if each[:24].isalnum())
    secret.post(f"/en/passport/{id_}/public", data={"public": "yes"}, base_url=ljubljana.url, headers=same["headers"])
    looked = browser.post("/en/passport/add", data={"credential": json.loads(body)["id"]}, **same)
    page = looked.get_data(as_text=True)
    assert "Issuer verified" in page
    brought = page.split('name="badge" value="')[1].partition('"')[0]
    assert browser.post("/en/passport/add/keep", data={"badge": brought}, **same).status_code == 303
    assert "Ljubljana" in browser.get("/en/passport", base_url=vilnius.url).get_data(as_text=True)
    turn_off()
    clock.advance(days=40)
    wall = browser.get("/en/passport", base_url=vilnius.url).get_data(as_text=True)
    kept = next(each for each in wall.split("/en/passport/")[1:] if each[:24].isalnum())[:24]
    browser.post(f"/en/passport/{kept}/check", **same)
    own = browser.get(f"/en/passport/{kept}", base_url=vilnius.url).get_data(as_text=True)
    assert "<span>Valid</span>" in own
    assert 'href="https://photos.example/1"' in own
    assert f"<dd>{ljubljana.host}</dd>" in own
    assert "was a member of the network of cities until 6 Feb 2026" in own
    assert "what is known is of 7 Jan 2026" in own
