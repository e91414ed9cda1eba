from hypothesis import given
from hypothesis import strategies as st

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
    assert analyser.tokens("Delavnica delavnice, delavnica", "sl") == ["delavnica", "~del", "delavnice"]
    assert analyser.tokens("Delavnica", "lt") == ["delavnica"]
    assert analyser.tokens("Delavnica", "xx") == ["delavnica"]


def test_a_number_has_no_stem():
    analyser = Analyser([a_language("sl", stem=lambda word: word[:3])])
    assert analyser.tokens("Dunajska 4567, 1a", "sl") == ["dunajska", "~dun", "4567", "1a", "~1a"]


def test_an_index_takes_the_tokens_with_spaces_between_them():
    analyser = Analyser([a_language("sl", stem=lambda word: word[:3])])
    assert analyser.written("Delavnica (delavnica) Delavnica", "sl") == "delavnica ~del delavnica ~del"
    assert analyser.written("Delavnica, čaj", "xx") == "delavnica caj"


def test_a_word_without_a_stem_is_only_itself():
    assert Analyser([a_language("sl", stem=lambda _: "")]).tokens("in", "sl") == ["in"]


@given(st.text(alphabet="aČč ,.-_'½™\u030cﬁ\u064b\u00a0\n(", max_size=60) | st.text(max_size=60))
def test_a_text_piece_by_piece_gives_the_words_of_the_whole(text):
    analyser = Analyser([a_language("sl")])
    assert sorted(analyser.tokens(text, "sl")) == sorted(set(words(text)))
    assert analyser.tokens(text, "sl") == analyser.tokens(text, "sl")
