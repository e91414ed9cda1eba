import json
from pathlib import Path

import pytest
from flask import Flask
from shapely.geometry import Point, shape

from col_core.base.config import load_city
from col_core.base.errors import ConfigError
from col_core.catalogue import hooks as catalogue_hooks
from col_core.catalogue.api import ground_views
from col_core.catalogue.ground import ground
from col_core.catalogue.hooks import MapLayer
from col_core.hooks.markers import hookimpl
from col_core.hooks.registry import Plugins

CITIES = Path(__file__).parents[2] / "cities"
RELIEF = MapLayer(
    id="relief",
    title={"sl": "Relief"},
    source={"type": "raster", "tiles": ["/relief/{z}/{x}/{y}.png"], "tileSize": 256},
    layers=[{"id": "shade", "type": "raster"}],
    base=True,
    attribution="Mesto",
)


def config(name="ljubljana"):
    return load_city(CITIES / name, environ={})


class Relief:
    @hookimpl
    def col_map_layers(self, city):
        return [RELIEF]


class Broken:
    @hookimpl
    def col_map_layers(self, city):
        raise RuntimeError("no layers today")


class Unwritable:
    @hookimpl
    def col_map_layers(self, city):
        return [MapLayer(id="bad", title={}, source={"data": object()}, layers=[])]


@pytest.fixture
def client():
    plugins = Plugins([catalogue_hooks])
    for each in (Broken, Relief, Unwritable):
        plugins.register(each.__name__, each())
    app = Flask("test", static_folder=None)
    app.register_blueprint(ground_views.blueprint(config(), plugins, lambda _: {"city": None}))
    return app.test_client()


def test_each_district_has_a_spot_for_its_name_well_inside():
    districts = ground(config(), [])["districts"]["features"]
    assert len(districts) == 17
    for district in districts:
        outline = shape(district["geometry"])
        label = Point(district["properties"]["label"])
        assert outline.contains(label), district["properties"]["name"]
        assert label.distance(outline.boundary) == pytest.approx(district["properties"]["room"], abs=1e-5)


def test_where_only_the_middles_of_districts_are_known_the_name_stands_there():
    districts = ground(config("vilnius"), [])["districts"]["features"]
    assert len(districts) == 21
    assert all(tuple(each["geometry"]["coordinates"]) == tuple(each["properties"]["label"]) for each in districts)
    assert {each["properties"]["room"] for each in districts} == {0.0}


@pytest.mark.parametrize("city", ["ljubljana", "vilnius"])
def test_a_river_is_rounded_but_keeps_its_ends_and_its_course(city):
    drawn = json.loads((CITIES / city / "river.geojson").read_text(encoding="utf-8"))["features"]
    for by_hand, rounded in zip(drawn, ground(config(city), [])["rivers"]["features"], strict=True):
        before, after = shape(by_hand["geometry"]), shape(rounded["geometry"])
        assert (after.coords[0], after.coords[-1]) == (before.coords[0], before.coords[-1])
        assert after.hausdorff_distance(before) < 0.006
        assert rounded["properties"]["name"] == by_hand["properties"]["name"]


def test_a_city_without_drawings_has_an_empty_ground(tmp_path):
    text = (CITIES / "ljubljana" / "city.toml").read_text(encoding="utf-8")
    kept = [
        line
        for line in text.splitlines()
        if not line.startswith(("districts", "river", "gazetteer", "logo", "pattern"))
    ]
    (tmp_path / "city.toml").write_text("\n".join(kept), encoding="utf-8")
    made = ground(load_city(tmp_path, environ={"COL_VAR": str(tmp_path)}), [])
    assert made["districts"]["features"] == made["rivers"]["features"] == []
    assert made["center"] == [14.5063, 46.0511]
    assert made["bbox"] == [14.38, 45.95, 14.83, 46.15]


def test_a_river_that_is_no_geojson_is_named(tmp_path):
    text = (CITIES / "ljubljana" / "city.toml").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith(("districts", "gazetteer", "logo", "pattern"))]
    (tmp_path / "city.toml").write_text("\n".join(kept), encoding="utf-8")
    (tmp_path / "river.geojson").write_text("{}", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"river\.geojson: \[theme\] river must be a GeoJSON"):
        ground(load_city(tmp_path, environ={"COL_VAR": str(tmp_path)}), [])


def test_a_layer_of_a_plugin_is_shown_and_a_broken_plugin_costs_only_its_own(client):
    layers = client.get("/api/v1/map/ground.json").json["layers"]
    assert layers == [
        {
            "id": "relief",
            "title": {"sl": "Relief"},
            "source": {"type": "raster", "tiles": ["/relief/{z}/{x}/{y}.png"], "tileSize": 256},
            "layers": [{"id": "shade", "type": "raster"}],
            "base": True,
            "attribution": "Mesto",
        }
    ]


def test_a_ground_that_the_browser_has_is_not_sent_again(client):
    etag = client.get("/api/v1/map/ground.json").headers["ETag"]
    again = client.get("/api/v1/map/ground.json", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
