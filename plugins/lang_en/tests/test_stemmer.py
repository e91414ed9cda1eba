"""Search in English: the forms of one word meet."""

import pytest

from col_plugin_lang_en.stemmer import Stemmer


@pytest.mark.parametrize("family", ["workshop workshops", "volunteer volunteers volunteering", "library libraries"])
def test_all_forms_of_a_word_have_one_stem(family: str) -> None:
    stemmer = Stemmer()
    assert len({stemmer.stem(word) for word in family.split()}) == 1
