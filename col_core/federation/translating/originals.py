"""What of an offer is to be translated: which texts a language lacks, and which language they are translated from."""

from collections.abc import Sequence

from col_core.base.i18n import is_same_language, said_in
from col_core.catalogue.admission import TIDY
from col_core.catalogue.records import Draft
from col_core.federation.translating.records import Original

# The texts of an offer that are translated, in the order in which they are handed over.
FIELDS = tuple(TIDY)


def lacking(content: Draft, language: str) -> tuple[str, ...]:
    """Return the fields of `content` whose text is there, and not in `language`."""
    return tuple(
        name for name in FIELDS if getattr(content, name) and said_in(getattr(content, name), language) is None
    )


def sources(content: Draft, language: str) -> Sequence[str]:
    """Return the languages that what lacks `language` can be translated from: what says most of it first, then in the
    order in which its city wrote them.
    """
    fields = lacking(content, language)
    known = list(dict.fromkeys(tag for name in fields for tag in getattr(content, name)))
    others = [each for each in known if not is_same_language(each, language)]
    return sorted(others, key=lambda each: -len(original(content, language, each).texts))


def original(content: Draft, language: str, source: str) -> Original:
    """Return those texts in `source` of which there is none in `language`."""
    said = {name: said_in(getattr(content, name), source) for name in lacking(content, language)}
    return Original(language=source, texts={name: text for name, text in said.items() if text is not None})
