"""What the map of a page is told: where it begins, what it asks for, and its words in the visitor's language."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from col_core.catalogue import labels, query
from col_core.catalogue.records import Opportunity, Query
from col_core.web.site import Site


def of_results(site: Site, asked: Query) -> dict[str, Any]:
    """Return the settings of the map beside a list of results."""
    config = site.house.config
    box = asked.bbox
    args = query.to_args(replace(asked, page=1, per_page=Query().per_page, sort=None, bbox=None))
    return _basics(site) | {
        "query": urlencode(args),
        "view": [box.west_deg, box.south_deg, box.east_deg, box.north_deg] if box else None,
        "near": [asked.near.lon_deg, asked.near.lat_deg] if asked.near else None,
        "bbox": [config.bbox.west_deg, config.bbox.south_deg, config.bbox.east_deg, config.bbox.north_deg],
    }


def of_place(site: Site, one: Opportunity) -> dict[str, Any] | None:
    """Return the settings of the small map of one offer; None where it has no place."""
    place = one.place
    if place is None or place.lat_deg is None:
        return None
    category = one.content.categories[0].value if one.content.categories else None
    point = {"lat": place.lat_deg, "lon": place.lon_deg, "category": category}
    return _basics(site) | {"point": point}


def _basics(site: Site) -> dict[str, Any]:
    config, words = site.house.config, site.translator
    return {
        "tiles": "/api/v1/map/{z}/{x}/{y}.json",
        "ground": "/api/v1/map/ground.json",
        "cards": url_for("catalogue.card", id_="ID").replace("ID", "{id}"),
        "center": [config.center.lon_deg, config.center.lat_deg],
        "labels": labels.map_labels(words),
    }
