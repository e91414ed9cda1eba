from dataclasses import replace

import pytest

from col_core.badges.credentials import building, contexts, jsonld
from col_core.badges.credentials.records import (
    Alignment,
    BitstringEntry,
    Evidence,
    HashedEmail,
    MicroCredential,
    Recipient,
)
from col_core.testing.badges import ACHIEVED, ISSUER, a_badge


def full():
    micro = MicroCredential(
        country="LT", workload_h=25.5, ects=1.5, eqf_level=4, assessment="egzaminas", participation="nuotoliu",
        quality_assurance="išorinis vertinimas", prerequisites="nėra", supervision="taip", grade="9 iš 10",
        stackability="pirma dalis", further_information="https://city.example/more",
    )  # fmt: skip
    achieved = replace(
        ACHIEVED, version="2", image="https://city.example/tea.png", image_alt="Skodelica", creator=ISSUER,
        alignments=[Alignment(target="http://x.example/1", name="a", framework="ESCO", code="T1")],
        micro_credential=micro,
    )  # fmt: skip
    return a_badge(
        achieved=achieved,
        issuer=replace(ISSUER, image="https://city.example/logo.png"),
        recipient=Recipient(id="urn:uuid:1", email=HashedEmail(digest_hex="ab" * 32, salt="sol")),
        evidence=[Evidence(name="besede", narrative="povedala je"), Evidence(name="slika", url="https://x.example/p")],
    )


def texts(value):
    if isinstance(value, dict):
        return {text for name, each in value.items() if name != "@context" for text in texts(each)}
    if isinstance(value, list):
        return {text for each in value for text in texts(each)}
    return {value} if isinstance(value, str) else set()


def test_nothing_that_a_badge_says_is_dropped_from_what_is_signed():
    document = building.unsigned(full())
    signed = jsonld.canonical(document).decode()
    missing = {text for text in texts(document) if text.replace('"', '\\"') not in signed}
    # Types are signed under the names of their classes.
    assert not missing, missing
    assert jsonld.NOWHERE not in signed


def test_the_elements_of_a_micro_credential_stand_under_the_european_model():
    signed = jsonld.canonical(building.unsigned(full())).decode()
    for term, value in [
        ("countryCode", '"LT"'),
        ("volumeOfLearning", '"PT25H30M"^^<http://www.w3.org/2001/XMLSchema#duration>'),
        ("EQFLevel", "<http://data.europa.eu/snb/eqf/4>"),
        ("provenBy", '"egzaminas"'),
        ("mode", '"nuotoliu"'),
        ("accreditation", '"išorinis vertinimas"'),
        ("learningOutcomeSummary", '"I can make tea."@en'),
    ]:
        assert f"<http://data.europa.eu/snb/model/elm/{term}> {value}" in signed
    assert '#creditsAvailable> "1.5E0"' in signed


def test_contexts_are_the_standards_and_then_our_own():
    document = building.unsigned(a_badge())
    assert document["@context"][:3] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    ]
    contexts.examine(document["@context"])


def test_a_badge_that_needs_no_terms_of_ours_carries_none():
    bare = replace(ACHIEVED, names={}, abilities={}, micro_credential=None)
    assert building.unsigned(a_badge(achieved=bare))["@context"] == list(building.CONTEXTS)
    named = building.unsigned(a_badge(achieved=replace(bare, names={"sl": "Čaj"})))
    assert named["@context"] == [*building.CONTEXTS, building.EXTENSION]


def test_one_status_is_an_object_and_several_are_a_list():
    several = building.unsigned(a_badge())
    assert [each["type"] for each in several["credentialStatus"]] == [
        "BitstringStatusListEntry",
        "1EdTechRevocationList",
    ]
    assert "credentialSchema" not in several
    one = building.unsigned(
        a_badge(status=[BitstringEntry(list_url="https://x.example/s", index=7, purpose="suspension")])
    )
    assert one["credentialStatus"] == {
        "id": "https://x.example/s#7",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "suspension",
        "statusListIndex": "7",
        "statusListCredential": "https://x.example/s",
    }
    assert one["credentialSchema"] == [{"id": building.SCHEMA_URL, "type": "1EdTechJsonSchemaValidator2019"}]
    assert "credentialStatus" not in building.unsigned(a_badge(status=[]))


def test_what_is_not_there_is_not_said():
    bare = replace(
        ACHIEVED,
        criteria_url=None,
        alignments=(),
        tags=(),
        names={},
        abilities={"sl": []},
        related={},
        micro_credential=None,
    )
    document = building.unsigned(a_badge(achieved=bare, evidence=(), status=(), narrative=None))
    assert set(document["credentialSubject"]["achievement"]) == {
        "id", "type", "achievementType", "name", "description", "criteria", "inLanguage",
    }  # fmt: skip
    assert not {"evidence", "endorsement", "validUntil"} & set(document)


def test_an_endorsement_says_who_vouches_for_what():
    made = building.endorsement(
        id="urn:uuid:2", issuer=ISSUER, subject="https://city.example/badges/1", subject_type="OpenBadgeCredential",
        name="Potrditev", comment="Videli smo.", valid_from=a_badge().valid_from,
    )  # fmt: skip
    assert b'endorsementComment> "Videli smo."' in jsonld.canonical(made)


@pytest.mark.parametrize(("hours", "text"), [(1, "PT1H"), (0.5, "PT0H30M"), (60, "PT60H"), (1.999, "PT2H")])
def test_hours_are_written_as_a_duration(hours, text):
    micro = replace(ACHIEVED.micro_credential, workload_h=hours)
    document = building.unsigned(a_badge(achieved=replace(ACHIEVED, micro_credential=micro)))
    assert document["credentialSubject"]["achievement"]["microCredential"]["workload"] == text
