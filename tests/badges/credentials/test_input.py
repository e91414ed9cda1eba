import base64
import json

import pytest

from col_core.badges.credentials import baking_png, baking_svg
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.input import MAX_BYTES, read

BADGE = {"type": "x", "name": "Čaj"}
TOKEN = "eyJhbGciOiJFZERTQSJ9.e30.c2ln"
SVG = baking_svg.bake(b'<svg xmlns="http://www.w3.org/2000/svg"/>', TOKEN)


@pytest.mark.parametrize(
    "given",
    [
        json.dumps(BADGE),
        json.dumps(BADGE).encode(),
        "\ufeff \n" + json.dumps(BADGE) + "\r\n\u00a0",
        b"\xef\xbb\xbf" + json.dumps(BADGE, ensure_ascii=False).encode(),
        "data:application/json," + json.dumps(BADGE).replace('"', "%22"),
        base64.b64encode(json.dumps(BADGE).encode()).decode(),
        json.dumps({"credential": BADGE}),
    ],
)
def test_json_is_known_however_it_was_pasted(given):
    assert read(given).document == BADGE


@pytest.mark.parametrize(
    "given", [TOKEN, f"  {TOKEN}\n", f'"{TOKEN}"', TOKEN[:12] + "\r\n " + TOKEN[12:], TOKEN.encode()]
)
def test_a_token_is_known_with_the_line_breaks_of_a_mail(given):
    assert read(given).token == TOKEN


@pytest.mark.parametrize(
    "given",
    [
        SVG,
        SVG.decode(),
        "data:image/svg+xml;base64," + base64.b64encode(SVG).decode(),
        "data:image/svg+xml;charset=utf-8;base64,\n" + base64.encodebytes(SVG).decode(),
        base64.urlsafe_b64encode(SVG).decode(),
    ],
)
def test_a_picture_is_known_as_a_file_as_text_and_as_base64(given):
    came = read(given)
    assert came.token == TOKEN
    assert came.picture.startswith(b"<?xml")


@pytest.mark.parametrize("given", ["https://example.org/1", " HTTPS://example.org/1 \n", b"http://localhost:8001/x"])
def test_an_address_is_known_and_not_followed_here(given):
    assert read(given).address.lower().startswith("http")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("", "empty"),
        ("hello", "not_a_badge"),
        ("[1]", "json"),
        ("{", "json"),
        ('{"a":1,"a":2}', "json"),
        ('{"a":NaN}', "json"),
        ('{"a":1e400}', "json"),
        ('{"a":9007199254740993}', "json"),
        ('{"a":' + "9" * 100_000 + "}", "json"),
        ('{"a":"\\u0000"}', "characters"),
        ('{"a":"\\udead"}', "characters"),
        ('{"a":' * 5_000 + "1" + "}" * 5_000, "size"),
        ("[" * 200_000, "json"),
        ('{"a":' + "[" * 100_000, "size"),
        (json.dumps({str(each): each for each in range(20_000)}), "size"),
        ("x" * (2 * MAX_BYTES + 1), "size"),
        (b"x" * (MAX_BYTES + 1), "size"),
        ("a" * 3_000_000 + ".b.c", "size"),
        ("https://", "not_a_badge"),
        ("https://exa mple.org/", "not_a_badge"),
        ("https://example.org/" + "x" * 3_000, "not_a_badge"),
        ("https://[::1", "not_a_badge"),
        ("data:image/png;base64,###", "not_a_badge"),
        ("data:nonsense", "not_a_badge"),
        (b"\xff\xfe\xff", "not_a_badge"),
        (b"PK\x03\x04", "not_a_badge"),
        (b"<html><body>", "not_a_badge"),
        (b"\x89PNG\r\n\x1a\nx", "picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "no_badge_in_picture"),
    ],
)
def test_what_is_no_badge_is_refused_with_its_reason(given, reason):
    with pytest.raises(Unreadable) as refused:
        read(given)
    assert refused.value.reason == reason


def test_wrappings_within_wrappings_end_somewhere():
    inner = TOKEN
    for _ in range(6):
        inner = "data:text/plain;base64," + base64.b64encode(inner.encode()).decode()
    with pytest.raises(Unreadable):
        read(inner)
    assert baking_png.MAX_TEXT_BYTES <= MAX_BYTES
