"""The web application of one city: what stands where. Reads like a table of contents."""

import atexit
import os
from contextlib import ExitStack
from pathlib import Path

from flask import Flask, url_for

from col_core.accounts.bearer import Bearer
from col_core.base import keys, logs
from col_core.base.config import load_city
from col_core.catalogue import api as catalogue_api
from col_core.catalogue import api_description, feeds, figures, ground_api, offering_api
from col_core.catalogue import pages as catalogue_pages
from col_core.content import feedback_pages, home
from col_core.content import files as content_files
from col_core.content import pages as texts
from col_core.content.sitemap import Sitemap
from col_core.house import OpenCity, open_city
from col_core.web import (
    bodies,
    compression,
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


def create_app(city: OpenCity) -> Flask:
    """Return the application of an open city."""
    house = city.house
    app = Flask("col_core", static_folder=None)
    app.secret_key = keys.secret_key(house.config)
    app.config["MAX_CONTENT_LENGTH"] = house.config.limits.body_bytes
    counted = metrics.Metrics()
    assets = Assets(house.config)
    site = _site(city, assets)
    bearer = Bearer(
        house.database,
        limiter=city.limiter,
        clock=house.clock,
        city_id=house.config.id,
        per_minute=house.config.limits.requests_per_minute,
    )
    formats = feeds.formats(house)
    bodies.install(app, longest=house.config.limits.body_bytes)
    journal.install(app, metrics=counted, plugins=house.plugins)
    hosts.install(app, house.config)
    read_limits.install(app, city.read_limiter, per_minute=house.config.limits.reads_per_minute)
    compression.install(app)
    security.install(app)
    site.install(app)
    problems.install(app, site)
    app.register_blueprint(health.blueprint(house))
    app.register_blueprint(metrics.blueprint(house, counted, [figures.of_catalogue(house.config)]))
    app.register_blueprint(assets.blueprint())
    app.register_blueprint(media.blueprint(house))
    app.register_blueprint(catalogue_api.blueprint(house, city.catalogue, city.offering, bearer))
    app.register_blueprint(offering_api.blueprint(house, city.offering, bearer))
    app.register_blueprint(ground_api.blueprint(house.config, house.plugins, city.loaded.arguments))
    app.register_blueprint(feeds.blueprint(house, city.catalogue, formats))
    described = api_description.describe(house.config, {name: each for name, (_, each) in formats.items()})
    app.register_blueprint(description.blueprint(house.config, [described]))
    app.register_blueprint(catalogue_pages.blueprint(site, city.catalogue))
    app.register_blueprint(home.blueprint(site, city.catalogue, lambda: texts.teasers(site, city.library)))
    app.register_blueprint(texts.blueprint(site, city.library))
    app.register_blueprint(feedback_pages.blueprint(site, city.catalogue, city.limiter))
    sitemap = Sitemap(house.config, city.library)
    app.register_blueprint(content_files.blueprint(house, city.library.pictures, sitemap))
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
            text=site.translator.pgettext("navigation", "Explore"), url=url_for("catalogue.opportunities"), icon="map"
        ),
    )
    site.footer = lambda: (
        Link(text=site.translator.pgettext("navigation", "Articles"), url=url_for("texts.blog")),
        *texts.footer_links(site, city.library),
        Link(text=site.translator.pgettext("navigation", "Feedback"), url=url_for("feedback.form")),
    )
    site.ways = {
        "home": "home.start",
        "search": "catalogue.opportunities",
        "saved": "catalogue.saved",
        "report": "feedback.form",
    }
    return site


def from_environment() -> Flask:
    """Return the application of the city that COL_CITY names; the server calls this once in each of its processes."""
    config = load_city(Path(os.environ["COL_CITY"]))
    logs.set_up(city=config.id)
    metrics.forget_dead_processes()
    parts = ExitStack()
    city = parts.enter_context(open_city(config, for_visitors=True))
    atexit.register(parts.close)
    return create_app(city)
