"""What other cities offer, as pages of this one show it: their names, and a few of their offers with a way to all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from col_core.base.i18n import text_in
from col_core.catalogue import query
from col_core.catalogue.pages.card_shelf import CardShelf
from col_core.catalogue.pages.variety import varied
from col_core.catalogue.reading import Catalogue, anywhere
from col_core.catalogue.records import Query
from col_core.web.site import Site


@dataclass(frozen=True, kw_only=True, slots=True)
class City:
    """Another city: what it is called, how many offers fit, and the parameters of the list that shows all of them."""

    name: str
    count: int
    args: list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A few offers of other cities as cards, and the cities that have such."""

    cards: Sequence[Markup]
    cities: Sequence[City]


def names(site: Site, catalogue: Catalogue) -> Mapping[str, str]:
    """Return what each city is called in the language of the request, by its short name; this one is among them."""
    config = site.house.config
    others = {key: text_in(name, site.language, otherwise=key) for key, name in catalogue.cities().items()}
    return {**others, config.id: config.city_name(site.language)}


def block(
    site: Site, catalogue: Catalogue, shelf: CardShelf, asked: Query, *, most: int, level: int = 3
) -> Block | None:
    """Return at most `most` offers of other cities that fit `asked`; None where there are none."""
    found = catalogue.elsewhere(asked, language=site.language)
    if not found.items:
        return None
    called = names(site, catalogue)
    return Block(
        cards=shelf.of(varied(found.items, most), level=level),
        cities=[
            City(name=called[key], count=count, args=query.to_args(replace(anywhere(asked), city=(key,))))
            for key, count in found.cities.items()
        ],
    )
