"""The outlines of badges: closed paths around the middle of a field 512 wide and high."""

import math
from collections.abc import Sequence

MIDDLE = 256.0
Point = tuple[float, float]


def circle(radius: float) -> str:
    """Return a circle."""
    top = MIDDLE - radius
    return f"M256 {top:.1f}a{radius:.1f} {radius:.1f} 0 1 1-.1 0z"


def hexagon(radius: float) -> str:
    """Return a hexagon that stands on a corner, its corners round."""
    return _rounded([_at(radius, 60 * corner - 90) for corner in range(6)], radius * 0.34)


def star(radius: float) -> str:
    """Return a star of eight soft points."""
    inner = radius * 0.845
    points = [_at(radius if corner % 2 == 0 else inner, 22.5 * corner - 90) for corner in range(16)]
    return _rounded(points, radius * 0.12)


def seal(radius: float, teeth: int = 36) -> str:
    """Return a circle with a scalloped edge, as a seal has."""
    points = [
        _at(radius if corner % 2 == 0 else radius * 0.955, 180 / teeth * corner - 90) for corner in range(2 * teeth)
    ]
    return _rounded(points, radius * 0.035)


def _at(radius: float, angle_deg: float) -> Point:
    angle = math.radians(angle_deg)
    return MIDDLE + radius * math.cos(angle), MIDDLE + radius * math.sin(angle)


def _rounded(points: Sequence[Point], reach: float) -> str:
    """Return the polygon through `points`, each corner replaced by a curve that begins `reach` before it."""
    parts = list[str]()
    for number, corner in enumerate(points):
        before, after = points[number - 1], points[(number + 1) % len(points)]
        start, end = _towards(corner, before, reach), _towards(corner, after, reach)
        parts.append(
            f"{'L' if parts else 'M'}{start[0]:.1f} {start[1]:.1f}"
            f"Q{corner[0]:.1f} {corner[1]:.1f} {end[0]:.1f} {end[1]:.1f}"
        )
    return "".join(parts) + "z"


def _towards(corner: Point, other: Point, reach: float) -> Point:
    length = math.dist(corner, other)
    share = min(0.5, reach / length)
    return corner[0] + (other[0] - corner[0]) * share, corner[1] + (other[1] - corner[1]) * share
