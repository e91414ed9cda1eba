"""What the map shows beneath the offers: districts with a spot for their names, rivers, layers of plugins."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from col_core.base.settings import CityConfig
from col_core.catalogue import drawings
from col_core.catalogue.hooks import MapLayer

# Six digits of a degree are a decimetre.
_DIGITS = 6
_TOLERANCE_DEG = 0.0005
_ROUNDS = 2


def ground(config: CityConfig, layers: Sequence[MapLayer]) -> Mapping[str, Any]:
    """Return the ground of the map; coordinates are longitude, latitude in degrees (WGS 84), as in GeoJSON.

    `districts` are polygons, or points where no borders are known; each says in its properties its `name`, and where
    the name stands best: `label`, with `room`, the degrees free around it (0 for a point).

    Raises ConfigError where a file of the city cannot be used.
    """
    box, center = config.bbox, config.center
    return {
        "bbox": [box.west_deg, box.south_deg, box.east_deg, box.north_deg],
        "center": [center.lon_deg, center.lat_deg],
        "districts": _collection([_district(*each) for each in drawings.read(config.districts, "[city] districts")]),
        "rivers": _collection(
            [
                _feature(_smooth(drawn), {"name": name})
                for name, drawn in drawings.read(config.theme.river, "[theme] river")
            ]
        ),
        "layers": [_layer(each) for each in layers],
    }


def _district(name: str, drawn: BaseGeometry) -> Mapping[str, Any]:
    label, room_deg = _label(drawn)
    return _feature(
        drawn,
        {"name": name, "label": [round(label.x, _DIGITS), round(label.y, _DIGITS)], "room": round(room_deg, _DIGITS)},
    )


def _label(drawn: BaseGeometry) -> tuple[Point, float]:
    """Return the middle of the largest circle inside, and its radius."""
    if not isinstance(drawn, Polygon | MultiPolygon):
        return drawn.centroid, 0.0
    radius = shapely.maximum_inscribed_circle(drawn, tolerance=_TOLERANCE_DEG)
    return Point(radius.coords[0]), float(radius.length)


def _smooth(drawn: BaseGeometry) -> BaseGeometry:
    """Round the corners of a line that was drawn by hand (Chaikin's corner cutting); the ends stay."""
    if not isinstance(drawn, LineString):
        return drawn
    points = list(drawn.coords)
    for _ in range(_ROUNDS):
        cut = [
            (x + (to_x - x) * share, y + (to_y - y) * share)
            for (x, y, *_), (to_x, to_y, *_) in pairwise(points)
            for share in (0.25, 0.75)
        ]
        points = [points[0], *cut, points[-1]]
    return LineString([(round(x, _DIGITS), round(y, _DIGITS)) for x, y, *_ in points])


def _layer(layer: MapLayer) -> Mapping[str, Any]:
    return {
        "id": layer.id,
        "title": dict(layer.title),
        "source": dict(layer.source),
        "layers": [dict(each) for each in layer.layers],
        "base": layer.base,
        "attribution": layer.attribution,
    }


def _feature(drawn: BaseGeometry, properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "Feature", "geometry": mapping(drawn), "properties": properties}


def _collection(features: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}
