import jsonschema
import pytest

ANA = {"email": "ana@example.org", "name": "Ana", "narrative": "Skuhala je čaj."}


def test_a_program_issues_to_a_list_and_the_same_list_again_issues_none_twice(program):
    first = program.issue(ANA, {"name": "Bor"})
    assert first.status_code == 201
    results = first.json["results"]
    assert [each["status"] for each in results] == ["issued", "issued"]
    assert results[0]["claim_url"].startswith("https://testville.example/sl/claim/")
    again = program.issue(ANA, {"name": "Bor"}).json["results"]
    assert [each["status"] for each in again] == ["already-issued"] * 2
    assert [each["claim_url"] for each in again] == [each["claim_url"] for each in results]


def test_a_long_list_is_issued_in_the_background_and_can_be_followed(program):
    begun = program.issue(*[{"name": f"{number}"} for number in range(250)])
    assert (begun.status_code, begun.json["done"], begun.json["results"]) == (202, 0, [])
    program.city.worker().drain(rounds=50)
    path = begun.headers["Location"].removeprefix("https://testville.example/api/v1")
    rows, page = [], program.ask("GET", path).json
    assert page["finished"] is not None
    while True:
        rows += [each["row"] for each in page["results"]]
        if page["next"] is None:
            break
        page = program.ask("GET", page["next"].removeprefix("https://testville.example/api/v1")).json
    assert rows == list(range(1, 251))


def test_a_badge_is_revoked_suspended_undone_and_called_back(program):
    id_ = program.issued(**ANA)["credential_id"]
    assert program.ask("POST", f"/awards/{id_}/suspend").json["suspended"] is True
    assert program.ask("POST", f"/awards/{id_}/reinstate").json["suspended"] is False
    revoked = program.ask("POST", f"/awards/{id_}/revoke", {"reason": "Pomota."}).json
    assert (revoked["state"], revoked["reason"]) == ("revoked", "Pomota.")
    assert program.ask("POST", f"/awards/{id_}/undo").status_code == 409
    recalled = program.ask("POST", f"/awards/{id_}/recall").json
    assert (recalled["state"], recalled["recipient"], recalled["reason"]) == ("recalled", None, None)
    other = program.issued(name="Bor")["credential_id"]
    assert program.ask("POST", f"/awards/{other}/undo").json["state"] == "undone"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/awards", {"achievement": "coffee", "recipients": [{}]}, 403),
        ("POST", "/awards", {"achievement": "city-walk", "recipients": [{}]}, 403),
        ("POST", "/awards", {"achievement": "none", "recipients": [{}]}, 404),
        ("POST", "/awards", {"achievement": "tea", "recipients": []}, 422),
        ("POST", "/awards", {"achievement": "tea", "recipients": [{"email": "ana"}]}, 422),
        ("POST", "/awards", {"achievement": "tea", "recipients": [{"age": 12}]}, 422),
        ("POST", "/awards", {"achievement": "tea", "recipients": [{}], "language": "xx"}, 422),
        ("POST", "/awards", [], 422),
        ("POST", "/awards/none/revoke", {"reason": "x"}, 404),
        ("POST", "/awards/none/dance", None, 404),
        ("GET", "/awards/none", None, 404),
        ("GET", "/awards?page=0", None, 422),
        ("GET", "/awards?colour=red", None, 422),
        ("GET", "/award-runs/none", None, 404),
        ("POST", "/claim-links", {"achievement": "tea", "most": 0, "expires": "2026-01-08T12:00:00Z"}, 422),
        ("POST", "/claim-links", {"achievement": "tea", "most": 5, "expires": "2025-01-08T12:00:00Z"}, 422),
        ("DELETE", "/claim-links/none", None, 404),
    ],
)
def test_what_cannot_be_is_said_plainly_and_issues_nothing(program, method, path, body, status):
    answer = program.ask(method, path, body)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert program.ask("GET", "/badge-funnel").json == {"items": []}


def test_a_token_that_may_read_issues_nothing_and_none_at_all_reads_nothing(program):
    assert program.ask("POST", "/awards", {}, may_issue=False).status_code == 403
    assert program.client.get("/api/v1/awards").status_code == 401


def test_who_may_only_read_gets_no_link_that_claims(program):
    begun = program.issue(ANA).headers["Location"].removeprefix("https://testville.example/api/v1")
    program.ask("POST", "/claim-links", {"achievement": "tea", "most": 5, "expires": "2026-01-08T12:00:00Z"})
    assert program.ask("GET", begun).json["results"][0]["claim_url"] is not None
    assert program.ask("GET", begun, may_issue=False).json["results"][0]["claim_url"] is None
    assert program.ask("GET", "/claim-links", may_issue=False).json["items"][0]["url"] is None


def test_links_are_made_listed_and_closed(program):
    made = program.ask(
        "POST", "/claim-links", {"achievement": "tea", "most": 5, "expires": "2026-01-08T12:00:00Z"}
    ).json
    assert made["url"].startswith("https://testville.example/sl/claim/")
    assert program.ask("GET", "/claim-links").json["items"] == [made]
    assert program.ask("DELETE", f"/claim-links/{made['id']}").status_code == 204
    assert program.ask("GET", "/claim-links").json["items"][0]["closed"] is not None


def test_real_answers_are_what_is_described(program):
    described = program.client.get("/api/v1/openapi.json").json
    program.issue(ANA, {"name": "Bor"})
    program.ask("POST", "/claim-links", {"achievement": "tea", "most": 5, "expires": "2026-01-08T12:00:00Z"})
    for path in ("/awards", "/claim-links", "/badge-funnel"):
        (content,) = described["paths"][f"/api/v1{path}"]["get"]["responses"]["200"]["content"].values()
        whole = {**content["schema"], "components": described["components"]}
        found = program.ask("GET", path).json
        assert found["items"]
        jsonschema.Draft202012Validator(whole).validate(found)
