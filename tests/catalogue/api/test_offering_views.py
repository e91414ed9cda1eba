import pytest

from col_core.accounts import tokens
from col_core.accounts.records import Scope
from col_core.catalogue.gathering import runs
from col_core.catalogue.publishing import moderation
from col_core.catalogue.records import Draft, Place
from col_core.catalogue.vocabulary import Status
from col_core.organisers import directory
from col_core.testing.opportunities import FULL

LIST = "/api/v1/opportunities"
WORKSHOP = {
    "type": "workshop",
    "title": {"sl": "Delavnica", "en": "Workshop"},
    "description": {"sl": "<p>Pridi.</p><script>x</script>"},
    "categories": ["arts"],
    "skills": [{"uri": "http://data.europa.eu/esco/skill/1", "label": {"en": "draw"}}],
    "place": {"name": "Mladinski center", "lat": 46.05, "lon": 14.55},
    "timezone": "Europe/Ljubljana",
    "start": "2026-05-19T15:00:00Z",
    "end": "2026-05-19T19:00:00+02:00",
    "rrule": "FREQ=WEEKLY;COUNT=3",
    "exdates": ["2026-05-26T17:00:00+02:00"],
    "age": {"min": 15, "max": 29},
    "price": {"amount": 12.5, "concessions": [{"label": {"en": "students"}, "amount": 5}]},
    "languages": ["sl"],
    "registration": {"mode": "external", "url": "https://zmaji.example/prijava", "deadline": "2026-05-18T12:00:00Z"},
    "safeguarding": {"email": "varno@example.org"},
    "website": "https://zmaji.example/delavnica",
    "external_id": "w-1",
}
IMAGE = {"url": "https://zmaji.example/a.jpg", "alt": {"sl": "Stena"}}


