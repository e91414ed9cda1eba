"""The contract of translators: each text comes back in the other language, in its order, and what is markup stays."""

import re
from itertools import permutations

import pytest

from col_core.base.html import clean_html, plain_line
from col_core.federation.hooks import Passage, TextTranslator

TAGS = ("en", "de", "fr", "sl", "lt", "ar")
DESCRIPTION = '<p>Come <strong>alone</strong> or <a href="https://example.org/a?b=1&amp;c=2">together</a>.</p><ul><li>Tea</li></ul>'
OFFER = [
    Passage(text="Graffiti for beginners"),
    Passage(text="Two hours by the river & a wall that may be painted."),
    Passage(text=DESCRIPTION, is_html=True),
    Passage(text="Old clothes\nA bottle of water"),
]
_LONGEST_NAME = 100


class TranslatorContract:
    """What every translator must do. One that asks a service outside is tried against a stand-in for that."""

    @pytest.fixture
    def translator(self) -> TextTranslator:
        """Return the translator. To be filled in."""
        raise NotImplementedError("a contract suite needs a `translator` fixture")

    @pytest.fixture
    def pair(self, translator: TextTranslator) -> tuple[str, str]:
        """Return two languages between which it translates; to be filled in where these are others than `TAGS`."""
        found = next((each for each in permutations(TAGS, 2) if translator.can(*each)), None)
        assert found is not None, f"it translates between none of {', '.join(TAGS)}: fill in the `pair` fixture"
        return found

    def test_it_says_its_name(self, translator: TextTranslator) -> None:
        assert isinstance(translator, TextTranslator)
        assert translator.name
        assert plain_line(translator.name, max_chars=_LONGEST_NAME) == translator.name

    def test_it_says_what_it_can(self, translator: TextTranslator, pair: tuple[str, str]) -> None:
        assert translator.can(*pair) is True
        assert translator.can("x-nobody", "x-speaks-this") in (True, False)

    def test_it_gives_each_text_in_its_order(self, translator: TextTranslator, pair: tuple[str, str]) -> None:
        source, target = pair
        together = translator.translate(OFFER, source=source, target=target)
        assert isinstance(together, list | tuple)
        assert len(together) == len(OFFER)
        assert all(isinstance(each, str) and each.strip() for each in together)
        assert ["<" in each for each in together] == [each.is_html for each in OFFER], "texts changed their places"
        assert list(translator.translate([], source=source, target=target)) == []

    def test_markup_stays(self, translator: TextTranslator, pair: tuple[str, str]) -> None:
        source, target = pair
        (said,) = translator.translate([OFFER[2]], source=source, target=target)
        assert re.findall(r'href="([^"]*)"', said) == re.findall(r'href="([^"]*)"', DESCRIPTION)
        assert set(re.findall(r"<(\w+)", said)) <= {"p", "strong", "a", "ul", "li"}
        assert clean_html(said)

    @pytest.mark.parametrize("text", ["5 < 6 & 7 > 2", "Čaj 🎨", "لوحات", "1", "a" * 4_000, "One\n\nTwo"])
    def test_odd_texts_come_back_too(self, translator: TextTranslator, pair: tuple[str, str], text: str) -> None:
        source, target = pair
        (said,) = translator.translate([Passage(text=text)], source=source, target=target)
        assert isinstance(said, str)
        assert said.strip()
