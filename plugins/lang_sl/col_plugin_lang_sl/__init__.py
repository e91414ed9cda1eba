"""Language plugin `lang_sl`: Slovenian."""

from col_core.plugin import Language, hookimpl
from col_plugin_lang_sl.stemmer import stem
from col_plugin_lang_sl.words import STOPWORDS, SYNONYMS


@hookimpl
def col_languages() -> list[Language]:
    """Slovenian; the core's own translations hold its texts."""
    return [
        Language(
            tag="sl",
            name="slovenščina",
            plural_forms="nplurals=4; plural=(n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3);",
            alphabet="abcčćdđefghijklmnopqrsštuvwxyzž",
            stem=stem,
            synonyms=SYNONYMS,
            stopwords=STOPWORDS,
        )
    ]
