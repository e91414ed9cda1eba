import jsonschema
import pytest

from col_core.app import create_app


@pytest.fixture(scope="module")
def client(ljubljana):
    return create_app(ljubljana).test_client()


def test_the_list_goes_on_where_it_left_off(client):
    seen, address = [], "/api/v1/achievements?per_page=3"
    while address:
        answer = client.get(address)
        assert answer.status_code == 200
        seen += [each["id"] for each in answer.json["items"]]
        assert answer.json["total"] == 8
        address = answer.json["next"] and answer.json["next"].removeprefix("http://localhost:8001")
    assert len(seen) == len(set(seen)) == 8
    assert "zaodrje" in seen


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("organisation=mladi-mikrofon", ["zgodba-iz-soseske"]),
        ("competence=entrepreneurship", ["iz-starega-novo", "zaodrje"]),
        ("skill=http://data.europa.eu/esco/skill/75d8e5d9-bef3-418b-9011-01bff9f27207", ["zaodrje"]),
        ("organisation=nobody", []),
        ("after=zzz", []),
    ],
)
def test_the_list_is_narrowed(client, query, ids):
    assert [each["id"] for each in client.get(f"/api/v1/achievements?{query}").json["items"]] == ids


@pytest.mark.parametrize(
    "query",
    ["competence=cooking", "per_page=0", "per_page=101", "per_page=x", "page=2", "after=a&after=b", "skill=%00",
     "organisation=" + "x" * 600],
)  # fmt: skip
def test_what_cannot_be_asked_is_a_problem_document_that_names_the_parameter(client, query):
    answer = client.get(f"/api/v1/achievements?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["errors"][0]["parameter"] == query.partition("=")[0]


def test_an_answer_is_asked_for_again_by_its_tag(client):
    for path in ("/api/v1/achievements", "/api/v1/achievements/zaodrje"):
        first = client.get(path)
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        assert first.headers["Access-Control-Allow-Origin"] == "*"


def test_a_badge_is_as_the_description_says(client):
    described = client.get("/api/v1/openapi.json").json
    whole = {"components": described["components"]}
    for name, path in (("AchievementList", "/api/v1/achievements"), ("Achievement", "/api/v1/achievements/zaodrje")):
        schema = {"$ref": f"#/components/schemas/{name}", **whole}
        jsonschema.Draft202012Validator(schema).validate(client.get(path).json)
    offers = client.get("/api/v1/opportunities?badge=zaodrje").json
    assert offers["items"][0]["badges"] == [{"id": "zaodrje", "url": "http://localhost:8001/achievements/zaodrje"}]
    schema = {"$ref": "#/components/schemas/OpportunityList", **whole}
    jsonschema.Draft202012Validator(schema).validate(offers)
