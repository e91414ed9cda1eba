import base64
import json
import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest

from col_core.passport.tables import HeldRow, HolderRow


@pytest.fixture
def signed(room):
    """A badge of somebody else, as a file."""
    giver = room.phone()
    held = giver.claim(room.code(badge="cake"))
    return {each: giver.get(f"/en/passport/{held}/badge.{each}").data for each in ("json", "png", "jwt")}


def look(phone, body):
    phone.post("/en/passport/add", {"file": (BytesIO(body), "badge")}, content_type="multipart/form-data")
    found = re.search(r'name="badge" value="([^"]+)"', phone.text)
    return found[1] if found else None


@pytest.mark.parametrize("form", ["json", "png", "jwt"])
def test_a_badge_is_looked_at_first_and_then_kept_as_it_came(room, phone, signed, form):
    holders = room.count(HolderRow)
    badge = look(phone, signed[form])
    assert "answer-valid" in phone.text
    assert room.count(HolderRow) == holders
    phone.post("/en/passport/add/keep", {"badge": badge})
    assert phone.answer.status_code == 303
    held = re.search(r"/passport/(\w+)", phone.place)[1]
    assert phone.get(f"/en/passport/{held}").status_code == 200
    assert "<span>Valid</span>" in phone.text
    assert phone.get(f"/en/passport/{held}/badge.original").data == signed[form]
    if form == "png":
        assert phone.get(f"/en/passport/{held}/picture").mimetype == "image/webp"
    assert phone.post(f"/en/passport/{held}/check").status_code == 303
    assert phone.post(f"/en/passport/{held}/public", {"public": "yes"}).status_code == 409


def test_the_same_badge_again_is_not_kept_twice(room, phone, signed):
    badge = look(phone, signed["json"])
    for _ in range(2):
        phone.post("/en/passport/add/keep", {"badge": badge})
    assert re.fullmatch(r"/en/passport/\w+", phone.place)
    assert "wall-badge" in phone.get("/en/passport").get_data(as_text=True)
    assert room.count(HeldRow) == 2


def test_a_badge_that_is_kept_twice_at_once_is_kept_once(room, phone, signed):
    badge = look(phone, signed["json"])
    phone.claim(room.code())
    token = phone.client.get_cookie("testville_passport", domain="testville.example").value
    before = room.count(HeldRow)

    def keep(_):
        other = room.phone()
        other.client.set_cookie("testville_passport", token, domain="testville.example")
        return other.post("/en/passport/add/keep", {"badge": badge}).status_code

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(keep, range(3))) == [303] * 3
    assert room.count(HeldRow) == before + 1


@pytest.mark.parametrize("day", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_a_day_at_the_end_of_all_calendars_is_left_out(phone, signed, day):
    document = json.loads(signed["json"])
    document["validFrom"] = document["validUntil"] = day
    badge = look(phone, json.dumps(document).encode())
    phone.post("/en/passport/add/keep", {"badge": badge})
    held = re.search(r"/passport/(\w+)", phone.place)[1]
    share = phone.share(held)
    for path in ("passport", f"passport/{held}", "passport/words.pdf", "passport/archive.zip", f"p/{share}"):
        assert phone.get(f"/en/{path}").status_code == 200
        assert phone.answer.get_data()


def test_a_forged_badge_may_be_kept_and_says_everywhere_what_it_is(room, phone, signed):
    forged = json.loads(signed["json"])
    forged["credentialSubject"]["achievement"]["name"] = "Doktorat"
    badge = look(phone, json.dumps(forged).encode())
    assert "answer-invalid" in phone.text
    phone.post("/en/passport/add/keep", {"badge": badge})
    held = re.search(r"/passport/(\w+)", phone.place)[1]
    assert "Not valid" in phone.get(f"/en/passport/{held}").get_data(as_text=True)
    share = phone.share(held)
    employer = room.phone()
    employer.get(f"/en/p/{share}")
    assert "answer-invalid" in employer.text
    assert "answer-valid" not in employer.text


NO_BADGES = [b"hello", b"{}", b"\x89PNG\r\n\x1a\n", b"{" * 5000, b"\xff\xfe"]


def test_what_is_no_badge_is_said_and_not_kept(room, phone):
    for body in NO_BADGES:
        assert look(phone, body) is None
        assert phone.answer.status_code == 200
        phone.post("/en/passport/add/keep", {"badge": base64.b64encode(body).decode()})
        assert phone.answer.status_code == 422
        assert room.count(HeldRow) == 0


BROKEN = ["", "%%%", "A" * 900_000]


def test_what_does_not_arrive_whole_is_asked_for_again(room, phone):
    for sent in BROKEN:
        assert phone.post("/en/passport/add/keep", {"badge": sent}).status_code in (413, 422)
        assert room.count(HeldRow) == 0


def test_an_empty_form_says_what_it_needs(phone):
    assert phone.post("/en/passport/add", {"credential": " "}).status_code == 422
    assert 'id="error-file"' in phone.text


def test_a_badge_too_large_to_be_kept_is_not_offered_to_be(phone, signed):
    padded = signed["json"].decode().replace("{", "{" + " " * 610_000, 1)
    assert phone.post("/en/passport/add", {"credential": padded}).status_code == 200
    assert 'name="badge"' not in phone.text
    assert "answer-" in phone.text


def test_an_address_that_is_not_open_to_all_is_not_asked(phone):
    phone.post("/en/passport/add", {"credential": "http://127.0.0.1:9/badge.json"})
    assert phone.answer.status_code == 200
    assert "answer-valid" not in phone.text
