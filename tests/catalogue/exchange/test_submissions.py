from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from col_core.base.config import load_city
from col_core.base.errors import InvalidInput
from col_core.catalogue.exchange.schemas import OpportunitySchema
from col_core.catalogue.exchange.submissions import Submission, read
from col_core.catalogue.vocabulary import Category, OpportunityType, Status

CITY = """
[city]
id = "testville"
name = "Testville"
country = "SI"
timezone = "Europe/Ljubljana"
languages = ["sl"]
bbox = [14.38, 45.95, 14.83, 46.15]
age_of_consent = 15
base_url = "https://testville.example"
"""
WORKSHOP = {
    "type": "workshop",
    "title": {"sl": "Delavnica", "en": "Workshop"},
    "categories": ["arts"],
    "place": {"name": "Mladinski center", "lat": 46.05, "lon": 14.55},
    "start": "2026-05-19T15:00:00Z",
    "end": "2026-05-19T19:00:00+02:00",
    "rrule": "freq=weekly;count=3",
    "price": {"amount": 12.5},
    "external_id": "w-1",
}


_ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.datetimes().map(str)
    | st.sampled_from(["sl", "https://a.example/b", "2026-05-19T17:00:00Z", "9000-12-31T23:59:59-23:59", "EUR"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["sl", "name", "lat", "lon", "min", "max", "amount", "free", "url", "alt", "label", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def submitted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    (folder / "city.toml").write_text(CITY, encoding="utf-8")
    config = load_city(folder, environ={"COL_VAR": str(folder)})
    return lambda body: read(body, config=config, organiser="Mladi zmaji", slug="mladi-zmaji")


def pointers(submitted, body):
    with pytest.raises(InvalidInput) as caught:
        submitted(body)
    assert all(reasons and all(reasons) for reasons in caught.value.fields.values())
    return list(caught.value.fields)


def test_what_is_handed_in_becomes_a_draft(submitted):
    said = submitted({**WORKSHOP, "status": "cancelled"})
    draft = said.content
    assert (said.external_id, said.status, draft.cancelled) == ("w-1", Status.CANCELLED, True)
    assert (draft.type, draft.categories) == (OpportunityType.WORKSHOP, (Category.ARTS,))
    assert (draft.schedule.start, draft.schedule.end) == (datetime(2026, 5, 19, 17), datetime(2026, 5, 19, 19))
    assert (draft.schedule.timezone, draft.schedule.rrule) == ("Europe/Ljubljana", "FREQ=WEEKLY;COUNT=3")
    assert (draft.price.amount, draft.price.currency) == (Decimal("12.50"), "EUR")
    assert draft.organiser == "Mladi zmaji"


def test_keys_that_the_city_fills_in_are_left_aside(submitted):
    read_only = {
        "id": "x",
        "url": "x",
        "next_occurrence": None,
        "updated": "x",
        "findings": [],
        "source": 1,
    }
    assert submitted({**WORKSHOP, **read_only, "organiser": {"id": "mladi-zmaji"}}) == submitted(WORKSHOP)


@pytest.mark.parametrize(
    "badges", [["first-aid"], [{"id": "first-aid", "url": "https://x.org/achievements/first-aid"}]]
)
def test_badges_are_handed_in_by_their_id_or_as_they_were_read(submitted, badges):
    assert submitted({**WORKSHOP, "badges": badges}).content.badges == ("first-aid",)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"badges": 5}, "/badges"),
        ({"badges": ["first-aid", "First Aid"]}, "/badges/1"),
        ({"badges": [{"name": "x"}]}, "/badges/0"),
        ({"badges": ["abc"] * 11}, "/badges"),
        ({"title": None}, "/title"),
        ({"title": {}}, "/title"),
        ({"title": {"sl": "x" * 301}}, "/title/sl"),
        ({"title": {"slovene language": "x"}}, "/title/slovene language"),
        ({"title": {"a/b~c": "x"}}, "/title/a~1b~0c"),
        ({"type": "party"}, "/type"),
        ({"type": ["event"]}, "/type"),
        ({"nonsense": 1}, "/nonsense"),
        ({"categories": ["arts", "cooking"]}, "/categories/1"),
        ({"place": {"name": "x", "lat": 46.05}}, "/place/lon"),
        ({"place": {"lat": 91, "lon": 0}}, "/place/lat"),
        ({"place": {"street": "x"}}, "/place/street"),
        ({"start": "2026-05-19T17:00:00"}, "/start"),
        ({"start": "0000-01-01T00:00:00Z"}, "/start"),
        ({"start": "9999-12-31T23:59:59Z"}, "/start"),
        ({"start": "9000-12-31T23:59:59-23:59"}, "/start"),
        ({"start": "2201-01-01T00:00:00Z", "end": None}, "/start"),
        ({"start": None}, "/start"),
        ({"end": "2026-05-19T10:00:00Z"}, "/end"),
        ({"all_day": True}, "/all_day"),
        ({"timezone": "Europe"}, "/timezone"),
        ({"rrule": "FREQ=SECONDLY"}, "/rrule"),
        ({"rrule": "FREQ=DAILY;INTERVAL=0"}, "/rrule"),
        ({"exdates": ["2026-05-26T17:00:00Z", "soon"]}, "/exdates/1"),
        ({"age": {"min": 30, "max": 15}}, "/age/max"),
        ({"age": {"min": "15"}}, "/age/min"),
        ({"price": {"amount": -1}}, "/price/amount"),
        ({"price": {"amount": 5, "free": True}}, "/price/free"),
        ({"languages": ["slovenian!"]}, "/languages/0"),
        ({"capacity": 0}, "/capacity"),
        ({"capacity": 1.5}, "/capacity"),
        ({"image": {"url": "https://zmaji.example/a.jpg"}}, "/image/alt"),
        ({"image": {"url": "javascript:alert(1)", "alt": {"sl": "x"}}}, "/image/url"),
        ({"website": "ftp://x.example"}, "/website"),
        ({"safeguarding": {"email": "nobody"}}, "/safeguarding/email"),
        ({"registration": {"deadline": "2026-05-18"}}, "/registration/deadline"),
        ({"status": "withdrawn"}, "/status"),
        ({"status": "gone"}, "/status"),
        ({"external_id": ""}, "/external_id"),
        ({"organiser": {"id": "drugi"}}, "/organiser/id"),
        ({"skills": [{}]}, "/skills/0"),
    ],
)
def test_each_fault_is_named_by_its_pointer(submitted, change, pointer):
    assert pointers(submitted, {**WORKSHOP, **change}) == [pointer]


@pytest.mark.parametrize("body", [[], "x", 5, None])
def test_what_is_no_object_is_no_offer(submitted, body):
    assert pointers(submitted, body) == [""]


@settings(max_examples=400, deadline=None)
@given(change=st.dictionaries(st.sampled_from([*OpportunitySchema().fields, "x"]), _ANYTHING, max_size=5))
def test_whatever_is_handed_in_is_taken_or_refused_with_a_pointer(submitted, change):
    found = outcome(submitted, {"title": {"sl": "Čaj"}, **change})
    assert isinstance(found, Submission) or found
    assert isinstance(found, Submission) or all(each == "" or each.startswith("/") for each in found)


def outcome(submitted, body):
    try:
        return submitted(body)
    except InvalidInput as error:
        return list(error.fields)
