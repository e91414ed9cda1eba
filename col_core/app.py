"""The web application of one city: what stands where. Reads like a table of contents."""

import atexit
import os
from contextlib import ExitStack
from pathlib import Path

from flask import Flask

from col_core.base import keys, logs
from col_core.base.config import load_city
from col_core.catalogue import api as catalogue_api
from col_core.house import OpenCity, open_city
from col_core.web import compression, health, media, problems, security
from col_core.web.assets import Assets


def create_app(city: OpenCity) -> Flask:
    """Return the application of an open city."""
    house = city.house
    app = Flask("col_core", static_folder=None)
    app.secret_key = keys.secret_key(house.config)
    app.config["MAX_CONTENT_LENGTH"] = house.config.limits.body_bytes
    compression.install(app)
    problems.install(app)
    security.install(app)
    app.register_blueprint(health.blueprint(house))
    app.register_blueprint(Assets(house.config).blueprint())
    app.register_blueprint(media.blueprint(house))
    app.register_blueprint(catalogue_api.blueprint(house, city.catalogue))
    return app


def from_environment() -> Flask:
    """Return the application of the city that COL_CITY names; the server calls this once in each of its processes."""
    config = load_city(Path(os.environ["COL_CITY"]))
    logs.set_up(city=config.id)
    parts = ExitStack()
    city = parts.enter_context(open_city(config))
    atexit.register(parts.close)
    return create_app(city)
