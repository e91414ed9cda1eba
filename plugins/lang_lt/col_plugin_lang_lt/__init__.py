"""Language plugin `lang_lt`: Lithuanian."""

from col_core.plugin import Language, hookimpl
from col_plugin_lang_lt.stemmer import Stemmer
from col_plugin_lang_lt.words import STOPWORDS, SYNONYMS


@hookimpl
def col_languages() -> list[Language]:
    """Lithuanian; the core's own translations hold its texts.

    CLDR's fourth category is for fractions, which gettext does not count.
    """
    return [
        Language(
            tag="lt",
            name="lietuvių",
            plural_forms="nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && (n%100<10 || n%100>=20) ? 1 : 2);",
            alphabet="aąbcčdeęėfghiįyjklmnopqrsštuųūvwxzž",
            stem=Stemmer().stem,
            synonyms=SYNONYMS,
            stopwords=STOPWORDS,
        )
    ]
