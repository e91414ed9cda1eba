import base64
import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from col_core.badges.checking.showing import place_of
from col_core.badges.credentials import baking_png, baking_svg
from col_core.badges.credentials.records import BitstringEntry
from col_core.testing.badges import ACHIEVED, a_badge
from col_core.testing.issuing import NOW, text

LIST = "https://library.example/status/1"


def signed(library, **changes):
    return library.signed(library.unsigned(a_badge(1, **{"status": [], **changes})))


def sent(client, given=None, *, language="en", name="badge.json", **fields):
    data = {"credential": "", "email": "", **fields}
    if given is not None:
        data["file"] = (BytesIO(given), name)
    return client.post(f"/{language}/verify", data=data, content_type="multipart/form-data")


def lines(answer):
    """What is read on the page, line by line."""
    plain = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", answer.text, flags=re.DOTALL)
    return [each.strip() for each in re.sub(r"<[^>]+>", "\n", plain).splitlines() if each.strip()]


def test_the_page_is_there_in_each_language_and_every_page_leads_to_it(client):
    for language, title in (("sl", "Preveri značko"), ("lt", "Patikrink ženklelį"), ("en", "Check a badge")):
        answer = client.get(f"/{language}/verify")
        assert answer.status_code == 200
        assert f"<h1>{title}</h1>" in answer.text
        assert f'href="/{language}/verify"' in client.get(f"/{language}/").text


def test_an_address_in_the_link_is_filled_in_and_not_asked(client, web):
    before = len(web.asked)
    answer = client.get("/en/verify?address=https://library.example/badges/1%22%3E%3Cscript%3E")
    assert "https://library.example/badges/1&#34;&gt;&lt;script&gt;" in answer.text
    assert len(web.asked) == before


@pytest.mark.parametrize(
    ("make", "kind", "word"),
    [
        (lambda web, library: signed(library), "valid", "Valid"),
        (lambda web, library: {**signed(library), "name": "Other"}, "invalid", "Not valid"),
        (lambda web, library: signed(library, status=[BitstringEntry(list_url=LIST, index=3)]), "revoked", "Revoked"),
        (
            lambda web, library: signed(
                library, status=[BitstringEntry(list_url=f"{LIST}/s", index=3, purpose="suspension")]
            ),
            "suspended",
            "Suspended",
        ),
        (lambda web, library: signed(library, valid_until=NOW - timedelta(days=1)), "expired", "Expired"),
        (
            lambda web, library: signed(library, status=[BitstringEntry(list_url=f"{LIST}/none", index=3)]),
            "unknown",
            "Cannot tell",
        ),
    ],
)
def test_each_answer_has_a_word_a_shape_and_a_look_of_its_own(client, web, library, make, kind, word):
    web.put(LIST, library.status_list(LIST, taken=[3]))
    web.put(f"{LIST}/s", library.status_list(f"{LIST}/s", purpose="suspension", taken=[3]))
    answer = sent(client, text(make(web, library)))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'class="answer answer-{kind}"' in answer.text
    assert f'<p class="answer-word">{word}</p>' in answer.text
    assert "Čaj za začetnike" in answer.text
    assert ("answer-valid" in answer.text) == (kind == "valid")
    assert ("Nobody confirms it." in answer.text) == (kind == "invalid")


def test_who_what_when_how_and_what_for_are_told(client, library):
    said = lines(sent(client, text(signed(library, valid_until=NOW + timedelta(days=30)))))
    for each in (
        "Mestna knjižnica", "library.example", "7 January 2026", "18 June 2026", "Kdor ima to značko, zna skuhati čaj.",
        "I can make tea.", "prepare tea", "Slika", "Slovenia", "25", "Praktični preizkus", "Slovenian",
    ):  # fmt: skip
        assert each in said


def test_the_words_of_a_badge_stand_in_its_own_language_beside_those_of_the_visitor(client, library):
    answer = sent(client, text(signed(library)), language="lt")
    assert '<span lang="sl" dir="auto">Čaj za začetnike</span>' in answer.text
    assert '<p class="answer-word">Galioja</p>' in answer.text
    assert "Parašas tinka: po išdavimo ženklelio niekas nekeitė." in answer.text
    own = sent(client, text(signed(library)), language="sl")
    assert "<span>Čaj za začetnike</span>" in own.text
    assert "Znam skuhati čaj." in own.text