class Program:
    """A program of one organisation, with a token of its own."""

    def __init__(
        self,
        town,
        clock,
        name="Mladi zmaji",
        *,
        scopes=(Scope.OPPORTUNITIES_READ, Scope.OPPORTUNITIES_WRITE),
        under_review=False,
    ):
        self.town = town
        with town.database.write() as session:
            self.organiser = directory.find_or_create(session, [name], clock=clock)[name]
            _, secret = tokens.issue(
                session, organisation_id=self.organiser.id, scopes=scopes, clock=clock, under_review=under_review
            )
        self.headers = {"Authorization": f"Bearer {secret}"}

    def ask(self, method, path, body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.town.client.open(path, method=method, json=body, headers={**self.headers, **named})

    def post(self, **changes):
        return self.ask("POST", LIST, {**WORKSHOP, **changes})

    def get(self, id_):
        return self.ask("GET", f"{LIST}/{id_}")

    def put(self, id_, body, **headers):
        return self.ask("PUT", f"{LIST}/{id_}", body, **headers)


@pytest.fixture
def program(town, clock):
    return Program(town, clock)


def pointers(answer):
    assert answer.status_code == 422, answer.json
    assert answer.content_type == "application/problem+json"
    return [each["pointer"] for each in answer.json["errors"]]


def test_an_offer_that_is_handed_in_is_public_at_once(town, program):
    answer = program.post()
    assert answer.status_code == 201
    item = answer.json
    assert answer.headers["Location"] == f"https://testville.example{LIST}/{item['id']}"
    public = town.client.get(f"{LIST}/{item['id']}").json
    assert public == {name: value for name, value in item.items() if name not in ("external_id", "findings")}
    assert [each["id"] for each in town.client.get(f"{LIST}?q=delavnica").json["items"]] == [item["id"]]
    assert (item["start"], item["end"]) == ("2026-05-19T17:00:00+02:00", "2026-05-19T19:00:00+02:00")
    assert item["description"] == {"sl": "<p>Pridi.</p>"}
    assert item["place"]["district"] == "East"
    assert item["organiser"]["id"] == "mladi-zmaji"
    assert item["source"]["name"] == "Mladi zmaji"
    assert item["price"]["concessions"] == [{"label": {"en": "students"}, "amount": 5.0}]
    assert town.events() == ["opportunity.published"]


def test_what_was_read_can_be_put_back_with_one_thing_changed(town, program):
    item = program.post(image=IMAGE).json
    for read in (town.client.get(f"{LIST}/{item['id']}").json, program.get(item["id"]).json):
        before = town.stored()[0].content
        answer = program.put(item["id"], {**read, "title": {"sl": "Nova delavnica"}})
        assert answer.status_code == 200, answer.json
        after = town.stored()[0].content
        assert after.title == {"sl": "Nova delavnica"}
        assert (after.image, after.schedule, after.place) == (before.image, before.schedule, before.place)
    assert town.events()[-1] == "opportunity.changed"


def test_the_same_external_id_again_changes_and_adds_nothing(town, program):
    first = program.post()
    same, changed = program.post(), program.post(capacity=5)
    assert (same.status_code, changed.status_code) == (200, 200)
    assert first.json["id"] == same.json["id"] == changed.json["id"]
    assert same.headers["ETag"] == first.headers["ETag"]
    assert (changed.json["capacity"], len(town.stored())) == (5, 1)
    assert town.events() == ["opportunity.published", "opportunity.changed"]


def test_a_repeated_request_is_known_by_its_key(town, program):
    body = {"title": {"sl": "Čaj"}}
    first = program.ask("POST", LIST, body, Idempotency_Key='"k1"')
    again = program.ask("POST", LIST, body, Idempotency_Key='"k1"')
    other = program.ask("POST", LIST, body, Idempotency_Key='"k2"')
    assert [first.status_code, again.status_code, other.status_code] == [201, 200, 201]
    assert first.json == again.json
    assert first.json["external_id"] is None
    assert program.ask("POST", LIST, {"title": {"sl": "Kava"}}, Idempotency_Key='"k1"').status_code == 422
    assert other.json["id"] != first.json["id"]


def test_a_change_needs_the_state_that_was_read(town, program):
    item = program.post()
    tag, id_ = item.headers["ETag"], item.json["id"]
    public = town.client.get(f"{LIST}/{id_}").headers["ETag"]
    assert program.put(id_, {**WORKSHOP, "capacity": 5}, If_Match=tag).status_code == 200
    for stale in (tag, public, '"nonsense"'):
        answer = program.put(id_, {**WORKSHOP, "capacity": 6}, If_Match=stale)
        assert (answer.status_code, answer.content_type) == (412, "application/problem+json")
        assert program.ask("DELETE", f"{LIST}/{id_}", If_Match=stale).status_code == 412
    fresh = town.client.get(f"{LIST}/{id_}").headers["ETag"]
    assert program.put(id_, {**WORKSHOP, "capacity": 6}, If_Match=fresh).json["capacity"] == 6
    assert program.put(id_, {**WORKSHOP, "capacity": 7}, If_Match="*").status_code == 200


def test_a_cancelled_offer_says_so_and_others_hear_of_it(town, program):
    item = program.post().json
    assert program.put(item["id"], {**item, "status": "cancelled"}).json["status"] == "cancelled"
    assert town.client.get(f"{LIST}/{item['id']}").json["status"] == "cancelled"
    assert town.events()[-1] == "opportunity.cancelled"
    assert town.client.get(LIST).json["total"] == 0


def test_what_is_withdrawn_is_gone_and_its_id_never_comes_again(town, program):
    id_ = program.post().json["id"]
    assert program.ask("DELETE", f"{LIST}/{id_}").status_code == 204
    assert town.client.get(f"{LIST}/{id_}").status_code == 404
    assert program.get(id_).status_code == 404
    assert program.ask("DELETE", f"{LIST}/{id_}").status_code == 404
    assert program.put(id_, WORKSHOP).status_code == 404
    again = program.post()
    assert again.status_code == 201
    assert again.json["id"] != id_
    assert town.events() == ["opportunity.published", "opportunity.withdrawn", "opportunity.published"]


def test_a_draft_is_seen_with_the_token_alone(town, program, clock):
    id_ = program.post(status="draft").json["id"]
    assert town.client.get(f"{LIST}/{id_}").status_code == 404
    assert program.get(id_).json["status"] == "draft"
    assert town.client.get(f"{LIST}?organisation=mladi-zmaji").json["total"] == 0
    mine = program.ask("GET", f"{LIST}?organisation=mladi-zmaji")
    assert [each["id"] for each in mine.json["items"]] == [id_]
    assert mine.headers["Cache-Control"].startswith("private")
    assert program.ask("GET", f"{LIST}?status=draft").json["total"] == 1
    assert program.ask("GET", f"{LIST}?status=published").json["total"] == 0
    stranger = Program(town, clock, "Drugi")
    assert stranger.get(id_).status_code == 404
    assert stranger.ask("GET", f"{LIST}?organisation=mladi-zmaji").json["total"] == 0
    assert stranger.ask("GET", f"{LIST}?organisation=mladi-zmaji&status=draft").status_code == 422
    assert program.put(id_, {**WORKSHOP, "status": "published"}).json["status"] == "published"
    assert town.client.get(f"{LIST}/{id_}").status_code == 200


def test_own_offers_come_page_by_page(program):
    ids = [program.post(external_id=f"w-{number}", status="draft").json["id"] for number in range(3)]
    address, seen = f"{LIST}?status=draft&per_page=2", []
    while address:
        page = program.ask("GET", address).json
        seen += [each["id"] for each in page["items"]]
        address = page["next"] and page["next"].removeprefix("https://testville.example")
    assert seen == ids[::-1]


def test_the_offer_of_another_organisation_is_not_there(town, program, clock):
    id_ = program.post().json["id"]
    stranger = Program(town, clock, "Drugi")
    assert stranger.put(id_, WORKSHOP).status_code == 404
    assert stranger.ask("DELETE", f"{LIST}/{id_}").status_code == 404
    assert stranger.post().status_code == 201
    assert len(town.stored()) == 2


@pytest.mark.parametrize(("method", "path"), [("POST", LIST), ("PUT", f"{LIST}/x"), ("DELETE", f"{LIST}/x")])
def test_writing_needs_a_token_that_may_write(town, clock, method, path):
    nobody = town.client.open(path, method=method, json=WORKSHOP)
    assert (nobody.status_code, nobody.content_type) == (401, "application/problem+json")
    assert nobody.headers["WWW-Authenticate"] == 'Bearer realm="testville", scope="opportunities:write"'
    reader = Program(town, clock, scopes=[Scope.OPPORTUNITIES_READ])
    narrow = reader.ask(method, path, WORKSHOP)
    assert narrow.status_code == 403
    assert 'error="insufficient_scope"' in narrow.headers["WWW-Authenticate"]


def test_drafts_need_a_token_that_may_read(town, program, clock):
    id_ = program.post(status="draft").json["id"]
    writer = Program(town, clock, scopes=[Scope.OPPORTUNITIES_WRITE])
    assert writer.get(id_).status_code == 403
    assert writer.ask("GET", f"{LIST}?status=draft").status_code == 403
    assert town.client.get(f"{LIST}?status=draft").status_code == 401


def test_what_a_token_under_review_brings_waits_for_a_person(town, clock):
    program = Program(town, clock, under_review=True)
    item = program.post().json
    assert item["status"] == "review"
    assert town.client.get(f"{LIST}/{item['id']}").status_code == 404
    assert town.events() == []


def test_what_review_finds_is_said_to_who_handed_it_in(program):
    item = program.post(place={"name": "Tam", "lat": 40.0, "lon": 14.0}).json
    assert item["status"] == "review"
    assert [(each["code"], each["severity"]) for each in item["findings"]] == [("outside-city", "hold")]


def test_what_an_organisation_changes_on_its_source_survives_the_next_fetch(town, program):
    draft = Draft(title={"sl": "Čaj"}, organiser="Mladi zmaji", capacity=3, place=Place(name="Tam"))
    town.offer(tea=draft)
    (one,) = town.stored()
    item = program.get(one.id).json
    assert program.put(one.id, {**item, "title": {"sl": "Kava"}}).status_code == 200
    town.offer(tea=Draft(title={"sl": "Čaj 2"}, organiser="Mladi zmaji", capacity=4, place=Place(name="Tam")))
    (one,) = town.stored()
    assert (one.content.title, one.content.capacity, one.status) == ({"sl": "Kava"}, 4, Status.PUBLISHED)
    assert program.ask("DELETE", f"{LIST}/{one.id}").status_code == 204
    town.offer(tea=Draft(title={"sl": "Čaj 3"}, organiser="Mladi zmaji"))
    assert [each.status for each in town.stored()] == [Status.WITHDRAWN]


def decide(town, how, *ids):
    with town.database.write() as session:
        return how(session, ids, index=town.city.index, clock=town.city.house.clock)


def test_what_a_person_of_the_city_decided_stands(town, program):
    vienna = {"name": "Dunaj", "lat": 48.2, "lon": 16.4}
    id_ = program.post(place=vienna).json["id"]
    decide(town, moderation.publish, id_)
    assert program.put(id_, {**WORKSHOP, "place": vienna, "capacity": 4}).json["status"] == "published"
    assert program.post(place=vienna, capacity=5).json["status"] == "published"
    assert program.put(id_, {**WORKSHOP, "place": {"lat": 14.45, "lon": 46.05}}).json["status"] == "review"
    decide(town, moderation.withdraw, id_)
    assert program.put(id_, WORKSHOP).status_code == 404
    assert program.post(status="published").status_code == 409


def test_what_a_token_under_review_changes_waits_anew_also_after_it_was_published(town, clock):
    program = Program(town, clock, under_review=True)
    item = program.post().json
    decide(town, moderation.publish, item["id"])
    assert program.put(item["id"], program.get(item["id"]).json).json["status"] == "published", "nothing is new in it"
    changed = program.put(item["id"], {**WORKSHOP, "title": {"sl": "Nekaj drugega"}})
    assert changed.json["status"] == "review"
    assert town.client.get(f"{LIST}/{item['id']}").status_code == 404
    assert town.events()[-1] == "opportunity.withdrawn"
    decide(town, moderation.publish, item["id"])
    assert program.post(title={"sl": "Tretje"}).json["status"] == "review"


def test_a_token_under_review_cancels_at_once_and_brings_nothing_back_by_itself(town, clock):
    program = Program(town, clock, under_review=True)
    item = program.post().json
    decide(town, moderation.publish, item["id"])
    assert program.put(item["id"], {**WORKSHOP, "status": "cancelled"}).json["status"] == "cancelled"
    assert program.put(item["id"], {**WORKSHOP, "status": "published"}).json["status"] == "review"
    assert program.put(item["id"], {**WORKSHOP, "status": "draft"}).json["status"] == "draft"
    assert program.put(item["id"], {**WORKSHOP, "status": "published"}).json["status"] == "review"


def test_what_was_cancelled_while_it_waited_is_published_as_cancelled(town, clock):
    program = Program(town, clock, under_review=True)
    item = program.post(status="cancelled").json
    assert item["status"] == "review"
    assert program.put(item["id"], {**program.get(item["id"]).json, "capacity": 3}).json["status"] == "review"
    decide(town, moderation.publish, item["id"])
    assert town.client.get(f"{LIST}/{item['id']}").json["status"] == "cancelled"


def test_what_a_token_under_review_changes_on_what_a_source_brought_waits_whatever_the_source_says(town, clock):
    program = Program(town, clock, under_review=True)
    town.offer(tea=Draft(title={"sl": "Čaj"}, organiser="Mladi zmaji"))
    (one,) = town.stored()
    assert program.put(one.id, {"title": {"sl": "Kava"}}).json["status"] == "review"
    town.offer(tea=Draft(title={"sl": "Čaj"}, organiser="Mladi zmaji", capacity=4))
    (one,) = town.stored()
    assert (one.content.title, one.content.capacity, one.status) == ({"sl": "Kava"}, 4, Status.REVIEW)
    decide(town, moderation.publish, one.id)
    town.offer(tea=Draft(title={"sl": "Čaj 2"}, organiser="Mladi zmaji"))
    (one,) = town.stored()
    assert (one.content.title, one.status) == ({"sl": "Kava"}, Status.PUBLISHED)


def test_what_an_organisation_shows_again_is_still_cancelled_by_its_source(town, program):
    town.offer(tea=Draft(title={"sl": "Čaj"}, organiser="Mladi zmaji"))
    (one,) = town.stored()
    for status in ("draft", "published"):
        program.put(one.id, {**program.get(one.id).json, "status": status})
    town.offer(tea=Draft(title={"sl": "Čaj"}, organiser="Mladi zmaji", cancelled=True))
    assert [each.status for each in town.stored()] == [Status.CANCELLED]


def test_what_a_source_cancelled_stays_so_when_its_organisation_changes_something_else(town, program):
    town.offer(tea=Draft(title={"sl": "Čaj"}, organiser="Mladi zmaji"))
    town.offer(tea=Draft(title={"sl": "Čaj"}, organiser="Mladi zmaji", cancelled=True))
    (one,) = town.stored()
    assert program.put(one.id, {"title": {"sl": "Kava"}}).json["status"] == "cancelled"
    town.offer(tea=Draft(title={"sl": "Čaj"}, organiser="Mladi zmaji", cancelled=True, capacity=4))
    assert [each.status for each in town.stored()] == [Status.CANCELLED]


UNREADABLE = [
    (b'{"title": {"sl": "x"}}', "text/plain", 415),
    (b'{"title": {"sl": "x"}}', None, 415),
    (b"title=x", "application/x-www-form-urlencoded", 415),
    (b"{", "application/json", 400),
    (b"", "application/json", 400),
    (b'{"title": {"sl": "\xff"}}', "application/json", 400),
    (b'{"title": {"sl": "\\u0000"}}', "application/json", 400),
    (b'{"title": {"sl": "\\ud800"}}', "application/json", 400),
    (b'{"capacity": 1180591620717411303424}', "application/json", 400),
    (b'{"capacity": NaN}', "application/json", 400),
    (b'{"type": "event", "type": "course"}', "application/json", 400),
    (b"[" * 5000, "application/json", 400),
    (b'{"title": {"sl": "' + b"x" * 1_100_000 + b'"}}', "application/json", 413),
    (b"[]", "application/json", 422),
    (b'{"title": {"sl": "x"}, "nonsense": 1}', "application/json; charset=utf-8", 422),
]


def test_what_cannot_be_read_or_used_gets_a_reason(program):
    for body, content_type, status in UNREADABLE:
        answer = program.town.client.post(LIST, data=body, content_type=content_type, headers=program.headers)
        assert (answer.status_code, answer.content_type) == (status, "application/problem+json"), body[:40]
        assert answer.json["detail"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": "Čaj"}, 'Must be one text per language, such as {"en": "…"}.'),
        ({"title": None}, "Field may not be null."),
        ({"titel": {}}, "There is no such field."),
        ({"place": "Vič"}, "Must be a JSON object."),
        ({"place": {"lat": "46,05", "lon": 14.5}}, "Must be a number with a decimal point, without quotes."),
        ({"start": "tomorrow"}, "Must be a time such as 2026-05-17T17:00:00+02:00."),
        ({"start": "2031-05-19T17:00:00"}, "Must carry its offset from UTC, as in 2026-05-17T17:00:00+02:00."),
    ],
)
def test_a_fault_says_what_belongs_there(program, change, said):
    assert [each["detail"] for each in program.post(**change).json["errors"]] == [said]


