from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from col_core.badges.achievements import drawing
from col_core.badges.achievements.lettering import initials, lettering
from col_core.badges.achievements.motif import left_out, motif_of
from col_core.badges.achievements.records import Colour, Level, Picture
from col_core.base.config import load_city
from col_core.base.settings import ThemeConfig
from col_core.web.assets import badge_symbols

CITIES = Path(__file__).parents[3] / "cities"
STAR = badge_symbols()["star"]


@pytest.fixture(params=["ljubljana", "vilnius"])
def motif(request, tmp_path):
    return motif_of(load_city(CITIES / request.param, environ={"COL_VAR": str(tmp_path)}).theme)


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("kind", ["Badge", "MicroCredential"])
def test_a_badge_is_a_picture_of_its_own_transparent_around_it(motif, workshop, level, kind):
    drawn = drawing.svg(replace(workshop, level=level, kind=kind), symbol=STAR, motif=motif, initials="ŠČ")
    ElementTree.fromstring(drawn)
    with Image.open(BytesIO(drawing.png(drawn, width=128))) as picture:
        assert (picture.format, picture.size, picture.mode) == ("PNG", (128, 128), "RGBA")
        assert picture.getpixel((1, 1))[3] == 0
        assert picture.getpixel((64, 100))[3] == 255


def test_colour_level_kind_issuer_and_city_are_seen(motif, workshop):
    course = replace(workshop, kind="MicroCredential")
    drafts = [
        workshop,
        course,
        replace(workshop, level=Level.LEADERSHIP),
        replace(workshop, picture=Picture(colour=Colour.RED)),
    ]
    pictures = {drawing.svg(each, symbol=STAR, motif=motif, initials="AB") for each in drafts}
    pictures.add(drawing.svg(workshop, symbol=STAR, motif=motif, initials=None))
    assert len(pictures) == 5


def test_the_same_badge_is_drawn_the_same(motif, workshop):
    one, other = (drawing.svg(workshop, symbol=STAR, motif=motif, initials="AB") for _ in range(2))
    assert one == other
    assert drawing.png(one) == drawing.png(other)


@pytest.mark.parametrize("symbol", sorted(badge_symbols()))
def test_every_symbol_can_be_drawn(symbol):
    ElementTree.fromstring(f"<svg>{badge_symbols()[symbol]}</svg>")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Društvo Zelena brežina", "DZ"),
        ("VšĮ „Garsas ir vaizdas“", "VG"),
        ("Įvairovės dirbtuvės", "ĮD"),
        ("Oras", "O"),
        ("Mestna knjižnica (primer)", "MK"),
        ("3D laboratorija", "L"),
        ("مدينة", ""),
        ("", ""),
    ],
)
def test_initials_are_those_of_the_first_two_words(name, letters):
    assert initials(name) == letters


def test_more_letters_are_wider_and_marks_are_drawn():
    widths = [lettering(text)[1] for text in ("", "I", "O", "OK")]
    assert all(one < other for one, other in pairwise(widths))
    assert lettering("Č")[0] != lettering("C")[0]


def test_a_drawing_of_the_theme_brings_lines_and_nothing_that_runs_or_loads(tmp_path):
    file = tmp_path / "pattern.svg"
    file.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><script>1</script><image href="http://x.org/1"/>'
        '<path d="M0 0h9" stroke="#123456" onload="x()" style="fill:red"/><g fill="url(#a)"><use href="#b"/></g></svg>'
    )
    drawn = motif_of(ThemeConfig(pattern=file)).pattern.elements
    assert drawn == '<path d="M0 0h9" stroke="#fff"></path><g fill="none"></g>'


@pytest.mark.parametrize(
    "text",
    [
        "<svg/>",
        "nonsense",
        '<svg viewBox="0 0 0 0"/>',
        '<!DOCTYPE a [<!ENTITY b "c">]><svg viewBox="0 0 1 1">&b;</svg>',
    ],
)
def test_a_drawing_that_cannot_be_put_on_badges_is_left_out_and_told(tmp_path, workshop, text):
    file = tmp_path / "pattern.svg"
    file.write_text(text)
    theme = ThemeConfig(pattern=file, logo=file)
    assert [each.startswith(f"{file} cannot be put on badges") for each in left_out(theme)] == [True, True]
    drawn = drawing.svg(workshop, symbol=STAR, motif=motif_of(theme), initials=None)
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
