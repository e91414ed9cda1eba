import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from col_core.accounts import tokens
from col_core.accounts.records import Scope
from col_core.catalogue import query
from col_core.catalogue.records import Draft
from col_core.testing.opportunities import FULL

OPERATIONS = ("get", "post", "put", "delete", "patch")


@pytest.fixture
def described(town):
    town.offer(full=FULL, bare=Draft(title={"sl": "Odprta vrata"}))
    return town.client.get("/api/v1/openapi.json").json


def operations(described):
    for path, item in described["paths"].items():
        for method in OPERATIONS:
            if method in item:
                yield path, method, item[method], [*item.get("parameters", []), *item[method].get("parameters", [])]


def valid(described, schema, value):
    """The schema of an answer, with its references read from the description itself."""
    whole = {**schema, "components": described["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


def answer_of(operation):
    (content,) = operation["responses"]["200"]["content"].values()
    return content["schema"]


def test_the_description_holds_for_openapi_and_for_the_application(town, described):
    assert described["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(described).validate()
    listed = {(path, method) for path, method, _, _ in operations(described)}
    served = {
        (_as_described(rule.rule), method.lower())
        for rule in town.app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(("/api/", "/feeds/"))
    }
    assert {each for each in listed if each[0].startswith(("/api/", "/feeds/"))} == {
        each for each in served if not each[0].endswith(".rss") or "opportunities" in each[0]
    }
    assert len({each["operationId"] for _, _, each, _ in operations(described)}) == len(listed)
    for path, _, _, parameters in operations(described):
        named = {each["name"] for each in parameters if each["in"] == "path"}
        assert named == {part.partition("}")[0] for part in path.split("{")[1:]}


def test_every_parameter_of_a_search_is_described(described):
    for path in ("/api/v1/opportunities", "/api/v1/map/{z}/{x}/{y}.json", "/feeds/opportunities.{extension}"):
        named = [each["name"] for each in described["paths"][path]["get"]["parameters"] if each["in"] == "query"]
        assert [each for each in named if each not in ("status", "lang")] == list(query.PARAMETERS)


def test_real_answers_are_what_is_described(town, described):
    paths = described["paths"]
    lists = paths["/api/v1/opportunities"]["get"]
    for asked in ("", "?near=46.05,14.55", "?q=grafiti&per_page=1", "?per_page=1"):
        found = town.client.get(f"/api/v1/opportunities{asked}").json
        assert found["items"]
        valid(described, answer_of(lists), found)
    for each in found["items"]:
        one = town.client.get(f"/api/v1/opportunities/{each['id']}").json
        valid(described, answer_of(paths["/api/v1/opportunities/{id}"]["get"]), one)
    for path, address in (
        ("/api/v1/organisations", "/api/v1/organisations"),
        ("/api/v1/map/{z}/{x}/{y}.json", "/api/v1/map/0/0/0.json"),
        ("/api/v1/map/ground.json", "/api/v1/map/ground.json"),
        ("/api/v1/openapi.json", "/api/v1/openapi.json"),
        ("/feeds/catalog.jsonld", "/feeds/catalog.jsonld"),
    ):
        valid(described, answer_of(paths[path]["get"]), town.client.get(address).json)
    problem = {"$ref": "#/components/schemas/Problem"}
    for address in ("/api/v1/opportunities?age=x&nonsense=1", "/api/v1/opportunities/x", "/api/v1/nowhere"):
        valid(described, problem, town.client.get(address).json)


def test_what_is_handed_in_by_the_description_is_taken(town, described, clock):
    with town.database.write() as session:
        organisation_id = town.stored()[0].organiser.id
        _, secret = tokens.issue(session, organisation_id=organisation_id, scopes=list(Scope), clock=clock)
    headers = {"Authorization": f"Bearer {secret}"}
    schema = {"$ref": "#/components/schemas/OpportunityInput"}
    (example,) = described["components"]["schemas"]["OpportunityInput"]["examples"]
    valid(described, schema, example)
    handed_in = town.client.post("/api/v1/opportunities", json=example, headers=headers)
    assert handed_in.status_code == 201
    opportunity = {"$ref": "#/components/schemas/Opportunity"}
    valid(described, opportunity, handed_in.json)
    valid(described, schema, handed_in.json)
    mine = town.client.get("/api/v1/opportunities?status=published", headers=headers).json
    valid(described, {"$ref": "#/components/schemas/OpportunityList"}, mine)
    refused = town.client.post("/api/v1/opportunities", json={"title": {}, "age": {"min": -1}}, headers=headers)
    valid(described, {"$ref": "#/components/schemas/Problem"}, refused.json)
    with pytest.raises(jsonschema.ValidationError):
        valid(described, schema, {"title": {"sl": "x"}, "nonsense": 1})


def _as_described(rule):
    return rule.replace("<int:", "{").replace("<", "{").replace(">", "}").replace("{id_}", "{id}")
