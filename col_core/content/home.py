"""The first page: one question, and what is on next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, Response

from col_core.badges.achievements.showing import Showcase, picture_path
from col_core.catalogue import labels
from col_core.catalogue.pages import filters, other_cities
from col_core.catalogue.pages.card_shelf import CardShelf
from col_core.catalogue.pages.variety import varied
from col_core.catalogue.reading import Catalogue
from col_core.catalogue.records import Query
from col_core.catalogue.vocabulary import Category
from col_core.web.site import Site

_NEXT = 8
_AMONG = 60
_BADGES = 6
_ELSEWHERE = 4
# How long the page may be shown that was made for another visitor.
_KEEP_S = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """A category with what it is called and how many offers it has."""

    category: Category
    label: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Teaser:
    """An article on the first page. `lang` is the language that it is in."""

    title: str
    summary: str
    url: str
    lang: str


Teasers = Callable[[], Sequence[Teaser]]


def blueprint(site: Site, catalogue: Catalogue, shelf: CardShelf, showcase: Showcase, teasers: Teasers) -> Blueprint:
    """Return the first page; `teasers` gives its articles in the language of the request."""
    views = site.blueprint("home", __name__)
    house = site.house

    @views.get("/")
    @site.kept(_KEEP_S)
    def start() -> Response:
        words, now = site.translator, house.clock.now()
        today = now.astimezone(ZoneInfo(house.config.timezone)).date()
        found = catalogue.find(Query(from_day=today, per_page=_AMONG), language=site.language)
        everything = catalogue.find(Query(per_page=1), language=site.language)
        counts = everything.facets.get("category", {})
        return site.page(
            "content/home.html",
            total=everything.total,
            quick=filters.quick(words, Query(), today)[:4],
            cards=shelf.of(varied(found.items, _NEXT), level=3),
            elsewhere=other_cities.block(site, catalogue, shelf, Query(), most=_ELSEWHERE),
            topics=[
                Topic(category=each, label=words.pgettext(*labels.CATEGORIES[each]), count=counts[each.value])
                for each in Category
                if counts.get(each.value)
            ],
            districts=sorted(everything.facets.get("district", {}), key=words.sort_key),
            badges=showcase.various(_BADGES),
            picture_path=picture_path,
            organisations=catalogue.busiest_organisations(12),
            teasers=teasers(),
        )

    return views
