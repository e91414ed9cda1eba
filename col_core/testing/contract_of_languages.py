"""The contract of languages: a plugin's language can carry a whole portal."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from col_core.base import plurals
from col_core.base.i18n import I18n, Translator
from col_core.base.languages import Language
from col_core.base.text import Analyser

_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_ODD_WORDS = ("", "a", "x" * 200, "123", "čšž", "šlėktą", "مرحبا", "日本", "\u0301")


class LanguageContract:
    """What every language must do."""

    @pytest.fixture
    def language(self) -> Language:
        """Return the language. To be filled in."""
        raise NotImplementedError("a contract suite needs a `language` fixture")

    @pytest.fixture
    def translator(self, language: Language) -> Translator:
        return I18n([language], language.tag).translator(language.tag)

    def test_it_is_named_by_its_tag_and_by_itself(self, language: Language) -> None:
        assert isinstance(language, Language)
        assert _TAG.fullmatch(language.tag), f"{language.tag!r} is not a language tag (BCP 47)"
        assert language.name.strip()

    def test_it_runs_the_way_that_its_script_runs(self, language: Language) -> None:
        order = _locale(language).character_order
        assert language.direction == ("rtl" if order == "right-to-left" else "ltr")

    def test_numbers_that_need_different_words_get_different_forms(self, language: Language) -> None:
        """Each category of CLDR has one plural form for all of its whole numbers."""
        rule = plurals.parse(language.plural_forms)
        forms: dict[str, set[int]] = {}
        for n in (*range(201), 1_000, 1_000_000):
            assert 0 <= rule.index(n) < rule.count
            forms.setdefault(_locale(language).plural_form(n), set()).add(rule.index(n))
        assert all(len(each) == 1 for each in forms.values()), f"plural_forms and CLDR differ: {forms}"
        assert len(set().union(*forms.values())) == len(forms), f"two kinds of numbers share a form: {forms}"

    def test_it_says_dates_and_numbers(self, translator: Translator) -> None:
        now = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)
        for days in (-1, 0, 1, 3, 40, 400):
            assert translator.day_words(now + timedelta(days=days), now, ZoneInfo("Europe/Vilnius")).strip()
        assert translator.number(1_234_567)

    def test_its_alphabet_names_each_letter_once_and_sorts_by_it(
        self, language: Language, translator: Translator
    ) -> None:
        letters = list(language.alphabet)
        assert len(set(letters)) == len(letters)
        assert language.alphabet == language.alphabet.lower()
        shuffled = letters[1::2] + letters[::2]
        assert sorted(shuffled, key=translator.sort_key) == letters

    def test_its_stemmer_takes_any_word(self, language: Language) -> None:
        if language.stem is not None:
            for word in _ODD_WORDS:
                stem = language.stem(word)
                assert isinstance(stem, str)
                assert language.stem(word) == stem

    def test_a_word_finds_itself_with_its_synonyms_and_stems(self, language: Language) -> None:
        analyser = Analyser([language])
        for word, others in language.synonyms.items():
            assert word not in others, f"{word!r} is its own synonym"
            (group,) = analyser.terms(word) or (None,)
            assert group is None or set(analyser.tokens(word, language.tag)) & {each.token for each in group.terms}
        assert all(word == word.lower() for word in language.stopwords)


def _locale(language: Language) -> Locale:
    return Locale.parse((language.locale or language.tag).replace("-", "_"))
