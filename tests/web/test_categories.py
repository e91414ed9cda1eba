"""Each category must be seen on the paper of every city, and what is written on its colour must be readable."""

import json
import math
import re
from itertools import combinations
from pathlib import Path

import pytest

from col_core.base.config import load_city
from col_core.catalogue.vocabulary import Category
from col_core.web.assets import BUILD

CITIES = Path(__file__).parents[2] / "cities"
CATEGORIES = json.loads((BUILD.parent / "src" / "categories.json").read_text(encoding="utf-8"))
STYLES = (BUILD.parent / "src" / "generate" / "styles.mjs").read_text(encoding="utf-8")
INKS = dict(re.findall(r'(light|dark): "(oklch[^"]+)"', STYLES))


def test_each_category_has_its_own_colours_and_its_own_icon():
    assert list(CATEGORIES) == [*(each.value for each in Category), "none"]
    for key in ("light", "dark", "icon"):
        assert len({each[key] for each in CATEGORIES.values()}) == len(CATEGORIES)


def test_categories_of_one_shape_differ_clearly_in_hue():
    coloured = [look for name, look in CATEGORIES.items() if name != "none"]
    for one, other in combinations(coloured, 2):
        if one["shape"] == other["shape"]:
            apart = abs(_oklch(one["light"])[2] - _oklch(other["light"])[2])
            assert min(apart, 360 - apart) >= 60


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", sorted(CATEGORIES))
def test_a_category_is_seen_on_every_paper_and_carries_readable_ink(name, mode):
    colour = CATEGORIES[name][mode]
    assert all(-0.001 <= each <= 1.001 for each in _linear(colour)), "no screen shows this colour"
    assert contrast(colour, INKS[mode]) >= 4.5
    for city in ("ljubljana", "vilnius"):
        theme = load_city(CITIES / city, environ={}).theme
        tokens = theme.tokens if mode == "light" else theme.dark
        assert contrast(colour, tokens["surface"]) >= 3
        assert contrast(colour, tokens["raised"]) >= 3


def contrast(one, other):
    """The ratio of WCAG 2.2."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour):
    red, green, blue = (min(max(each, 0), 1) for each in _linear(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklch(colour):
    light, chroma, hue = map(float, re.findall(r"[\d.]+", colour))
    return light / 100, chroma, hue


def _linear(colour):
    """Return linear sRGB of an OKLCH colour (Björn Ottosson's matrices)."""
    light, chroma, hue = _oklch(colour)
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
