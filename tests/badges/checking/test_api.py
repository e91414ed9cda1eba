import base64
import json

import jsonschema
import pytest
from openapi_spec_validator import validate

from col_core.badges.credentials import baking_svg
from col_core.badges.credentials.records import Aspect, BitstringEntry
from col_core.testing.badges import a_badge
from col_core.testing.issuing import text

LIST = "https://library.example/status/1"
NESTED = '{"credential":' + "[" * 5_000 + "]" * 5_000 + "}"


@pytest.fixture
def badge(library):
    return library.signed(library.unsigned(a_badge(1, status=[])))


def asked(client, credential, **more):
    return client.post("/api/v1/verify", json={"credential": credential, **more})


def test_a_badge_is_answered_in_the_shape_that_others_rely_on(client, badge):
    answer = asked(client, badge)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    said = answer.json
    assert said["verdict"] == "valid"
    assert set(said["checks"]) == {each.value for each in Aspect}
    assert said["checks"]["proof"]["outcome"] == "passed"
    assert said["badge"]["name"] == "Čaj za začetnike"
    assert set(said["reason"]) == {"sl", "lt", "en"}
    assert said["reason"]["sl"] == "Značka je pristna, nespremenjena in veljavna."


def test_a_badge_may_come_as_an_object_text_a_token_a_picture_or_an_address(client, web, library, badge):
    picture = baking_svg.bake(b'<svg xmlns="http://www.w3.org/2000/svg"/>', json.dumps(badge))
    packed = base64.b64encode(picture).decode()
    ways = [
        badge,
        text(badge).decode(),
        library.token(library.unsigned(a_badge(1, status=[]))),
        packed,
        f"data:image/svg+xml;base64,{packed}",
        web.put("https://library.example/badges/1", badge),
    ]
    assert [asked(client, each).json["verdict"] for each in ways] == ["valid"] * len(ways)


def test_each_verdict_is_said_with_its_reason(client, web, library, badge):
    web.put(LIST, library.status_list(LIST, taken=[3]))
    revoked = library.signed(library.unsigned(a_badge(1, status=[BitstringEntry(list_url=LIST, index=3)])))
    altered = {**badge, "name": "Other"}
    found = [asked(client, each).json for each in (revoked, altered, "https://library.example/none", "hello")]
    assert [(each["verdict"], each["code"]) for each in found] == [
        ("revoked", "revoked"),
        ("invalid", "proof_broken"),
        ("unknown", "address_empty"),
        ("invalid", "not_a_badge"),
    ]
    assert found[3]["badge"] == {}


def test_whose_badge_it_is_can_be_asked(client, badge):
    said = asked(client, badge, email="jana@example.org").json
    assert (said["verdict"], said["checks"]["recipient"]["code"]) == ("unknown", "recipient_unnamed")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        (NESTED, 400),
        ('{"credential":"a","credential":"b"}', 400),
        ('{"credential":NaN}', 400),
        ('{"credential":' + "9" * 400 + "}", 400),
        ('{"credential":"\\u0000"}', 400),
        ('{"credential":"\\ud800"}', 400),
        (b'{"credential":"\xff"}', 400),
        ("[]", 422),
        ("{}", 422),
        ('{"credential":7}', 422),
        ('{"credential":null}', 422),
        ('{"credential":"x","more":1}', 422),
        ('{"credential":"x","email":7}', 422),
        ('{"credential":"' + "x" * 10_000_000 + '"}', 413),
    ],
    ids=range(16),
)
def test_what_is_no_question_is_a_problem_with_its_reason(client, body, status):
    answer = client.post("/api/v1/verify", data=body, content_type="application/json")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json["detail"]


def test_another_kind_of_body_is_refused(client):
    answer = client.post("/api/v1/verify", data="credential=x", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.mimetype) == (415, "application/problem+json")
    assert client.get("/api/v1/verify").status_code == 405


def test_too_many_questions_from_one_address_are_turned_away(client, ljubljana):
    limit = ljubljana.house.config.limits.checks_per_hour
    from_outside = {"REMOTE_ADDR": "93.184.216.34"}
    statuses = [
        client.post("/api/v1/verify", json={"credential": "x"}, environ_overrides=from_outside).status_code
        for _ in range(limit + 1)
    ]
    assert statuses == [200] * limit + [429]


def test_the_answer_is_what_the_description_says(client, badge):
    described = client.get("/api/v1/openapi.json").json
    validate(described)
    schema = {"$ref": "#/components/schemas/Verification", "components": described["components"]}
    for each in (badge, "nonsense", {**badge, "credentialSubject": {}}):
        jsonschema.validate(asked(client, each).json, schema)


def test_nothing_of_a_badge_is_logged(client, badge, capsys):
    asked(client, badge, email="jana@example.org")
    asked(client, "secret-token-nonsense")
    told = capsys.readouterr()
    for trace in ("jana", "secret-token", "Čaj", badge["id"]):
        assert trace not in told.out + told.err
