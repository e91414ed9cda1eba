from col_core.base.languages import Language
from col_core.base.text import MAX_TOKEN_LENGTH, Analyser, fold, words


def a_language(tag, stem=None):
    return Language(tag=tag, name=tag, plural_forms="nplurals=1; plural=0;", stem=stem)


def test_diacritics_and_case_do_not_count():
    assert fold("Živahna ŁÓDŹ Straße ﬁlm") == "zivahna lodz strasse film"
    assert words("Čebele, med & Čaj!") == ["cebele", "med", "caj"]


def test_a_word_is_cut_where_an_index_could_not_hold_it():
    assert words("a" * 100) == ["a" * MAX_TOKEN_LENGTH]


def test_a_text_gives_its_words_and_their_stems_once_each():
    analyser = Analyser([a_language("sl", stem=lambda word: word[:3]), a_language("lt")])
    assert analyser.tokens("Delavnica delavnice, delavnica", "sl") == ["delavnica", "delavnice", "~del"]
    assert analyser.tokens("Delavnica", "lt") == ["delavnica"]
    assert analyser.tokens("Delavnica", "xx") == ["delavnica"]


def test_a_word_without_a_stem_is_only_itself():
    assert Analyser([a_language("sl", stem=lambda _: "")]).tokens("in", "sl") == ["in"]