def test_text_and_address_can_be_pasted(client, web, library):
    badge = signed(library)
    for given in (json.dumps(badge), f"  {json.dumps(badge)}\n", web.put("https://library.example/b/1", badge)):
        assert "answer-valid" in sent(client, credential=given).text


def test_a_picture_is_shown_made_anew_and_without_what_it_hides(client, library):
    badge = json.dumps(signed(library))
    photo = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "Where somebody lives"
    Image.new("RGB", (900, 900), "teal").save(photo, "PNG", exif=exif)
    shown = sent(client, baking_png.bake(photo.getvalue(), badge), name="badge.png")
    data = base64.b64decode(re.search(r"data:image/webp;base64,([\w+/=]+)", shown.text)[1])
    with Image.open(BytesIO(data)) as picture:
        assert picture.width == 480
    assert b"lives" not in data
    drawing = (
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script><path d="M0 0h9"/></svg>'
    )
    shown = sent(client, baking_svg.bake(drawing, badge), name="badge.svg")
    kept = base64.b64decode(re.search(r"data:image/svg\+xml;base64,([\w+/=]+)", shown.text)[1])
    assert b"alert" not in kept
    assert b"M0 0h9" in kept
    assert b"credential" not in kept


def test_words_that_try_to_be_more_than_words_stay_words(client, library):
    evil = "<script>alert(1)</script> ![x](https://track.example/p.png) [a](javascript:alert(1)) <img src=x onerror=y>"
    document = library.unsigned(a_badge(1, status=[], narrative=evil))
    achievement = document["credentialSubject"]["achievement"]
    achievement |= {"name": evil, "description": evil}
    achievement["criteria"] = {"narrative": evil, "id": "javascript:alert(1)"}
    document["issuer"]["url"] = "javascript:alert(1)"
    answer = sent(client, library.token(document).encode(), name="badge.jwt")
    assert "answer-valid" in answer.text
    body = answer.text.partition("<main")[2]
    assert "<script>alert" not in body
    assert 'href="javascript' not in body
    assert "<img src=x" not in body
    assert 'src="https://track' not in body


def test_what_is_no_badge_is_said_kindly_with_the_form_at_hand(client):
    answer = sent(client, b"hello")
    assert answer.status_code == 200
    assert '<p class="answer-word">No badge</p>' in answer.text
    assert '<details class="fold badge-again" open>' in answer.text
    screenshot = BytesIO()
    Image.new("RGB", (9, 9)).save(screenshot, "PNG")
    assert "A screenshot or a copy from a chat loses it" in sent(client, screenshot.getvalue(), name="x.png").text


def test_an_empty_form_says_what_to_do_and_keeps_what_was_typed(client):
    answer = sent(client, email="jana@example.org")
    assert answer.status_code == 422
    assert "Choose a file, or paste an address or the text of a badge." in answer.text
    assert 'value="jana@example.org"' in answer.text
    assert sent(client, b"x", email="nonsense").status_code == 422


def test_a_form_of_another_site_is_refused_and_a_file_that_is_too_large_too(client):
    foreign = client.post("/en/verify", data={"credential": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    large = b"--b\r\n" + b"x" * 10_000_000
    assert client.post("/en/verify", data=large, content_type="multipart/form-data; boundary=b").status_code == 413


def test_somebody_who_checks_without_end_is_told_to_wait(client, ljubljana):
    from_outside = {"REMOTE_ADDR": "93.184.216.35"}
    limit = ljubljana.house.config.limits.checks_per_hour
    for _ in range(limit):
        client.post("/api/v1/verify", json={"credential": "x"}, environ_overrides=from_outside)
    answer = client.post("/en/verify", data={"credential": "kept"}, environ_overrides=from_outside)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "kept" in answer.text
    assert ACHIEVED.name not in answer.text


def test_no_letter_hides_turns_the_line_or_looks_like_another(client, library):
    document = library.unsigned(a_badge(1, status=[]))
    document["credentialSubject"]["achievement"]["name"] = "Tea \u202eeknirD"
    document["issuer"]["url"] = "https://library.example/"
    answer = sent(client, library.token(document).encode(), name="badge.jwt")
    assert "\u202e" not in answer.text
    assert place_of("https://аpple.example/issuer") == "xn--pple-43d.example"
    assert place_of("did:web:library.example%3A8001:organisations:a") == "library.example:8001"
    assert place_of("did:key:z6Mk") == place_of("nonsense") == ""
