"""Checking a badge as people do it: on a phone and on a desk, with a file, a drop, a camera, or without any script."""

import io
import json
from pathlib import Path

import pytest
import segno
from PIL import Image

import col_core
from col_core.badges.credentials import baking_svg
from col_core.badges.credentials.records import BitstringEntry
from col_core.testing.badges import a_badge
from col_core.testing.browser import DESK, PHONE, with_camera
from col_core.testing.browser import visit as open_window
from col_core.testing.issuing import text
from col_core.testing.web_server import app_server

pytestmark = pytest.mark.browser

AXE = Path(col_core.__file__).parent / "web/static/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WINDOWS = {"phone": {"viewport": PHONE, "touch": True}, "desk, dark": {"viewport": DESK, "dark": True}}
ADDRESS = "https://library.example/badges/1"


@pytest.fixture(scope="module")
def address(app):
    with app_server(app) as running:
        yield running


@pytest.fixture(scope="module")
def badges(web, library):
    def signed(**changes):
        return library.signed(library.unsigned(a_badge(1, **{"status": [], **changes})))

    url = "https://library.example/status/browser"
    web.put(url, library.status_list(url, taken=[3]))
    good = signed()
    web.put(ADDRESS, good)
    picture = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z" fill="teal"/></svg>'
    return {
        "valid": baking_svg.bake(picture, json.dumps(good)),
        "invalid": text({**good, "name": "Other"}),
        "revoked": text(signed(status=[BitstringEntry(list_url=url, index=3)])),
        "unknown": text(signed(status=[BitstringEntry(list_url=f"{url}/none", index=3)])),
        "nothing": b"hello",
    }


def upload(page, given):
    name = "badge.svg" if given.startswith(b"<?xml") else "badge.json"
    page.set_input_files("#field-file", {"name": name, "mimeType": "application/octet-stream", "buffer": given})
    page.click(".actions button[type=submit]")
    page.wait_for_selector(".answer")


def faults(page):
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [f"{each['id']}: {node['html'][:160]}" for each in found["violations"] for node in each["nodes"]]


@pytest.mark.parametrize("window", WINDOWS)
def test_axe_finds_nothing_and_nobody_else_is_asked(visit, address, badges, window):
    with visit(address, **WINDOWS[window]) as visitor:
        found = {"form": faults(visitor.open("/sl/verify"))}
        for kind, given in badges.items():
            page = visitor.open("/sl/verify")
            upload(page, given)
            assert page.locator(f".answer-{kind}").count() == 1
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            found[kind] = faults(page)
        assert visitor.foreign == []
        assert visitor.errors == []
    assert {name: each for name, each in found.items() if each} == {}


def test_the_answer_and_the_name_are_seen_without_scrolling_on_a_phone(visit, address, badges):
    with visit(address, **WINDOWS["phone"]) as visitor:
        page = visitor.open("/lt/verify")
        upload(page, badges["valid"])
        for each in (".answer-word", ".answer-badge h1", ".answer-issuer"):
            box = page.locator(each).bounding_box()
            assert box["y"] + box["height"] < PHONE["height"]


def test_without_scripts_a_file_and_an_address_are_checked(visit, address, badges):
    with visit(address, viewport=PHONE, scripts=False) as visitor:
        page = visitor.open("/en/verify")
        assert page.locator("[data-scan]:visible").count() == 0
        upload(page, badges["revoked"])
        assert page.locator(".answer-word").inner_text() == "Revoked"
        page.goto(f"{address}/en/verify")
        page.fill("#field-credential", ADDRESS)
        page.click(".actions button[type=submit]")
        page.wait_for_selector(".answer")
        assert page.locator(".answer-word").inner_text() == "Valid"


def test_a_file_that_is_dropped_is_checked_at_once(visit, address, badges):
    with visit(address) as visitor:
        page = visitor.open("/en/verify")
        page.wait_for_load_state("networkidle")
        page.evaluate(
            """content => {
              const data = new DataTransfer();
              data.items.add(new File([content], "badge.json", { type: "application/json" }));
              const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
              document.querySelector("[data-drop]").dispatchEvent(drop);
            }""",
            badges["revoked"].decode(),
        )
        page.wait_for_selector(".answer")
        assert page.locator(".answer-word").inner_text() == "Revoked"


def test_a_code_before_the_camera_is_read_in_the_browser_and_checked(chromium, address, badges, tmp_path):
    """Chromium takes the frames of a file for its camera; on Linux it has no reader of its own, so ours is tried."""
    code, frame = io.BytesIO(), io.BytesIO()
    segno.make(ADDRESS, error="m").save(code, kind="png", scale=6, border=6)
    picture = Image.new("RGB", (640, 480), "white")
    with Image.open(code) as drawn:
        picture.paste(drawn.convert("RGB"), (120, 40))
    picture.save(frame, "JPEG", quality=90)
    (tmp_path / "camera.mjpeg").write_bytes(frame.getvalue() * 30)
    with with_camera(chromium, tmp_path / "camera.mjpeg") as filming, open_window(filming, address) as visitor:
        visitor.page.context.grant_permissions(["camera"], origin=address)
        page = visitor.open("/en/verify")
        page.click("[data-scan]")
        page.wait_for_selector(".answer-valid", timeout=20_000)
        assert visitor.foreign == []


def test_without_a_camera_one_is_told_and_can_go_on(visit, address):
    with visit(address, **WINDOWS["phone"]) as visitor:
        page = visitor.open("/en/verify")
        page.click("[data-scan]")
        page.get_by_text("The camera cannot be used").wait_for()
        page.click("[data-scanner-stop]")
        assert page.evaluate("document.activeElement.hasAttribute('data-scan')")
