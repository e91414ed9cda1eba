import time
from contextlib import suppress
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.badges.credentials.baking_png import BadPicture
from col_core.badges.credentials.baking_svg import bake, unbake

PLAIN = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4" fill="url(#g)"/></svg>'
JSON = '{"id":"https://example.org/1","name":"Čaj & kava <3 ]]> konec"}'


def drawing(inside: str, attributes: str = "") -> bytes:
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {space} {attributes}>{inside}</svg>".encode()


@pytest.mark.parametrize("credential", [JSON, "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"])
def test_what_was_baked_is_read_again_to_the_letter(credential):
    baked = bake(PLAIN, credential)
    assert unbake(baked) == credential
    assert ElementTree.fromstring(baked)[1].get("fill") == "url(#g)"


def test_a_jws_stands_in_verify_and_json_in_cdata():
    assert b'<openbadges:credential verify="a.b.c"' in bake(PLAIN, "a.b.c")
    assert b'<openbadges:credential><![CDATA[{"a":1}]]></openbadges:credential>' in bake(PLAIN, '{"a":1}')
    assert b'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"' in bake(PLAIN, "a.b.c")


def test_a_second_badge_replaces_the_first_whatever_its_kind():
    older = drawing('<o:assertion xmlns:o="http://openbadges.org" verify="https://example.org/1"/><g/>')
    twice = bake(bake(older, "first.a.b"), "second.a.b")
    assert unbake(twice) == "second.a.b"
    assert b"assertion" not in twice
    assert b"first" not in twice


def test_badges_of_the_older_standard_are_read():
    by_address = drawing('<o:assertion xmlns:o="http://openbadges.org" verify="https://example.org/1"></o:assertion>')
    assert unbake(by_address) == "https://example.org/1"
    inside = drawing('<o:assertion xmlns:o="http://openbadges.org" verify="x"><![CDATA[{"id":1}]]></o:assertion>')
    assert unbake(inside) == '{"id":1}'


def test_a_picture_without_a_badge_has_none():
    assert unbake(PLAIN) is None


@pytest.mark.parametrize(
    ("inside", "traces"),
    [
        ("<script>alert(1)</script>", ["script", "alert"]),
        ('<g onload="alert(1)" ONCLICK="alert(1)"/>', ["alert"]),
        ('<a href="https://example.org"><circle r="1"/></a>', ["example.org"]),
        ('<use xlink:href="https://example.org/x.svg#a"/>', ["example.org"]),
        ('<use href="javascript:alert(1)"/>', ["alert"]),
        ('<image href="https://example.org/track.png"/>', ["example.org"]),
        ('<image href="data:image/svg+xml;base64,PHN2Zz4="/>', ["svg+xml"]),
        ('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>', ["foreignObject", "xhtml"]),
        ('<animate attributeName="href" to="javascript:alert(1)"/>', ["animate"]),
        ('<set attributeName="onload" to="alert(1)"/>', ["alert"]),
        ("<style>@import url(https://example.org/a.css)</style>", ["example.org"]),
        ("<style>g { background: u\\72l(https://example.org) }</style>", ["example.org"]),
        ("<style>g { background: image-set('https://example.org/x' 1x) }</style>", ["example.org"]),
        ('<g style="fill: url(https://example.org/x#y)"/>', ["example.org"]),
        ('<rect fill="url( &quot;//example.org/x#y&quot; )"/>', ["example.org"]),
        ('<iframe xmlns="http://www.w3.org/1999/xhtml" src="https://example.org"/>', ["example.org"]),
        ('<handler xmlns="http://www.w3.org/2001/xml-events">alert(1)</handler>', ["alert"]),
        ('<?xml-stylesheet href="https://example.org/a.css"?>', ["example.org"]),
    ],
)
def test_nothing_that_runs_moves_or_leads_out_survives(inside, traces):
    baked = bake(drawing(inside), "a.b.c").decode()
    for trace in traces:
        assert trace not in baked
    assert unbake(baked.encode()) == "a.b.c"


def test_a_still_drawing_stays_as_it_is():
    inside = (
        '<defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient></defs>'
        '<style>.a { fill: url(#g) }</style><use href="#g"/><text class="a">Č</text>'
        '<image href="data:image/png;base64,AAAA"/>'
    )
    kept = bake(drawing(inside), "a.b.c").decode()
    for part in ("linearGradient", "stop-color", "fill: url(#g)", 'href="#g"', "Č", "data:image/png;base64,AAAA"):
        assert part in kept


@pytest.mark.parametrize(
    "hostile",
    [
        b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>',
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>',
        b'<!DOCTYPE svg [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<svg/>",
        b"<html></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
        b"<?xml version='1.0' encoding='nonsense'?><svg xmlns='http://www.w3.org/2000/svg'/>",
        drawing("<g>" * 5_000 + "</g>" * 5_000),
        drawing("<g/>" * 200_000),
        b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"x" * 6_000_000 + b"</svg>",
    ],
)
def test_entities_nesting_and_masses_are_refused_at_once(hostile):
    began = time.process_time()
    for each in (unbake, lambda svg: bake(svg, "a.b.c")):
        with pytest.raises(BadPicture):
            each(hostile)
    assert time.process_time() - began < 2


def test_the_dtd_that_drawing_programs_write_does_no_harm():
    named = (
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">' + PLAIN
    )
    assert unbake(bake(named, "a.b.c")) == "a.b.c"


def test_two_badges_in_one_picture_are_refused():
    one = '<o:credential xmlns:o="https://purl.imsglobal.org/ob/v3p0" verify="a.b.c"/>'
    with pytest.raises(BadPicture, match="two"):
        unbake(drawing(one + one))


@given(st.binary(max_size=300))
def test_any_bytes_give_an_answer_or_a_reason(noise):
    for each in (noise, b"<svg " + noise, PLAIN[:50] + noise + PLAIN[50:]):
        with suppress(BadPicture):
            unbake(each)
