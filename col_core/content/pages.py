"""What a city writes, for people: its articles with their feed, and its pages."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, redirect, url_for

from col_core.base.errors import NotFound
from col_core.content.feed import rss
from col_core.content.home import Teaser
from col_core.content.library import ALWAYS_THERE, Library
from col_core.content.records import Written
from col_core.web import conditional
from col_core.web.site import Link, Site

_MORE = 3


def blueprint(site: Site, library: Library) -> Blueprint:
    """Return `/blog`, `/blog/<name>`, `/blog.rss`, the pages of every city, and `/pages/<name>` for its own."""
    views = site.blueprint("texts", __name__)
    config = site.house.config

    @views.get("/blog")
    def blog() -> Response:
        return site.page("content/blog.html", articles=library.articles(site.language))

    @views.get("/blog/<name>")
    def article(name: str) -> Response:
        found = library.article(name, site.language)
        if found is None:
            raise NotFound("There is no such article here.")
        more = [each for each in library.latest(site.language, _MORE + 1) if each.name != name][:_MORE]
        return site.page("content/article.html", text=found, more=more)

    @views.get("/blog.rss")
    def feed() -> Response:
        words, language = site.translator, site.language
        name = config.city_name(language)
        made = rss(
            library.articles(language),
            config,
            language=language,
            title=words.gettext("%(city)s – City of Learning", city=name),
            description=words.gettext("News and advice about learning and creating in the city."),
        )
        response = Response(made, content_type="application/rss+xml; charset=utf-8")
        response.headers["Content-Language"] = language
        return conditional.public(response, fresh_s=600)

    for name in ALWAYS_THERE:
        views.add_url_rule(f"/{name}", name, _page_view(site, library, name))

    @views.get("/pages/<name>")
    def page(name: str) -> Any:
        if name in ALWAYS_THERE:
            return redirect(url_for(f"texts.{name}"), 301)
        return _page(site, library, name)

    return views


def footer_links(site: Site, library: Library) -> Sequence[Link]:
    """Return the links to the city's pages, for the foot of every page."""
    return [
        Link(
            text=each.title,
            url=site.path(f"texts.{each.name}") if each.name in ALWAYS_THERE else url_for("texts.page", name=each.name),
            lang=each.language if each.language != site.language else "",
        )
        for each in library.footer_pages(site.language)
    ]


def teasers(site: Site, library: Library) -> Sequence[Teaser]:
    """Return the latest articles, for the first page."""
    return [_teaser(each) for each in library.latest(site.language, _MORE)]


def _teaser(text: Written) -> Teaser:
    return Teaser(
        title=text.title,
        summary=text.summary,
        url=url_for("texts.article", name=text.name),
        lang=text.language,
    )


def _page_view(site: Site, library: Library, name: str) -> Any:
    def view() -> Response:
        return _page(site, library, name)

    return view


def _page(site: Site, library: Library, name: str) -> Response:
    found = library.page(name, site.language)
    if found is None:
        raise NotFound("There is no such page here.")
    return site.page("content/page.html", text=found)
