"""The web application of one city: what stands where. Reads like a table of contents."""

import atexit
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin

from col_core.accounts.bearer import Bearer
from col_core.badges.api import (
    achievement_description,
    achievement_views,
    award_description,
    award_views,
    hosted_views,
    public_views,
)
from col_core.badges.awards import hosting
from col_core.badges.awards.hosting import Hosting
from col_core.badges.checking import api as checking_api
from col_core.badges.checking import pages as checking_pages
from col_core.badges.pages import files as badge_files
from col_core.badges.pages import views as badge_pages
from col_core.base import keys, logs
from col_core.base.at_work import at_work
from col_core.base.config import load_city
from col_core.base.errors import ColError
from col_core.catalogue.api import description as api_description
from col_core.catalogue.api import ground_views, offering_views
from col_core.catalogue.api import views as catalogue_api
from col_core.catalogue.exchange import feeds
from col_core.catalogue.gathering import figures
from col_core.catalogue.pages import views as catalogue_pages
from col_core.catalogue.pages.card_shelf import CardShelf
from col_core.content import feedback_pages, home
from col_core.content import files as content_files
from col_core.content import pages as texts
from col_core.content.sitemap import Sitemap
from col_core.federation.exchange import description as exchange_description
from col_core.federation.exchange import feed_views, network_views
from col_core.federation.exchange import figures as exchange_figures
from col_core.federation.exchange.openings import Openings
from col_core.federation.fediverse import views as fediverse_views
from col_core.federation.fediverse.figures import of_fediverse
from col_core.federation.pages import network as network_pages
from col_core.federation.pages import showing as network_showing
from col_core.federation.recognition import api as issuers_api
from col_core.federation.trust import views as trust_views
from col_core.house import OpenCity, open_city
from col_core.passport import sharing
from col_core.passport.pages import room as passport
from col_core.web import (
    bodies,
    compression,
    conditional,
    description,
    health,
    hosts,
    journal,
    media,
    metrics,
    problems,
    read_limits,
    security,
)
from col_core.web.assets import Assets
from col_core.web.page_cache import PageCache
from col_core.web.site import Link, Site

_log = structlog.get_logger()


class _NoSessions(SessionInterface):
    """What a visitor did before is kept nowhere, so no cookie is looked for it."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin:  # noqa: ARG002 (the base class names them)
        return self.make_null_session(app)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Never called: an empty session is not saved."""


