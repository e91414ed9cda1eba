from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from col_core.badges.achievements import defining, reading
from col_core.badges.achievements.records import KeyCompetence, MicroCredentialTerms, Origin, Picture
from col_core.base.errors import Conflict, InvalidInput, NotFound
from col_core.organisers import directory


def define(database, clock, draft, origin=Origin.FILE):
    with database.write() as session:
        return defining.define(session, draft, origin=origin, clock=clock)


def organisation(database, clock, name="Kolesarsko društvo"):
    with database.write() as session:
        return directory.find_or_create(session, [name], clock=clock)[name].id


def ids(database, **narrowed):
    with database.read() as session:
        found = [each.id for each in reading.listing(session, **narrowed)]
        assert reading.count(session, **narrowed) == len(found)
    return found


def test_what_was_defined_is_read_back_as_it_was(database, clock, workshop, course):
    for draft in (workshop, course):
        stored = define(database, clock, draft)
        assert (stored.content, stored.version, stored.origin, stored.archived) == (draft, 1, Origin.FILE, False)
        with database.read() as session:
            assert reading.current(session, draft.id) == stored
            assert reading.version(session, draft.id, 1) == stored


def test_the_same_again_is_no_new_version(database, clock, workshop):
    first = define(database, clock, workshop)
    clock.advance(hours=1)
    assert define(database, clock, replace(workshop)) == first


def test_other_content_is_the_next_version_and_the_first_stays(database, clock, workshop):
    first = define(database, clock, workshop)
    clock.advance(hours=1)
    second = define(database, clock, replace(workshop, valid_months=None))
    assert (second.version, second.content.valid_months, second.created) == (2, None, first.created)
    assert second.digest != first.digest
    with database.read() as session:
        assert reading.version(session, workshop.id, 1) == first
        assert reading.current(session, workshop.id) == second
        assert reading.version(session, workshop.id, 3) is None
        assert reading.version(session, workshop.id, 0) is None


def test_twenty_who_define_the_same_at_once_make_one_version(database, clock, workshop):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: define(database, clock, workshop), range(20)))
    assert {each.version for each in made} == {1}


def test_an_archived_one_is_in_no_list_and_comes_back_when_it_is_defined_again(database, clock, workshop):
    define(database, clock, workshop)
    with database.write() as session:
        defining.archive(session, workshop.id, clock=clock)
    assert ids(database) == []
    assert ids(database, archived=True) == [workshop.id]
    with database.read() as session:
        assert reading.current(session, workshop.id).archived
    again = define(database, clock, workshop)
    assert (again.archived, again.version) == (False, 1)


def test_what_is_not_there_cannot_be_archived(database, clock):
    with database.write() as session, pytest.raises(NotFound, match="no-such"):
        defining.archive(session, "no-such", clock=clock)


def test_what_the_files_no_longer_name_is_archived_and_nothing_else(database, clock, workshop, course):
    owner = organisation(database, clock)
    define(database, clock, workshop)
    define(database, clock, replace(workshop, id="se-ena"))
    define(database, clock, replace(course, organiser_id=owner), Origin.DATABASE)
    with database.write() as session:
        assert defining.archive_missing(session, ["se-ena"], clock=clock) == [workshop.id]
    assert ids(database) == [course.id, "se-ena"]


def test_lists_are_narrowed_by_organisation_skill_and_competence(database, clock, workshop, course):
    owner = organisation(database, clock)
    define(database, clock, workshop)
    define(database, clock, replace(course, organiser_id=owner))
    assert ids(database, organiser_id=owner) == [course.id]
    assert ids(database, skill=workshop.skills[0].uri) == [workshop.id]
    assert ids(database, competence=KeyCompetence.STEM) == [workshop.id]
    assert ids(database, competence=KeyCompetence.DIGITAL) == []
    define(database, clock, replace(workshop, competences=(KeyCompetence.DIGITAL,)))
    assert ids(database, competence=KeyCompetence.STEM) == []
    assert ids(database, competence=KeyCompetence.DIGITAL) == [workshop.id]
    with database.read() as session:
        assert [each.id for each in reading.listing(session, after=workshop.id)] == [course.id]
        assert [each.id for each in reading.listing(session, limit=1)] == [workshop.id]
        assert list(reading.by_ids(session, [course.id, "x", workshop.id])) == [course.id, workshop.id]


def test_an_organisation_takes_over_neither_the_citys_badge_nor_anothers(database, clock, workshop):
    one, other = organisation(database, clock, "Prvo društvo"), organisation(database, clock, "Drugo društvo")
    define(database, clock, replace(workshop, organiser_id=one), Origin.DATABASE)
    with pytest.raises(Conflict, match="another organisation"):
        define(database, clock, replace(workshop, organiser_id=other), Origin.DATABASE)
    with pytest.raises(Conflict, match="the portal itself"):
        define(database, clock, workshop, Origin.FILE)
    define(database, clock, replace(workshop, id="mestna"), Origin.FILE)
    with pytest.raises(Conflict, match="a file"):
        define(database, clock, replace(workshop, id="mestna", organiser_id=one), Origin.DATABASE)


@pytest.mark.parametrize("element", ["assessment", "participation", "quality_assurance"])
def test_a_micro_credential_that_lacks_an_element_in_one_language_is_not_published(database, clock, course, element):
    stated = {**getattr(course.micro_credential, element)}
    del stated["en"]
    terms = replace(course.micro_credential, **{element: stated})
    with pytest.raises(InvalidInput) as caught:
        define(database, clock, replace(course, micro_credential=terms))
    assert list(caught.value.fields) == [f"micro_credential.{element}.en"]


def test_a_micro_credential_says_outcomes_workload_country_and_its_kind(database, clock, course):
    bare = MicroCredentialTerms(country="", workload_h=0)
    draft = replace(course, kind="Course", abilities={}, name={"sl": "Zgodba"}, micro_credential=bare)
    with pytest.raises(InvalidInput) as caught:
        define(database, clock, draft)
    assert set(caught.value.fields) == {
        "kind",
        "abilities.sl",
        "micro_credential.workload_h",
        "micro_credential.country",
        "micro_credential.assessment.sl",
        "micro_credential.participation.sl",
        "micro_credential.quality_assurance.sl",
    }
    with pytest.raises(InvalidInput) as caught:
        define(database, clock, replace(course, micro_credential=None))
    assert set(caught.value.fields) == {"micro_credential"}


def test_nothing_is_published_without_name_criteria_and_words_for_its_own_picture(database, clock, workshop):
    with pytest.raises(InvalidInput) as caught:
        define(database, clock, replace(workshop, name={}, criteria={}, picture=Picture(own_key="badges/1.png")))
    assert set(caught.value.fields) == {"name", "criteria", "image_alt"}
    assert ids(database) == []
