import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.base.colours import Rgb, contrast, parse

parts = st.floats(0, 1)
colours = st.builds(Rgb, red=parts, green=parts, blue=parts)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("#0f6b4c", "#0f6b4c"),
        ("#abc", "#aabbcc"),
        ("oklch(100% 0 0)", "#ffffff"),
        ("oklch(0% 0 0)", "#000000"),
        # Red, lime and blue of CSS, as CSS Color 4 gives them in OKLCH.
        ("oklch(62.796% 0.25768 29.234)", "#ff0000"),
        ("oklch(0.86644 0.29483 142.495)", "#00ff00"),
        ("oklch(45.201% 0.31321 264.052)", "#0000ff"),
    ],
)
def test_a_colour_is_what_a_browser_shows(text, shown):
    assert parse(text).hex() == shown


@pytest.mark.parametrize("text", ["", "red", "var(--ink)", "oklch(50% 0.1)", "#12", "rgb(1, 2, 3)"])
def test_another_way_to_write_a_colour_is_not_guessed(text):
    assert parse(text) is None


def test_black_on_white_has_the_most_contrast():
    assert contrast(parse("#000"), parse("#fff")) == pytest.approx(21)
    assert contrast(parse("#777777"), parse("#ffffff")) == pytest.approx(4.48, abs=0.01)


@given(colours, colours)
def test_contrast_does_not_ask_which_is_in_front(one, other):
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.001


@given(colours)
def test_a_colour_survives_being_written(colour):
    assert contrast(parse(colour.hex()), colour) < 1.2
