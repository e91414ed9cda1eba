import json
from dataclasses import replace
from datetime import timedelta

import pytest

from col_core.badges.credentials import open_badges_2_writing as writing
from col_core.badges.credentials.records import Evidence, HashedEmail, Issuer, Outcome, Recipient, Verdict
from col_core.badges.credentials.verify import verify
from col_core.testing.badges import ACHIEVED, a_badge
from col_core.testing.issuing import NOW

AT = writing.Addresses(base_url="https://city.example")
LIBRARY = Issuer(
    id="did:web:city.example:organisations:library", name="Mestna knjižnica", url="https://library.example/"
)
TEA = replace(
    ACHIEVED, id="https://city.example/achievements/tea", version="3", image="https://city.example/tea.png",
    image_alt="Skodelica", creator=LIBRARY,
)  # fmt: skip
BADGE = replace(a_badge(7, achieved=TEA, issuer=LIBRARY), id="https://city.example/credentials/7")
ID = "https://city.example/ob2/assertions/7"


@pytest.fixture
def hosted(web):
    """What stands on the city's website once a badge is open."""

    def host(badge=BADGE):
        assertion = writing.assertion(badge, AT)
        badge_class = writing.badge_class(badge.achieved, issuer=badge.issuer, addresses=AT)
        profile = writing.issuer_profile(badge.issuer, email="library@city.example", addresses=AT)
        for each in (assertion, badge_class, profile):
            web.put(each["id"], each)
        return assertion

    return host


def checked(given, web):
    return verify(json.dumps(given) if isinstance(given, dict) else given, documents=web, now=NOW)


def test_each_object_stands_at_an_address_of_its_own_and_leads_to_the_third_version():
    assertion = writing.assertion(BADGE, AT)
    badge_class = writing.badge_class(TEA, issuer=LIBRARY, addresses=AT)
    profile = writing.issuer_profile(LIBRARY, email="library@city.example", addresses=AT)
    assert assertion["id"] == ID
    assert assertion["badge"] == badge_class["id"] == "https://city.example/ob2/badges/tea/3/sl"
    assert badge_class["issuer"] == profile["id"] == "https://city.example/ob2/issuers/library"
    assert assertion["related"] == [{"id": BADGE.id}]
    assert badge_class["related"] == [
        {"id": TEA.id},
        {"id": "https://city.example/ob2/badges/tea/3/en", "@language": "en"},
    ]
    assert profile["related"] == [{"id": "https://city.example/organisations/library/did.json"}]


def test_nothing_of_the_third_version_is_mixed_in(hosted):
    for each in (hosted(), writing.badge_class(TEA, issuer=LIBRARY, addresses=AT)):
        assert each["@context"] == "https://w3id.org/openbadges/v2"
        assert not {"proof", "credentialSubject", "credentialStatus", "validFrom", "issuerId"} & each.keys()


def test_the_city_itself_has_an_address_that_no_organisation_can_have():
    city = Issuer(id="did:web:city.example", name="Mesto")
    assert (
        writing.issuer_profile(city, email="a@b.example", addresses=AT)["id"]
        == "https://city.example/ob2/issuers/_city"
    )
    on_a_port = writing.Addresses(base_url="http://localhost:8001")
    assert on_a_port.issuer("did:web:localhost%3A8001") == "http://localhost:8001/ob2/issuers/_city"
    assert on_a_port.did_document("did:web:localhost%3A8001") == "http://localhost:8001/.well-known/did.json"
    assert on_a_port.issuer("did:web:localhost%3A8001:organisations:city") == "http://localhost:8001/ob2/issuers/city"


def test_its_recipient_is_a_pseudonym_and_an_address_only_where_its_holder_asked():
    assert writing.assertion(BADGE, AT)["recipient"] == {
        "type": "url", "identity": BADGE.recipient.id, "hashed": False,
    }  # fmt: skip
    named = replace(BADGE, recipient=Recipient(id="urn:uuid:1", email=HashedEmail(digest_hex="ab" * 32, salt="sol")))
    assert writing.assertion(named, AT)["recipient"] == {
        "type": "email", "identity": f"sha256${'ab' * 32}", "hashed": True, "salt": "sol",
    }  # fmt: skip


def test_what_is_not_there_is_left_out():
    bare = replace(BADGE, narrative=None, evidence=(), valid_until=None)
    assert writing.assertion(bare, AT).keys() == {
        "@context", "type", "id", "@language", "badge", "recipient", "issuedOn", "verification", "related",
    }  # fmt: skip


def test_a_badge_class_without_a_picture_is_none():
    with pytest.raises(ValueError, match="picture"):
        writing.badge_class(replace(TEA, image=None), issuer=LIBRARY, addresses=AT)


def test_the_elements_of_a_micro_credential_stand_there_under_the_european_model():
    badge_class = writing.badge_class(TEA, issuer=LIBRARY, addresses=AT)
    elm = "http://data.europa.eu/snb/model/elm/"
    elements = badge_class[f"{elm}learningAchievementSpecification"]
    assert elements[f"{elm}volumeOfLearning"]["@value"] == "PT25H"
    assert elements[f"{elm}EQFLevel"] == {"id": "http://data.europa.eu/snb/eqf/4"}
    assert elements[f"{elm}countryCode"] == "SI"
    assert len(elements) == 6
    plain = writing.badge_class(replace(TEA, micro_credential=None), issuer=LIBRARY, addresses=AT)
    assert not [each for each in plain if each.startswith("http")]


def test_our_own_verifying_takes_it_whole_and_tells_what_it_says(web, hosted):
    evidence = [
        Evidence(name="Slika", url="https://city.example/e/1"),
        Evidence(name="Beseda", narrative="Povedala je."),
    ]
    assertion = hosted(replace(BADGE, evidence=evidence, valid_until=NOW + timedelta(days=1)))
    for given in (assertion, ID):
        found = checked(given, web)
        assert found.verdict is Verdict.VALID, found
        assert {each.outcome for each in found.checks.values()} <= {Outcome.PASSED, Outcome.ABSENT}
    told = found.told
    assert (told.name, told.description, told.criteria) == (TEA.name, TEA.description, TEA.criteria)
    assert (told.issuer_name, told.language, told.image) == ("Mestna knjižnica", "sl", "https://city.example/tea.png")
    assert [each.name for each in told.evidence] == ["Slika", "Beseda"]
    assert told.alignments == TEA.alignments
    assert told.narrative == BADGE.narrative


def test_it_ends_with_its_date_with_its_page_and_when_it_is_revoked(web, hosted):
    assertion = hosted(replace(BADGE, valid_until=NOW - timedelta(seconds=1)))
    assert checked(assertion, web).verdict is Verdict.EXPIRED
    assertion = hosted()
    web.put(ID, assertion | {"revoked": True})
    assert checked(assertion, web).verdict is Verdict.REVOKED
    web.take_away(ID)
    assert checked(assertion, web).verdict is Verdict.INVALID


def test_a_revoked_badge_tells_its_id_and_nothing_of_anybody():
    assert writing.revoked(BADGE.id, AT) == {
        "@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": ID, "revoked": True,
    }  # fmt: skip


def test_an_assertion_elsewhere_in_the_city_is_not_its_issuer_s(web, hosted):
    assertion = hosted()
    elsewhere = web.put("https://city.example/uploads/7", assertion | {"id": "https://city.example/uploads/7"})
    assert checked(elsewhere, web).verdict is Verdict.INVALID
