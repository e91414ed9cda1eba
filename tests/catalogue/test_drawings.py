"""Files in which a city drew something: what is wrong in them is told so that whoever drew it can mend it."""

import json

import pytest

from col_core.base.errors import ConfigError
from col_core.catalogue import drawings

SQUARE = {"type": "Polygon", "coordinates": [[[14, 46], [15, 46], [15, 47], [14, 46]]]}


def feature(properties, geometry=SQUARE):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)}, indent=1, ensure_ascii=False)


@pytest.fixture
def read(tmp_path):
    def read(text):
        (tmp_path / "d.geojson").write_bytes(text if isinstance(text, bytes) else text.encode())
        return drawings.read(tmp_path / "d.geojson", "[city] districts")

    return read


def test_names_and_shapes_are_read_also_after_a_byte_order_mark(read):
    text = collection(feature({"name": "Center"}), feature({"name": 7}, {"type": "Point", "coordinates": [14.5, 46]}))
    assert [(name, drawn.geom_type) for name, drawn in read("\ufeff" + text)] == [("Center", "Polygon"), ("7", "Point")]


def test_a_city_without_a_file_has_drawn_nothing():
    assert drawings.read(None, "[theme] river") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (collection(feature({"name": "A"})).replace('"A"', '"A'), r"d\.geojson:7: \[city\] districts is not JSON"),
        (collection(feature({"name": "Pobrežje"})).encode("cp1250"), r"districts is not UTF-8"),
        ("[]", r"\[city\] districts must be a GeoJSON FeatureCollection"),
        ('{"features": 5}', "must be a GeoJSON FeatureCollection"),
        (collection(feature({"name": "A"}), feature({"ime": "B"})), r"feature 2 has no name; write it as"),
        (collection(feature(None)), "feature 1 has no name"),
        (collection(5), "feature 1 has no name"),
        (collection(feature({"name": "A"}, None)), r"feature 1 \(A\) has no \"geometry\" that can be read"),
        (
            collection(feature({"name": "A"}, {"type": "Point", "coordinates": ["14,5", "46,0"]})),
            "longitude first, and without quotes",
        ),
        (collection(feature({"name": "A"}, {"type": "Spot", "coordinates": [14.5, 46]})), r"feature 1 \(A\)"),
    ],
)
def test_a_mistake_is_told_with_its_line_or_feature(read, text, said):
    with pytest.raises(ConfigError, match=said):
        read(text)
