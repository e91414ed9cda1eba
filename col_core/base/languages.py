"""What a language is to the platform. Language plugins make these; the core never lists languages itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Language:
    """One language of pages and content.

    `tag` is BCP 47; `name` its own name for itself ("slovenščina"). `plural_forms` is the gettext header
    ("nplurals=2; plural=(n != 1);"). `locale` is what CLDR calls it (`tag` if empty). `catalogue` is a folder with
    `<tag>/LC_MESSAGES/messages.po` or `.mo`; None where the core's own translations have it. `alphabet` is the order
    of its lower-case letters. `stem` maps a folded lower-case word to its stem. `synonyms` maps a word to words that
    a search for it should find as well.
    """

    tag: str
    name: str
    plural_forms: str
    direction: Literal["ltr", "rtl"] = "ltr"
    locale: str = ""
    catalogue: Path | None = None
    alphabet: str = "abcdefghijklmnopqrstuvwxyz"
    stem: Callable[[str], str] | None = None
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stopwords: frozenset[str] = frozenset()
