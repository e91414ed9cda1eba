import io
from pathlib import Path

import pytest
from PIL import Image

from col_core.base.config import load_city
from col_core.catalogue.pages import social_picture
from col_core.catalogue.vocabulary import Category
from col_core.web.assets import Assets

CITY = Path(__file__).parents[3] / "cities" / "vilnius"


@pytest.fixture(scope="module")
def assets(tmp_path_factory):
    return Assets(load_city(CITY, environ={"COL_VAR": str(tmp_path_factory.mktemp("city"))}))


def drawn(assets, **changes):
    said = {"title": "Žiema ir čiuožykla", "lines": ["rytoj 17.00"], "city": "Vilnius", "category": "music"}
    data = social_picture.draw(**{**said, **changes}, assets=assets, logo=CITY / "theme" / "logo.svg")
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        return picture


@pytest.mark.parametrize("category", [*(each.value for each in Category), None])
def test_every_topic_has_a_picture_of_the_size_that_others_expect(assets, category):
    assert drawn(assets, category=category).size == (1200, 630)


@pytest.mark.parametrize("title", ["", "x" * 500, "word " * 200, "فن الشارع", "🎸🎸🎸", "\u0301", "a\nb\tc"])
def test_any_title_can_be_drawn(assets, title):
    assert drawn(assets, title=title, lines=[title, title]).size == (1200, 630)


def test_the_words_are_in_the_picture(assets):
    assert list(drawn(assets).convert("L").get_flattened_data()) != list(
        drawn(assets, title="", lines=[], city="").convert("L").get_flattened_data()
    )
