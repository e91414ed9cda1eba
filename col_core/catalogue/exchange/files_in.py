"""JSON files as sources for an import: GeoJSON as we write it, and schema.org JSON-LD as anyone does."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from col_core.base.errors import FetchError, InvalidInput, Malformed
from col_core.base.settings import CityConfig
from col_core.base.strict_json import loads
from col_core.catalogue.exchange import jsonld_in, submissions
from col_core.catalogue.records import Draft, Fetched, RawItem, Rejected
from col_core.catalogue.vocabulary import Status
from col_core.hooks.city import Loader

_Named = tuple[str | None, Any, str]
_NOT_OFFERED = frozenset({Status.DRAFT, Status.REVIEW, Status.WITHDRAWN, Status.CLOSED})


@dataclass(kw_only=True)
class JsonSource:
    """The items of one JSON file. `cut` gives each with its id and where it stands; `read` makes a draft of one."""

    id: str
    loader: Loader
    cut: Callable[[Any], Iterable[_Named]]
    read: Callable[[Any], Draft]
    max_bytes: int

    def fetch(self, *, since: datetime | None, cursor: str | None) -> Fetched:  # noqa: ARG002 (protocol)
        """Load the file and cut it up. Raises FetchError for one that is no JSON."""
        loaded = self.loader.load(self.id)
        try:
            document = loads(loaded.body.removeprefix(b"\xef\xbb\xbf"), max_bytes=self.max_bytes)
        except Malformed as error:
            raise FetchError(f"{loaded.address}: {error}") from error
        items: dict[str, RawItem] = {}
        errors: list[Rejected] = []
        for name, value, spot in self.cut(document):
            where = f"{loaded.address}, {spot}"
            if name is None:
                errors.append(Rejected(external_id=None, reason="it has no id to be known by", where=where))
            elif name in items:
                reason = f"its id stands at {items[name].address} already"
                errors.append(Rejected(external_id=name, reason=reason, where=where))
            else:
                body = orjson.dumps(value)
                items[name] = RawItem(external_id=name, body=body, media_type=loaded.media_type, address=where)
        if not items and not errors:
            raise FetchError(f"{loaded.address} holds no opportunity.")
        return Fetched(items=tuple(items.values()), errors=tuple(errors))

    def normalise(self, raw: RawItem) -> Draft | Rejected:
        """Turn one item into a draft; what cannot be understood is rejected with its key."""
        try:
            return self.read(orjson.loads(raw.body))
        except InvalidInput as error:
            reason = "; ".join(f"{key.lstrip('/')}: {' '.join(said)}" for key, said in error.fields.items())
            return Rejected(external_id=raw.external_id, reason=reason or str(error), where=raw.address)
        except (ValueError, OverflowError, RecursionError) as error:
            return Rejected(external_id=raw.external_id, reason=str(error), where=raw.address)


def geojson(config: CityConfig, *, id_: str, loader: Loader, max_bytes: int) -> JsonSource:
    """Return the features of a GeoJSON file (RFC 7946) whose properties are those of the API."""
    return JsonSource(
        id=id_, loader=loader, cut=_features, read=lambda value: _of_feature(value, config), max_bytes=max_bytes
    )


def as_table(body: bytes, *, max_bytes: int) -> bytes | None:
    """Return a GeoJSON file as a table (CSV), its properties being the columns, with the coordinates of its points.

    None where the properties are those of the API, or it is no GeoJSON at all. The row after the header is feature 1.
    """
    try:
        document = loads(body.removeprefix(b"\xef\xbb\xbf"), max_bytes=max_bytes)
    except Malformed:
        return None
    features = document.get("features") if isinstance(document, dict) else None
    rows = [_row(each) for each in features] if isinstance(features, list) else []
    if not rows or any(isinstance(each.get("title"), dict) for each in rows):
        return None
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=columns, restval="")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return out.getvalue().encode()


def _row(feature: Any) -> dict[str, Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    row = dict(properties) if isinstance(properties, dict) else {}
    if isinstance(feature, dict) and feature.get("id") is not None:
        row.setdefault("external_id", feature["id"])
    lat, lon = _position(feature.get("geometry")) if isinstance(feature, dict) else (None, None)
    return {**row, "lat": lat, "lon": lon} if lat is not None else row


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_cell(each) for each in value)
    return "" if value is None else str(value)


def _position(geometry: Any) -> tuple[Any, Any]:
    """Return latitude and longitude of a GeoJSON point, which says them the other way round."""
    at = geometry.get("coordinates") if isinstance(geometry, dict) and geometry.get("type") == "Point" else None
    return (at[1], at[0]) if isinstance(at, list) and len(at) >= 2 else (None, None)


def jsonld(config: CityConfig, *, id_: str, language: str, loader: Loader, max_bytes: int) -> JsonSource:
    """Return the events and courses of a JSON-LD file in the words of schema.org."""
    defaults = jsonld_in.Defaults(language=language, timezone=config.timezone, currency=config.currency)
    return JsonSource(
        id=id_,
        loader=loader,
        cut=lambda document: ((jsonld_in.name_of(each), each, at) for at, each in jsonld_in.nodes(document)),
        read=lambda value: jsonld_in.draft(value, defaults),
        max_bytes=max_bytes,
    )


def _features(document: Any) -> Iterator[_Named]:
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise FetchError("It is no GeoJSON FeatureCollection: it has no list of features.")
    for number, feature in enumerate(features, 1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            yield None, feature, f"feature {number}"
            continue
        if properties.get("status") in _NOT_OFFERED:
            continue
        said = (properties.get("external_id"), feature.get("id"), properties.get("id"), properties.get("url"))
        name = next((str(each)[:500] for each in said if isinstance(each, str | int) and str(each)), None)
        yield name, feature, f"feature {number}"


def _of_feature(feature: Mapping[str, Any], config: CityConfig) -> Draft:
    properties = dict(feature["properties"])
    organiser = properties.pop("organiser", None)
    lat, lon = _position(feature.get("geometry"))
    if not properties.get("place") and lat is not None:
        properties["place"] = {"lat": lat, "lon": lon}
    name = organiser.get("name") if isinstance(organiser, dict) else organiser
    read = submissions.read(properties, config=config, organiser=name if isinstance(name, str) else None, slug=None)
    # A demonstration stays one wherever it goes.
    return replace(read.content, example=properties.get("example") is True)