class _App(Flask):
    """Flask without a look at every view, and at all that runs before and after it, for whether it is asynchronous.

    None of ours is; looking took a tenth of an answer that was kept. There are no sessions, which took another one.
    """

    session_interface = _NoSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def create_app(city: OpenCity) -> Flask:
    """Return the application of an open city."""
    house = city.house
    app = _App("col_core", static_folder=None)
    app.secret_key = keys.secret_key(house.config)
    app.config["MAX_CONTENT_LENGTH"] = house.config.limits.body_bytes
    counted = metrics.Metrics()
    assets = Assets(house.config)
    site = _site(city, assets)
    translations = city.federation.translating.shown
    shelf = CardShelf(site, translations)
    bearer = Bearer(
        house.database,
        limiter=city.limiter,
        clock=house.clock,
        city_id=house.config.id,
        per_minute=house.config.limits.requests_per_minute,
    )
    formats = feeds.formats(house)
    count = read_limits.counter(city.read_limiter, per_minute=house.config.limits.reads_per_minute)
    conditional.front(app, count=count)
    bodies.install(app, longest=house.config.limits.body_bytes)
    journal.install(app, metrics=counted, plugins=house.plugins)
    hosts.install(app, house.config)
    read_limits.install(app, count)
    compression.install(app)
    security.install(app)
    site.install(app)
    problems.install(app, site)
    app.register_blueprint(health.blueprint(house))
    of_rooms = [figures.of_catalogue(house.config), of_fediverse, exchange_figures.figures]
    app.register_blueprint(metrics.blueprint(house, counted, of_rooms))
    app.register_blueprint(assets.blueprint())
    app.register_blueprint(media.blueprint(house))
    app.register_blueprint(catalogue_api.blueprint(house, city.catalogue, city.offering, bearer))
    app.register_blueprint(offering_views.blueprint(house, city.offering, bearer))
    app.register_blueprint(ground_views.blueprint(house.config, house.plugins, city.loaded.arguments))
    app.register_blueprint(award_views.blueprint(house, city.office, bearer))
    opened = partial(sharing.shows, clock=house.clock)
    vouched = city.federation.trust.membership.endorsements
    app.register_blueprint(public_views.blueprint(house, city.office, city.exporting, opened, vouched))
    if hosting.FORMAT in city.office.making.formats:
        app.register_blueprint(hosted_views.blueprint(Hosting(city.office, opened)))
    app.register_blueprint(feeds.blueprint(house, city.catalogue, formats))
    app.register_blueprint(feed_views.blueprint(house, city.catalogue))
    app.register_blueprint(network_views.blueprint(house))
    Openings(house).install(app)
    described = api_description.describe(house.config, {name: each for name, (_, each) in formats.items()})
    app.register_blueprint(checking_api.blueprint(house, city.checking, city.limiter))
    app.register_blueprint(issuers_api.blueprint(house, city.office))
    rooms = [
        described,
        achievement_description.describe,
        award_description.describe,
        checking_api.describe,
        issuers_api.describe,
        network_pages.describe,
        exchange_description.describe,
    ]
    app.register_blueprint(description.blueprint(house.config, rooms))
    app.register_blueprint(catalogue_pages.blueprint(site, city.catalogue, shelf, city.showcase, translations))
    app.register_blueprint(
        badge_pages.blueprint(site, city.showcase, city.badge_pictures, city.office, city.catalogue, shelf)
    )
    identities = city.office.identities
    app.register_blueprint(badge_files.blueprint(house, city.showcase, city.badge_pictures, identities))
    app.register_blueprint(achievement_views.blueprint(house, city.showcase, city.catalogue))
    app.register_blueprint(
        home.blueprint(site, city.catalogue, shelf, city.showcase, lambda: texts.teasers(site, city.library))
    )
    app.register_blueprint(texts.blueprint(site, city.library))
    app.register_blueprint(feedback_pages.blueprint(site, city.catalogue, city.limiter))
    app.register_blueprint(checking_pages.blueprint(site, city.checking, city.limiter))
    room = city.federation
    app.register_blueprint(trust_views.blueprint(room.trust))
    app.register_blueprint(network_pages.blueprint(site, room.ground, room.trust))
    app.register_blueprint(network_pages.api(room.ground, room.trust))
    sitemap = Sitemap(house.config, city.library)
    app.register_blueprint(content_files.blueprint(house, city.library.pictures, sitemap))
    for views in passport.blueprints(
        site,
        city.office,
        exporting=city.exporting,
        drawn=city.badge_pictures.svg,
        checking=city.checking,
        limiter=city.limiter,
        secret=app.secret_key,
    ):
        app.register_blueprint(views)
    app.register_blueprint(
        fediverse_views.blueprint(
            city.federation.fediverse, database=house.database, config=house.config, limiter=city.read_limiter
        )
    )
    for _, part in city.web_parts:
        for views in part.blueprints:
            app.register_blueprint(views)
    return app


def _site(city: OpenCity, assets: Assets) -> Site:
    """Return the frame of every page, with the links to what there is."""
    site = Site(
        city.house,
        assets,
        language_names={each.tag: each.name for each in city.languages},
        parts=city.web_parts,
        cache=PageCache(version=city.catalogue.version, clock_s=lambda: city.house.clock.now().timestamp()),
    )
    site.main = lambda: (
        Link(
            text=site.translator.pgettext("navigation", "Explore"), url=site.path("catalogue.opportunities"), icon="map"
        ),
        Link(text=site.translator.pgettext("navigation", "Badges"), url=site.path("badges.wall"), icon="award"),
        Link(
            text=site.translator.pgettext("navigation", "Claim a badge"),
            url=site.path("claim.form"),
            icon="scan-qr-code",
        ),
    )

    def network() -> list[Link]:
        if not network_showing.is_there(city.federation.ground):
            return []
        return [Link(text=site.translator.pgettext("navigation", "The network"), url=site.path("network.network"))]

    site.footer = lambda: (
        Link(text=site.translator.pgettext("navigation", "My badges"), url=site.path("passport.start")),
        Link(text=site.translator.pgettext("navigation", "Check a badge"), url=site.path("verify.form")),
        Link(text=site.translator.pgettext("navigation", "Articles"), url=site.path("texts.blog")),
        *texts.footer_links(site, city.library),
        *network(),
        Link(text=site.translator.pgettext("navigation", "Feedback"), url=site.path("feedback.form")),
    )
    site.ways = {
        "home": "home.start",
        "search": "catalogue.opportunities",
        "saved": "catalogue.saved",
        "badges": "badges.wall",
        "badge": "badges.badge",
        "report": "feedback.form",
    }
    return site


def from_environment() -> Flask:
    """Return the application of the city that COL_CITY names, once in each process of a server.

    The process ends where the city cannot be opened: what is wrong stands in the log, in the words of its settings.
    """
    config = load_city(Path(os.environ["COL_CITY"]))
    logs.set_up(city=config.id)
    metrics.forget_dead_processes()
    parts = ExitStack()
    try:
        parts.enter_context(at_work(config))
        app = create_app(parts.enter_context(open_city(config, for_visitors=True)))
    except ColError as error:
        _log.critical("city.cannot_start", reason=str(error))
        sys.exit(1)
    atexit.register(parts.close)
    return app
