import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.badges.credentials import building, jsonld
from col_core.badges.credentials.shapes import day, instant, text, words
from col_core.badges.credentials.telling import told
from col_core.testing.badges import ACHIEVED, a_badge


def test_what_was_built_is_told_again():
    badge = a_badge(1)
    found = told(building.unsigned(badge), format="ob3")
    assert (found.name, found.description, found.criteria) == (ACHIEVED.name, ACHIEVED.description, ACHIEVED.criteria)
    assert (found.names, found.abilities) == (ACHIEVED.names, ACHIEVED.abilities)
    assert found.micro_credential == ACHIEVED.micro_credential
    assert (found.issued, found.language, found.kind) == (badge.valid_from, "sl", "MicroCredential")
    assert (found.alignments, found.evidence) == (list(ACHIEVED.alignments), list(badge.evidence))
    assert (found.criteria_url, found.narrative) == (ACHIEVED.criteria_url, badge.narrative)


def test_terms_of_ours_are_told_under_our_context_only():
    document = json.loads(json.dumps(building.unsigned(a_badge(1))))
    terms = document["@context"][3]["microCredential"]["@context"]
    micro = document["credentialSubject"]["achievement"]["microCredential"]
    for swapped in (terms, micro):
        swapped["assessment"], swapped["participation"] = swapped["participation"], swapped["assessment"]
    # Under the names of each other both say to a signature what they said before.
    assert jsonld.canonical(document) == jsonld.canonical(building.unsigned(a_badge(1)))
    found = told(document, format="ob3")
    assert (found.micro_credential, found.names, found.abilities) == (None, {}, {})


def test_several_achievements_are_told_together():
    achievements = [{"name": "Tea", "description": "Makes tea."}, {"name": "Coffee", "description": "Makes coffee."}]
    found = told({"credentialSubject": {"achievement": achievements}}, format="ob3")
    assert (found.name, found.description) == ("Tea, Coffee", "Makes tea.\n\nMakes coffee.")


def test_an_issuer_may_be_its_address_alone_and_texts_may_be_maps():
    found = told(
        {
            "issuer": "did:web:library.example",
            "issuanceDate": "2026-01-07T12:00:00Z",
            "credentialSubject": [{"achievement": [{"name": {"en": "Tea", "sl": "Čaj"}, "inLanguage": "sl"}]}],
        },
        format="ob3",
    )
    assert (found.issuer_id, found.issuer_name, found.name) == ("did:web:library.example", "", "Čaj")
    assert found.issued == datetime(2026, 1, 7, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-01-07T12:00:00Z", datetime(2026, 1, 7, 12, tzinfo=UTC)),
        ("2026-01-07T13:00:00.123+01:00", datetime(2026, 1, 7, 12, 0, 0, 123000, tzinfo=UTC)),
        ("2026-01-07", datetime(2026, 1, 7, tzinfo=UTC)),
        (1767787200, datetime(2026, 1, 7, 12, tzinfo=UTC)),
        ("1767787200", datetime(2026, 1, 7, 12, tzinfo=UTC)),
        ("soon", None),
        (True, None),
        (1e300, None),
        (-1e300, None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ({}, None),
        (None, None),
    ],
)
def test_a_date_is_read_in_the_ways_that_badges_write_it(said, meant):
    assert instant(said) == meant


@pytest.mark.parametrize("end", ["9999-12-31T23:59:59Z", "0001-01-01", "9999-12-30"])
def test_a_day_that_not_every_time_zone_has_is_compared_and_not_shown(end):
    assert instant(end) is not None
    assert day(end) is None
    assert day("2026-01-07") == instant("2026-01-07")
    said = told({**building.unsigned(a_badge(1)), "validFrom": end, "validUntil": end}, format="ob3")
    assert (said.issued, said.valid_until) == (None, None)


def test_a_text_is_found_in_the_shapes_of_json_ld():
    assert text("Tea") == text(["Tea", "Coffee"]) == text({"@value": "Tea", "@language": "en"}) == "Tea"
    assert words([{"@value": "Tea", "@language": "en"}]) == {"en": "Tea"}
    assert text({"@none": "Tea", "sl": "Čaj"}) == "Tea"
    assert text(7) == text(None) == text({}) == text([]) == ""


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["id", "type", "name", "credentialSubject", "achievement", "issuer", "criteria", "narrative", "evidence",
         "alignment", "inLanguage", "names", "abilities", "microCredential", "workload", "image", "@value"]), inner),
    max_leaves=30,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["credentialSubject", "issuer", "evidence", "name", "image", "id"]), ANYTHING))
def test_whatever_stands_there_is_told_or_left_out(document):
    found = told({**document, "@context": [*building.CONTEXTS, building.EXTENSION]}, format="ob3")
    for each in (found.name, found.description, found.criteria, found.issuer_id, found.issuer_name):
        assert isinstance(each, str)
    assert json.dumps(found.names)
