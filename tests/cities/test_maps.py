"""The districts, rivers and known places of the two cities."""

import json
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Point, shape
from shapely.geometry import box as box_of

from col_core.base.config import load_city

CITIES = Path(__file__).parents[2] / "cities"
COUNTS = {"ljubljana": 17, "vilnius": 21}
both = pytest.mark.parametrize("city", sorted(COUNTS))


def read(city: str, name: str) -> Any:
    return json.loads((CITIES / city / name).read_text(encoding="utf-8"))


def places(city: str) -> list[dict[str, Any]]:
    return [*read(city, "data/venues.json")["venues"], *read(city, "data/places.json")["venues"]]


@both
def test_the_districts_are_complete_and_say_where_they_are_from(city: str) -> None:
    districts = read(city, "districts.geojson")
    names = [each["properties"]["name"] for each in districts["features"]]
    assert len(names) == len(set(names)) == COUNTS[city]
    assert districts["source"]


def test_ljubljana_has_shapes_and_vilnius_points() -> None:
    assert {each["geometry"]["type"] for each in read("ljubljana", "districts.geojson")["features"]} == {"Polygon"}
    assert {each["geometry"]["type"] for each in read("vilnius", "districts.geojson")["features"]} == {"Point"}


@both
def test_the_rivers_run_through_the_city_and_are_said_to_be_drawn_by_hand(city: str) -> None:
    box = load_city(CITIES / city, environ={}).bbox
    rivers = read(city, "river.geojson")
    assert rivers["source"] == "hand-drawn, generalised"
    around = box_of(box.west_deg, box.south_deg, box.east_deg, box.north_deg)
    for river in rivers["features"]:
        course = shape(river["geometry"])
        assert course.intersects(around), river["properties"]
        assert around.buffer(0.3).contains(course), river["properties"]


@both
def test_a_river_that_comes_from_elsewhere_does_not_begin_in_sight(city: str) -> None:
    box = load_city(CITIES / city, environ={}).bbox
    first = read(city, "river.geojson")["features"]
    sources = {each["properties"]["name"]: each["geometry"]["coordinates"][0] for each in first}
    assert [name for name, (lon, lat) in sources.items() if box.contains(lat, lon)] in ([], ["Gruberjev prekop"])


def test_the_sava_is_the_border_between_crnuce_and_bezigrad() -> None:
    districts = {
        each["properties"]["name"]: shape(each["geometry"])
        for each in read("ljubljana", "districts.geojson")["features"]
    }
    (sava,) = (
        shape(each["geometry"])
        for each in read("ljubljana", "river.geojson")["features"]
        if each["properties"]["name"] == "Sava"
    )
    border = districts["Črnuče"].intersection(districts["Bežigrad"])
    assert sava.distance(border) < 0.001
    assert border.length > 0


@both
def test_known_places_lie_in_the_city_and_are_listed_once(city: str) -> None:
    box = load_city(CITIES / city, environ={}).bbox
    ids = [each["id"] for each in places(city)]
    assert len(ids) == len(set(ids))
    for place in places(city):
        if place["lat"] is not None:
            assert box.contains(place["lat"], place["lon"]), place["name"]
            assert place["source"]


def test_ljubljana_knows_a_place_in_each_district() -> None:
    shapes = [shape(each["geometry"]) for each in read("ljubljana", "districts.geojson")["features"]]
    points = [Point(each["lon"], each["lat"]) for each in places("ljubljana") if each["lat"] is not None]
    assert all(any(district.contains(point) for point in points) for district in shapes)


def test_vilnius_knows_a_place_in_each_seniunija() -> None:
    names = {each["properties"]["name"] for each in read("vilnius", "districts.geojson")["features"]}
    assert {each["district"] for each in places("vilnius") if "district" in each} == names
