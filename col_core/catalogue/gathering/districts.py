"""Which district of the city a place lies in."""

import math
from collections.abc import Sequence
from pathlib import Path

from shapely import STRtree
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from col_core.catalogue import drawings

# A point just outside generalised borders still belongs to the district that it touches.
_NEARBY_DEG = 0.003
# Where a city has only the middles of its districts, the nearest one counts up to this far.
_FAR_DEG = 0.05


class Districts:
    """Districts as polygons, or as points where no borders are known."""

    def __init__(self, names: Sequence[str], shapes: Sequence[BaseGeometry]) -> None:
        self.names = tuple(names)
        self._shapes = list(shapes)
        self._tree = STRtree(self._shapes)
        self._points = [(each.x, each.y) for each in shapes if isinstance(each, Point)]
        self._are_points = bool(shapes) and len(self._points) == len(shapes)

    def of(self, lat_deg: float, lon_deg: float) -> str | None:
        """Return the name of the district at a place (WGS 84 degrees), or None outside all of them."""
        if not self._shapes:
            return None
        point = Point(lon_deg, lat_deg)
        if self._are_points:
            # Degrees of longitude are shorter than degrees of latitude up here.
            narrow = math.cos(math.radians(lat_deg))
            distances = [math.hypot((x - lon_deg) * narrow, y - lat_deg) for x, y in self._points]
            nearest = min(range(len(distances)), key=distances.__getitem__)
            return self.names[nearest] if distances[nearest] <= _FAR_DEG else None
        inside = self._tree.query(point, predicate="within")
        if len(inside):
            return self.names[int(min(inside))]
        near = self._tree.query_nearest(point, max_distance=_NEARBY_DEG)
        return self.names[int(min(near))] if len(near) else None


def load_districts(file: Path | None) -> Districts:
    """Read the districts from GeoJSON, each feature with a `name`. Raises ConfigError that says what is wrong."""
    drawn = drawings.read(file, "[city] districts")
    return Districts([name for name, _ in drawn], [each for _, each in drawn])
