"""The catalogue for people: map and list, one opportunity, one organisation, what somebody saved."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request

from col_core.base.errors import NotFound
from col_core.base.i18n import LocalText, pick, text_in
from col_core.catalogue import labels, query
from col_core.catalogue.exchange import calendar, jsonld
from col_core.catalogue.hooks import OfferTranslations, OpportunityFacts
from col_core.catalogue.pages import filters, map_settings, other_cities, social_picture
from col_core.catalogue.pages.card_shelf import CardShelf
from col_core.catalogue.pages.cards import Cards
from col_core.catalogue.pages.choice_shelf import ChoiceShelf
from col_core.catalogue.pages.variety import mixed, varied
from col_core.catalogue.reading import Catalogue, Listed, Results
from col_core.catalogue.records import Opportunity, Query
from col_core.catalogue.vocabulary import Sort
from col_core.web import conditional
from col_core.web.error_words import Unfit, readable, words_for
from col_core.web.site import Site, with_query

MOST_SAVED = 100
_NEXT_DATES = 5
_SIMILAR = 3
_ELSEWHERE = 6
_BEEN = 6
_BEEN_DAYS = (31, 365, 36_500)
_PLACES_AROUND = 2
_LONGEST_FILE_NAME = 80
# How long a page may be shown that was made for another visitor: "now, until 19:00" may be wrong for so long.
_KEEP_S = 30


def blueprint(
    site: Site, catalogue: Catalogue, shelf: CardShelf, facts: OpportunityFacts, translations: OfferTranslations
) -> Blueprint:
    """Return the pages of the catalogue."""
    views = site.blueprint("catalogue", __name__)
    house = site.house
    zone = ZoneInfo(house.config.timezone)
    choices = ChoiceShelf(site)

    def today() -> date:
        return house.clock.now().astimezone(zone).date()

    def cards() -> Cards:
        return Cards(site.translator, house.config, house.clock.now())

    def fragment(shown: list[Opportunity]) -> Response:
        listed = [Listed(opportunity=each) for each in shown]
        response = site.page("catalogue/cards.html", cards=shelf.of(listed, level=2))
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    @views.errorhandler(query.UnfitParameter)
    def unfit(error: query.UnfitParameter) -> Response:
        words = site.translator
        part = Unfit(
            name=error.name,
            found=readable(request.args.getlist(error.name)),
            label=filters.label(words, error.name),
            reason=words.gettext(error.reason, **error.values),
        )
        left = [(name, value) for name, value in request.args.items(multi=True) if name != error.name]
        return site.page(
            "catalogue/unfit.html",
            status=error.status,
            words=words_for(error.status),
            unfit=[part],
            without=with_query(request.path, left),
        )

    @views.get("/opportunities")
    @site.kept(_KEEP_S)
    def opportunities() -> Response:
        asked, found, pages = _page_of(catalogue, _of_here(query.parse(request.args), house.config.id), site.language)
        words, cities = site.translator, other_cities.names(site, catalogue)
        badges = {each.id: text_in(each.name, site.language) for each in facts.badges(asked.badge)}
        is_browsing = not query.to_args(replace(asked, page=1))
        return site.page(
            "catalogue/opportunities.html",
            asked=asked,
            total=found.total,
            heading=labels.counted(words, asked, found.total),
            cards=shelf.of(mixed(found.items, house.clock.now(), zone) if is_browsing else found.items, level=2),
            choices=choices.of(asked, found.facets, cities),
            quick=filters.quick(words, asked, today()),
            active=filters.active(
                words, asked, today(), _organisation_name(catalogue, asked), badges=badges, cities=cities
            ),
            elsewhere=other_cities.block(site, catalogue, shelf, asked, most=_ELSEWHERE) if asked.page == 1 else None,
            kept=_kept(asked),
            query_args=query.to_args(replace(asked, page=1, per_page=Query().per_page, sort=None)),
            page=asked.page,
            pages=pages,
            page_args={
                number: query.to_args(replace(asked, page=number)) for number in _page_numbers(asked.page, pages)
            },
            sorts=_sorts(asked),
            sort_label=labels.SORTS,
            map_config=map_settings.of_results(site, asked)
            if not asked.city or house.config.id in asked.city
            else None,
        )

    @views.get("/opportunities/count")
    def count() -> Response:
        asked = query.parse(request.args)
        total = catalogue.find(replace(asked, page=1, per_page=1), language=site.language).total
        # translators: on the button that applies the filters
        said = site.translator.ngettext("Show %(n)s", "Show %(n)s", total)
        response = Response(said, mimetype="text/plain")
        response.headers["Cache-Control"] = "private, max-age=30"
        return response

    @views.get("/opportunities/<id_>")
    @site.kept(_KEEP_S)
    def opportunity(id_: str) -> Response:
        one = _found(catalogue, id_)
        translation = translations.of([one], site.language).get(one.id)
        shown = translation if "original" not in request.args else None
        now = house.clock.now()
        upcoming = [each for each in one.occurrences if each.end > now]
        more = catalogue.find(_similar(one, today()), language=site.language)
        others = [each for each in more.items if each.opportunity.id != one.id]
        return site.page(
            "catalogue/opportunity.html",
            one=one,
            content=shown.laid_over(one.content) if shown is not None else one.content,
            card=cards().card(one, translation=shown),
            translation=translation,
            is_translated=shown is not None,
            labels=labels,
            badges=facts.badges(one.badges),
            upcoming=upcoming[:_NEXT_DATES],
            more_dates=max(0, len(upcoming) - _NEXT_DATES),
            series=_series(site, one),
            source_name=_source_name(site, one),
            spoken=[site.translator.language_name(each) for each in one.content.languages],
            similar=shelf.of(varied(others, _SIMILAR, beside=one), level=3),
            share_url=site.address("catalogue.opportunity", id_=one.id),
            structured=jsonld.script(jsonld.document(one, config=house.config, now=now, language=site.language))
            if one.origin is None
            else None,
            # What the map is drawn on ends at the city's border.
            map_config=map_settings.of_place(site, one) if one.origin is None else None,
        )

    @views.get("/opportunities/<id_>.ics")
    def calendar_file(id_: str) -> Response:
        one = _found(catalogue, id_)
        response = Response(
            calendar.one(one, config=house.config, now=house.clock.now(), language=site.language),
            mimetype="text/calendar",
        )
        response.headers.set("Content-Disposition", "attachment", **_file_names(site, one, "ics"))
        return conditional.public(response, fresh_s=300)

    @views.get("/opportunities/<id_>/preview.png")
    def preview(id_: str) -> Response:
        one = _found(catalogue, id_)
        shown = cards().card(one)
        picture = social_picture.draw(
            title=shown.title.text,
            lines=[each for each in (shown.when, shown.where or shown.organiser) if each],
            city=f"{house.config.city_name(site.language)} · {site.translator.gettext('City of Learning')}",
            category=shown.category.value if shown.category else None,
            assets=site.assets,
            logo=house.config.theme.logo,
        )
        response = Response(picture, mimetype="image/png")
        return conditional.public(response, fresh_s=300)

    @views.get("/opportunities/<id_>/card")
    def card(id_: str) -> Response:
        return fragment([_found(catalogue, id_)])

    @views.get("/organisations/<slug>")
    @site.kept(_KEEP_S)
    def organisation(slug: str) -> Response:
        one = catalogue.organisation(slug)
        if one is None:
            raise NotFound("There is no such organisation here.")
        asked = replace(query.parse(request.args), organisation=(slug,))
        asked, found, pages = _page_of(catalogue, asked, site.language)
        return site.page(
            "catalogue/organisation.html",
            one=one,
            heading=labels.counted(site.translator, asked, found.total),
            total=found.total,
            cards=shelf.of(mixed(found.items, house.clock.now(), zone), level=3),
            page=asked.page,
            pages=pages,
            page_args={
                number: [("page", str(number))] if number > 1 else [] for number in _page_numbers(asked.page, pages)
            },
            been=shelf.of(_been(catalogue, slug, house.clock.now(), today()), level=3) if asked.page == 1 else [],
            all_args=query.to_args(Query(organisation=(slug,))),
            map_config=map_settings.of_results(site, asked),
        )

    @views.get("/saved")
    def saved() -> Response:
        return site.page("catalogue/saved.html", most=MOST_SAVED)

    @views.get("/saved/cards")
    def saved_cards() -> Response:
        ids = [each for each in request.args.get("ids", "").split(",") if each][:MOST_SAVED]
        kept = catalogue.get_many(ids)
        return fragment([kept[each] for each in dict.fromkeys(ids) if each in kept])

    return views


def _of_here(asked: Query, own_city: str) -> Query:
    """Return `asked` without the name of this city, where it names no other: that is the same without it."""
    return replace(asked, city=()) if asked.city == (own_city,) else asked


def _found(catalogue: Catalogue, id_: str) -> Opportunity:
    one = catalogue.get(id_)
    if one is None:
        raise NotFound("There is no such opportunity here.")
    return one


def _organisation_name(catalogue: Catalogue, asked: Query) -> str | None:
    one = catalogue.organisation(asked.organisation[0]) if len(asked.organisation) == 1 else None
    return one.name if one else None


def _kept(asked: Query) -> list[tuple[str, str]]:
    """Return what the form has no field for, and must hand on."""
    rest = Query(
        bbox=asked.bbox,
        near=asked.near,
        skill=asked.skill,
        badge=asked.badge,
        organisation=asked.organisation,
        sort=asked.sort if asked.sort is not Sort.RELEVANCE else None,
    )
    return query.to_args(rest)


def _sorts(asked: Query) -> list[tuple[Sort, list[tuple[str, str]], bool]]:
    """Return the orders that make sense here: the order, its address, whether it is the present one."""
    possible = [Sort.RELEVANCE] if asked.q else []
    possible += [Sort.DATE, *([Sort.DISTANCE] if asked.near else [])]
    present = asked.sort or possible[0]
    return [(each, query.to_args(replace(asked, sort=each, page=1)), each is present) for each in possible]


def _page_of(catalogue: Catalogue, asked: Query, language: str) -> tuple[Query, Results, int]:
    """Return the page that is asked for, or the last one where there are fewer by now; and how many pages there are."""
    found = catalogue.find(asked, language=language)
    pages = max(1, -(-found.total // asked.per_page))
    if asked.page > pages:
        return _page_of(catalogue, replace(asked, page=pages), language)
    return asked, found, pages


def _file_names(site: Site, one: Opportunity, ending: str) -> Mapping[str, str]:
    """Return the title as it may stand in a folder of any system, in letters of every language and, for old programs,
    in those of ASCII (RFC 6266, appendix D).
    """
    title = pick(one.content.title, (site.language, site.house.config.default_language))
    name = re.sub(r"[^\w -]+", " ", title.text if title else "").strip()[:_LONGEST_FILE_NAME] or one.id
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().strip() or one.id
    return {"filename": f"{plain}.{ending}", "filename*": f"UTF-8''{quote(name)}.{ending}"}


def _source_name(site: Site, one: Opportunity) -> LocalText | None:
    """Return what its source is called for this visitor: as the settings say, else as it was once read."""
    if one.source is None:
        return None
    config = site.house.config
    named = next((each.name for each in config.sources if each.id == one.source.id), {})
    return pick(named, (site.language, config.default_language)) or LocalText(text=one.source.name, lang="")


def _page_numbers(page: int, pages: int) -> list[int]:
    """Return the pages that are linked: the first, the last, and those around this one."""
    around = range(page - _PLACES_AROUND, page + _PLACES_AROUND + 1)
    return sorted({number for number in (1, pages, *around) if 1 <= number <= pages})


def _similar(one: Opportunity, today: date) -> Query:
    return Query(category=one.content.categories[:1], from_day=today, per_page=24)


def _been(catalogue: Catalogue, slug: str, now: datetime, today: date) -> list[Listed]:
    """Return what the organisation has offered before and is over, the last first: of late, or else of any time."""
    over: list[Listed] = []
    for days in _BEEN_DAYS:
        past = Query(
            organisation=(slug,), from_day=today - timedelta(days=days), to_day=today, per_page=query.MOST_PER_PAGE
        )
        over = [each for each in _last_of(catalogue, past) if each.opportunity.is_past(now)]
        if len(over) >= _BEEN:
            break
    return sorted(over, key=lambda each: each.opportunity.occurrences[-1].start, reverse=True)[:_BEEN]


def _last_of(catalogue: Catalogue, asked: Query) -> list[Listed]:
    """Return the last results of `asked`: a page at least, where there are so many."""
    pages = -(-catalogue.find(replace(asked, per_page=1)).total // asked.per_page)
    last = [replace(asked, page=page) for page in range(max(1, pages - 1), pages + 1)]
    return [each for page in last for each in catalogue.find(page).items]


def _series(site: Site, one: Opportunity) -> str | None:
    schedule = one.content.schedule
    return site.translator.series_words(schedule) if schedule is not None and schedule.rrule else None
