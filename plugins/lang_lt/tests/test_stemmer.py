"""Search in Lithuanian: the cases of one word meet, with and without diacritics."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_plugin_lang_lt.stemmer import Stemmer

FAMILIES = """
biblioteka bibliotekos bibliotekai biblioteką bibliotekoje bibliotekų bibliotekoms bibliotekas bibliotekomis
būrelis būrelio būreliui būrelį būreliu būrelyje būreliai būrelių būreliams būrelius būreliais būreliuose
dirbtuvė dirbtuvės dirbtuvių dirbtuvėms dirbtuves dirbtuvėmis dirbtuvėse dirbtuvei
knyga knygos knygų knygas knygoje
medis medžio medžiui medį medžiai medžių medžiams medžius
jaunimas jaunimo jaunimui jaunimą jaunimu jaunime
jaunas jauna jauno jauni jaunų jauniems jaunos
šokis šokio šokiai šokių šokius šokiams
muzika muzikos muziką muzikai
savanoris savanorio savanoriai savanorių savanoriams savanorius
stovykla stovyklos stovyklą stovyklų stovyklose
paskaita paskaitos paskaitų
renginys renginio renginiai renginių renginiuose renginį
žaidimas žaidimai žaidimų
""".strip().splitlines()


def folded(word: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", word) if not unicodedata.combining(each))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.split()[0])
def test_all_cases_of_a_word_have_one_stem(family: str) -> None:
    stemmer = Stemmer()
    assert len({stemmer.stem(folded(word)) for word in family.split()}) == 1


def test_no_two_families_fall_together() -> None:
    stems = [Stemmer().stem(folded(family.split()[0])) for family in FAMILIES]
    assert len(set(stems)) == len(stems)


@given(st.text(max_size=60))
def test_any_word_has_a_stem(word: str) -> None:
    assert isinstance(Stemmer().stem(word), str)
