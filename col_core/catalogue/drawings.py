"""What a city has drawn: GeoJSON files of its folder, each feature with a name."""

import json
from pathlib import Path
from typing import Any

from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from col_core.base.errors import ConfigError

_COLLECTION = '{"type": "FeatureCollection", "features": […]}'


def read(file: Path | None, setting: str) -> list[tuple[str, BaseGeometry]]:
    """Return name and shape of each feature; nothing where there is no file.

    Raises ConfigError that names the file, the `setting` which leads to it, and the line or feature that is wrong.
    """
    if file is None:
        return []
    place = f"{file}: {setting}"
    try:
        document = json.loads(file.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise ConfigError(f"{file}:{error.lineno}: {setting} is not JSON from here on: {error.msg}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{place} is not UTF-8 (byte {error.start}): save it as UTF-8.") from error
    except OSError as error:
        raise ConfigError(f"{place} cannot be read: {error.strerror}.") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise ConfigError(f"{place} must be a GeoJSON FeatureCollection: {_COLLECTION}.")
    return [_feature(each, f"{place}, feature {number}") for number, each in enumerate(features, start=1)]


def _feature(feature: Any, place: str) -> tuple[str, BaseGeometry]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str | int) or not str(name).strip():
        raise ConfigError(f'{place} has no name; write it as "properties": {{"name": "…"}}.')
    try:
        drawn = shape(feature["geometry"])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, ShapelyError) as error:
        raise ConfigError(
            f'{place} ({name}) has no "geometry" that can be read; a point is written '
            '{"type": "Point", "coordinates": [14.51, 46.05]}: longitude first, and without quotes.'
        ) from error
    return str(name), drawn
