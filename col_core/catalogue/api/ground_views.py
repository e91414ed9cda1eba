"""The ground of the map for the pages and for other programs: `/api/v1/map/ground.json`."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Response

from col_core.base.errors import PluginError
from col_core.base.settings import CityConfig
from col_core.catalogue.ground import ground
from col_core.catalogue.hooks import MapLayer
from col_core.hooks.registry import Plugins
from col_core.web import conditional


def blueprint(config: CityConfig, plugins: Plugins, arguments: Callable[[str], Mapping[str, Any]]) -> Blueprint:
    """Return the view. What it shows is drawn once, at boot; a plugin whose layers fail is left out."""
    views = Blueprint("map_ground", __name__)
    body = orjson.dumps(ground(config, _layers(plugins, arguments)))

    @views.get("/api/v1/map/ground.json")
    def map_ground() -> Response:
        response = Response(body, mimetype="application/json")
        response.headers["Access-Control-Allow-Origin"] = "*"
        return conditional.public(response, fresh_s=3600)

    return views


def _layers(plugins: Plugins, arguments: Callable[[str], Mapping[str, Any]]) -> list[MapLayer]:
    layers: list[MapLayer] = []
    for plugin, made in plugins.call_each("col_map_layers", arguments):
        if isinstance(made, PluginError) or made is None:
            continue
        for layer in made:
            try:
                # What is no JSON is noticed here, where it costs the plugin and not the map.
                plugins.guard(plugin, "col_map_layers", partial(orjson.dumps, [layer.source, layer.layers]))
            except PluginError:
                continue
            layers.append(layer)
    return layers
