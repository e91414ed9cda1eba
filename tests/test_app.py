"""The application of a shipped city, asked as another program would."""

import math
from pathlib import Path

import pytest

from col_core.app import create_app
from col_core.base.config import load_city
from col_core.catalogue.records import Query
from col_core.house import open_city

CITY = Path(__file__).parents[1] / "cities" / "ljubljana"


@pytest.fixture(scope="module")
def city(tmp_path_factory, module_database_url):
    """Filled once on each engine: these tests only ask."""
    environ = {"COL_VAR": str(tmp_path_factory.mktemp("var")), "COL_DATABASE_URL": module_database_url}
    with open_city(load_city(CITY, environ=environ)) as opened:
        for each in opened.gathering.sources:
            opened.gathering.sync(each)
        yield opened


@pytest.fixture(scope="module")
def client(city):
    return create_app(city).test_client()


def test_pages_of_the_list_lead_through_every_offer_once(city, client):
    address, ids = "/api/v1/opportunities?per_page=100", []
    while address:
        answer = client.get(address).json
        ids += [each["id"] for each in answer["items"]]
        address = answer["next"] and answer["next"].removeprefix("http://localhost:8001")
    assert len(ids) == len(set(ids)) == answer["total"] == city.catalogue.find(Query()).total


def test_one_offer_reads_like_its_item_in_the_list(client):
    first = client.get("/api/v1/opportunities?per_page=1").json["items"][0]
    assert client.get(f"/api/v1/opportunities/{first['id']}").json == first


def test_start_and_end_carry_the_offset_of_the_city(client):
    starts = [each["start"] for each in client.get("/api/v1/opportunities?per_page=100").json["items"]]
    assert {start[19:] for start in starts if start} <= {"+01:00", "+02:00"}


@pytest.mark.parametrize("z", [0, 10, 14])
def test_tiles_of_the_map_together_show_what_the_filters_leave(client, z):
    items, page, more = [], 1, True
    while more:
        answer = client.get(f"/api/v1/opportunities?price=free&per_page=100&page={page}").json
        items, page, more = items + answer["items"], page + 1, answer["next"]
    places = [each["place"] for each in items if each["place"] and each["place"]["lat"] is not None]
    tiles = {_tile(each["lat"], each["lon"], z) for each in places}
    shown = sum(
        feature["properties"]["count"]
        for x, y in tiles
        for feature in client.get(f"/api/v1/map/{z}/{x}/{y}.json?price=free").json["features"]
    )
    assert shown == len(places) > 0


def test_the_map_shows_as_many_as_the_list_has_places(city):
    whole = city.catalogue.find(Query(per_page=1)).total
    world = city.catalogue.clusters(Query(), z=0, x=0, y=0)
    everything = [city.catalogue.find(Query(page=page, per_page=100)) for page in range(1, whole // 100 + 2)]
    located = sum(
        each.opportunity.place is not None and each.opportunity.place.lat_deg is not None
        for page in everything
        for each in page.items
    )
    assert sum(each.count for each in world) == located > 0


def test_an_answer_that_did_not_change_is_not_sent_again(client):
    first = client.get("/api/v1/organisations")
    again = client.get("/api/v1/organisations", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/opportunities?near=nan,1", 422),
        ("/api/v1/opportunities?nonsense=1", 422),
        ("/api/v1/opportunities?from=0000-01-01", 422),
        ("/api/v1/opportunities/unknown", 404),
        ("/api/v1/map/30/1/1.json", 422),
        ("/api/v1/map/1/2/0.json", 422),
        ("/nowhere", 404),
        ("/media/opportunities/../../city.toml", 404),
    ],
)
def test_what_cannot_be_answered_gets_a_problem_document(client, address, status):
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["detail"]


def test_a_wrong_method_says_which_are_right(client):
    answer = client.post("/api/v1/organisations")
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


def test_the_city_says_that_it_is_ready(client):
    assert client.get("/readyz").json == {"status": "ready", "reasons": []}


@pytest.mark.parametrize("address", ["/api/v1/organisations", "/nowhere", "/healthz"])
def test_every_answer_keeps_the_browser_from_guessing_and_from_running_anything(client, address):
    headers = client.get(address).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def _tile(lat_deg: float, lon_deg: float, z: int) -> tuple[int, int]:
    """The usual formula of web maps, written here once more on purpose."""
    y = (1 - math.asinh(math.tan(math.radians(lat_deg))) / math.pi) / 2
    return int((lon_deg + 180) / 360 * 2**z), int(y * 2**z)
