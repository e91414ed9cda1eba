"""Known venues of a city, which give coordinates to an offer that names a place or an address only."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from col_core.base.errors import ConfigError
from col_core.catalogue.records import Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Venue:
    """A place that the city knows. `district` is given where borders are not known well enough to compute it."""

    name: str
    address: str | None
    lat_deg: float
    lon_deg: float
    district: str | None = None


class Gazetteer:
    """Finds venues by their name, else by their street and number; spelling, case and diacritics do not matter."""

    def __init__(self, venues: Iterable[Venue]) -> None:
        self._by_name: dict[str, Venue] = {}
        self._by_address: dict[str, Venue] = {}
        self._by_point: dict[tuple[float, float], Venue] = {}
        for venue in venues:
            self._by_name.setdefault(_key(venue.name), venue)
            if venue.address and (street := _street(venue.address)):
                self._by_address.setdefault(street, venue)
            self._by_point.setdefault(_point(venue.lat_deg, venue.lon_deg), venue)

    def find(self, place: Place) -> Venue | None:
        """Return the venue that `place` means, or None."""
        if place.name and (venue := self._by_name.get(_key(place.name))):
            return venue
        for text in (place.address, place.name):
            if text and (venue := self._by_address.get(_street(text))):
                return venue
        return None

    def at(self, lat_deg: float, lon_deg: float) -> Venue | None:
        """Return the venue within about ten metres, or None."""
        return self._by_point.get(_point(lat_deg, lon_deg))


def load_gazetteer(files: Iterable[Path]) -> Gazetteer:
    """Read `{"venues": [{"name", "address", "lat", "lon", "district"}]}`. Raises ConfigError that names the entry."""
    return Gazetteer(venue for file in files for venue in _venues(file))


def _venues(file: Path) -> Iterable[Venue]:
    try:
        entries: list[Mapping[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["venues"]
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f'{file}: [city] gazetteer must be JSON of the form {{"venues": [...]}} ({error}).'
        ) from error
    for number, each in enumerate(entries, start=1):
        try:
            if each.get("lat") is None or each.get("lon") is None:
                continue
            yield Venue(
                name=str(each["name"]),
                address=each.get("address"),
                lat_deg=float(each["lat"]),
                lon_deg=float(each["lon"]),
                district=each.get("district"),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ConfigError(f"{file}: venue {number} lacks a name, or its lat and lon are no numbers.") from error


def _key(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in folded if not unicodedata.combining(each))
    return " ".join(re.findall(r"\w+", plain))


def _street(address: str) -> str:
    """Return street and number, folded: "Resljeva cesta 18, 1000 Ljubljana" → "resljeva cesta 18"; "" without both."""
    first = _key(address.partition(",")[0])
    return first if re.search(r"\d", first) and re.search(r"[^\W\d]", first) else ""


def _point(lat_deg: float, lon_deg: float) -> tuple[float, float]:
    return round(lat_deg, 4), round(lon_deg, 4)
