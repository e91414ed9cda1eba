"""Distances on the sphere and tiles of the web map.

Tiles follow the usual scheme: Web Mercator, x from the west, y from the north, 2**z tiles a side. World coordinates
run from 0 to 1; as whole numbers they have 32 bits, so that the tile of a point at any zoom is a shift of bits and
tiles of all zooms nest exactly.
"""

import math

import numpy as np
from numpy.typing import NDArray

from col_core.base.settings import Bounds

EARTH_RADIUS_M = 6_371_008.8
WORLD_BITS = 32
_MERCATOR_LIMIT_DEG = 85.05112877980659


def distance_m(lat_deg: float, lon_deg: float, other_lat_deg: float, other_lon_deg: float) -> float:
    """Return the great-circle distance in metres (haversine, mean radius of the Earth)."""
    phi, other_phi = math.radians(lat_deg), math.radians(other_lat_deg)
    half_lat = math.sin((other_phi - phi) / 2)
    half_lon = math.sin(math.radians(other_lon_deg - lon_deg) / 2)
    share = half_lat**2 + math.cos(phi) * math.cos(other_phi) * half_lon**2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(share)))


def distances_m(
    lat_deg: float, lon_deg: float, lats_deg: NDArray[np.float64], lons_deg: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the distance from one point to each of many, in metres; NaN where a coordinate is NaN."""
    phi, phis = math.radians(lat_deg), np.radians(lats_deg)
    half_lat = np.sin((phis - phi) / 2)
    half_lon = np.sin(np.radians(lons_deg - lon_deg) / 2)
    share = half_lat**2 + math.cos(phi) * np.cos(phis) * half_lon**2
    distances: NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(share)))
    return distances


def project_all(
    lats_deg: NDArray[np.float64], lons_deg: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the world coordinates of many points."""
    sines = np.sin(np.radians(np.clip(lats_deg, -_MERCATOR_LIMIT_DEG, _MERCATOR_LIMIT_DEG)))
    y = 0.5 - np.arctanh(sines) / (2 * math.pi)
    return np.clip(lons_deg / 360 + 0.5, 0.0, 1.0), np.clip(y, 0.0, 1.0)


def world_pixels(
    lats_deg: NDArray[np.float64], lons_deg: NDArray[np.float64]
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return world coordinates as 32-bit whole numbers: `pixel >> (32 - z)` is the tile at zoom z."""
    side = float(2**WORLD_BITS)
    x, y = (np.minimum(np.floor(axis * side), side - 1).astype(np.uint32) for axis in project_all(lats_deg, lons_deg))
    return x, y


def unproject(x: float, y: float) -> tuple[float, float]:
    """Return latitude and longitude of world coordinates."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y)))), (x - 0.5) * 360


def tile_bounds(z: int, x: int, y: int) -> Bounds:
    """Return the bounds of a tile."""
    side = float(2**z)
    north, west = unproject(x / side, y / side)
    south, east = unproject((x + 1) / side, (y + 1) / side)
    return Bounds(west_deg=west, south_deg=south, east_deg=east, north_deg=north)


def tile_of(lat_deg: float, lon_deg: float, z: int) -> tuple[int, int]:
    """Return x and y of the tile that a point lies in."""
    x, y = world_pixels(np.array([lat_deg]), np.array([lon_deg]))
    return int(x[0]) >> (WORLD_BITS - z), int(y[0]) >> (WORLD_BITS - z)