def test_every_problem_has_a_code(town):
    client = town.client
    assert client.get("/api/v1/nowhere").json["code"] == "not-found"
    assert client.patch("/api/v1/opportunities").json["code"] == "method-not-allowed"


def test_an_id_in_the_body_is_the_one_in_the_address(program):
    item = program.post().json
    assert pointers(program.put(item["id"], {**WORKSHOP, "id": "other"})) == ["#/id"]
    assert pointers(program.put(item["id"], {**WORKSHOP, "external_id": "w-2"})) == ["#/external_id"]


def test_a_program_that_asks_too_often_waits(town, program, clock):
    limit = town.city.house.config.limits.requests_per_minute
    secret = program.headers["Authorization"].removeprefix("Bearer ")
    with town.database.read() as session:
        token = tokens.find(session, secret)
    for _ in range(limit):
        town.city.limiter.hit(f"token:{token.id}", limit=limit, window_s=60)
    answer = program.post()
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_the_whole_of_an_offer_comes_back_as_it_went(town, program):
    town.offer(full=FULL)
    (one,) = town.stored()
    item = program.get(one.id).json
    assert program.put(one.id, item).status_code == 200
    (after,) = town.stored()
    assert after.content == one.content
    assert program.get(one.id).json | {"updated": item["updated"]} == item


def test_the_source_of_handed_in_offers_is_the_organisation(town, program):
    program.post()
    with town.database.read() as session:
        assert f"api-{program.organiser.id}" in runs.states(session)
