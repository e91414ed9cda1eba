"""Badges for people: a wall of all that can be earned, and a page for each."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for

from col_core.badges.achievements.elements import elements
from col_core.badges.achievements.labels import COMPETENCES, LEVELS
from col_core.badges.achievements.pictures import BadgePictures
from col_core.badges.achievements.records import KeyCompetence, Level
from col_core.badges.achievements.showing import Asked, Showcase, Shown, picture_path
from col_core.badges.awards.office import Office
from col_core.badges.pages import structured
from col_core.badges.pages.criteria import html_of
from col_core.base.errors import NotFound
from col_core.base.i18n import pick
from col_core.catalogue.exchange import jsonld
from col_core.catalogue.pages import social_picture
from col_core.catalogue.pages.card_shelf import CardShelf
from col_core.catalogue.reading import Catalogue
from col_core.catalogue.records import Query
from col_core.web import conditional
from col_core.web.site import Site

# How long a page may be shown that was made for another visitor.
_KEEP_S = 30
_OFFERS = 6
_ORDER = tuple(Level)


def blueprint(
    site: Site, showcase: Showcase, pictures: BadgePictures, office: Office, catalogue: Catalogue, shelf: CardShelf
) -> Blueprint:
    """Return `/<lang>/badges` and `/<lang>/badges/<id>`."""
    views = site.blueprint("badges", __name__)
    config = site.house.config

    def found(id_: str) -> Shown:
        one = showcase.get(id_)
        if one is None:
            raise NotFound("There is no such badge here.")
        return one

    def order() -> tuple[str, ...]:
        return (site.language, config.default_language, "en")

    @views.get("/badges")
    @site.kept(_KEEP_S)
    def wall() -> Response:
        asked = _asked()
        words = site.translator
        seen = showcase.wall(asked)
        shown = sorted(seen.shown, key=lambda each: words.sort_key(_name(each, order())))
        # translators: how many badges a list shows
        heading = words.ngettext("%(n)s badge", "%(n)s badges", len(shown))
        return site.page(
            "badges/wall.html",
            asked=asked,
            heading=heading,
            groups=[
                (words.pgettext(*LEVELS[level]), [each for each in shown if each.achievement.content.level is level])
                for level in _ORDER
            ],
            competences=[(each, words.pgettext(*COMPETENCES[each])) for each in seen.competences],
            skills=sorted(
                ((each.uri, text.text) for each in seen.skills if (text := pick(each.label, order()))),
                key=lambda each: words.sort_key(each[1]),
            ),
            organisers=seen.organisers,
            picture_path=picture_path,
            address=lambda **changed: _address(replace(asked, **changed)),
        )

    @views.get("/badges/<id_>")
    @site.kept(_KEEP_S)
    def badge(id_: str) -> Response:
        one = found(id_)
        content, words = one.achievement.content, site.translator
        offers = catalogue.find(Query(badge=(one.id,), per_page=_OFFERS), language=site.language)
        criteria = pick(content.criteria, order())
        terms = content.micro_credential
        return site.page(
            "badges/badge.html",
            one=one,
            content=content,
            name=pick(content.name, order()),
            picture_url=picture_path(one.achievement),
            criteria=html_of(criteria.text) if criteria is not None else "",
            criteria_lang=criteria.lang if criteria is not None else "",
            abilities=_in_best(content.abilities, order()),
            level=words.pgettext(*LEVELS[content.level]),
            competences=[(each, words.pgettext(*COMPETENCES[each])) for each in content.competences],
            elements=list(elements(terms, words, order())) if terms is not None else [],
            vouched=office.vouched(one.achievement),
            cards=shelf.of(offers.items, level=3),
            more_offers=offers.total > _OFFERS,
            share_url=site.address("badges.badge", id_=one.id),
            structured=jsonld.script(structured.document(one, config=config, words=words)),
        )

    @views.get("/badges/<id_>/preview.png")
    def preview(id_: str) -> Response:
        one = found(id_)
        picture = social_picture.draw(
            title=_name(one, order()),
            lines=[one.organiser.name] if one.organiser else [],
            city=f"{config.city_name(site.language)} · {site.translator.gettext('City of Learning')}",
            badge=pictures.svg(one.achievement),
            assets=site.assets,
            logo=config.theme.logo,
        )
        return conditional.public(Response(picture, mimetype="image/png"), fresh_s=300)

    return views


def _asked() -> Asked:
    """Return what the address narrows the wall by; a word that is not known counts as not said."""
    competence = request.args.get("competence", "")
    known = competence in tuple(KeyCompetence)
    return Asked(
        competence=KeyCompetence(competence) if known else None,
        skill=request.args.get("skill") or None,
        organisation=request.args.get("organisation") or None,
    )


def _address(asked: Asked) -> str:
    said = {"competence": asked.competence, "skill": asked.skill, "organisation": asked.organisation}
    args = {name: str(value) for name, value in said.items() if value}
    return f"{url_for('badges.wall')}?{urlencode(args)}" if args else url_for("badges.wall")


def _name(shown: Shown, order: tuple[str, ...]) -> str:
    name = pick(shown.achievement.content.name, order)
    return name.text if name is not None else shown.id


def _in_best(texts: Mapping[str, tuple[str, ...]], order: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Return the sentences in the language that the visitor reads best, and that language."""
    best = pick({tag: sentences[0] for tag, sentences in texts.items() if sentences}, order)
    return (texts[best.lang], best.lang) if best is not None else ((), "")
