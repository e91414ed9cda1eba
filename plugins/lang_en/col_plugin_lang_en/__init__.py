"""Language plugin `lang_en`: English, with dates and times as in Europe."""

from col_core.plugin import Language, hookimpl
from col_plugin_lang_en.stemmer import Stemmer
from col_plugin_lang_en.words import STOPWORDS, SYNONYMS


@hookimpl
def col_languages() -> list[Language]:
    """English; it is the language that the core's texts are written in."""
    return [
        Language(
            tag="en",
            name="English",
            plural_forms="nplurals=2; plural=(n != 1);",
            locale="en_GB",
            stem=Stemmer().stem,
            synonyms=SYNONYMS,
            stopwords=STOPWORDS,
        )
    ]
