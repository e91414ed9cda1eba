"""The choices of the filters as they are printed, kept for who goes through the same results: each page of them, from
wherever it is asked for, shows the same choices with the same counts.
"""

from collections.abc import Mapping

from flask import get_template_attribute
from markupsafe import Markup

from col_core.base.kept import Kept
from col_core.catalogue.pages import filters
from col_core.catalogue.records import Query
from col_core.web.site import Site

_MOST_CHARS = 4_000_000


class ChoiceShelf:
    """Prints the choices of one city, for every visitor of this process. Safe to share between threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._kept: Kept[object, Markup] = Kept(_MOST_CHARS, weight=len)

    def of(self, asked: Query, facets: Mapping[str, Mapping[str, int]], cities: Mapping[str, str]) -> Markup:
        """Return the choices beside the results of `asked`, in the language of the request.

        `facets` maps a facet to value → count, `cities` the short name of each city to what it is called.
        """
        words = self._site.translator
        on = tuple(getattr(asked, name) for name in filters.SEVERAL)
        counts = tuple(tuple(facets.get(name, {}).items()) for name in filters.SEVERAL)
        key = (words.tag, on, counts, tuple(cities.items()))
        kept = self._kept.get(key)
        if kept is None:
            groups = filters.groups(words, asked, facets, cities=cities, own=self._site.house.config.id)
            macro = get_template_attribute("catalogue/choices.html", "choices")
            kept = macro(groups, self._site.assets.icon, words.number)
            self._kept.put(key, kept)
        return kept
