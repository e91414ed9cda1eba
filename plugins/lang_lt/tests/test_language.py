"""The language that the plugin brings."""

from col_plugin_lang_lt import col_languages


def test_the_plugin_brings_its_language() -> None:
    (language,) = col_languages()
    assert language.tag == "lt"
    assert language.direction == "ltr"


def test_every_synonym_names_the_word_back() -> None:
    (language,) = col_languages()
    for word, others in language.synonyms.items():
        assert word not in others
        assert all(word in language.synonyms[other] for other in others)


def test_the_alphabet_names_each_letter_once() -> None:
    (language,) = col_languages()
    assert len(set(language.alphabet)) == len(language.alphabet)
