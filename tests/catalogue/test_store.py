import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from col_core.catalogue import documents, store
from col_core.catalogue.records import (
    Ages,
    Concession,
    Contact,
    Draft,
    Finding,
    Host,
    Image,
    Occurrence,
    OrganiserRef,
    Override,
    Place,
    Price,
    Registration,
    Schedule,
    Skill,
)
from col_core.catalogue.vocabulary import Access, Category, OpportunityType, RegistrationMode, Severity, Status
from col_core.organisers import directory
from col_core.testing.fakes import RememberingIndex

EVERYTHING = Draft(
    title={"sl": "Delavnica grafitov", "en": "Graffiti workshop"},
    type=OpportunityType.WORKSHOP,
    categories=(Category.ARTS,),
    skills=(Skill(uri="http://data.europa.eu/esco/skill/1", label={"en": "draw"}),),
    hosts=(Host(name="Knjižnica", url="https://example.org"),),
    place=Place(name="Mladinski center", lat_deg=46.05, lon_deg=14.5),
    schedule=Schedule(
        start=datetime(2026, 3, 3, 17, 0),
        end=datetime(2026, 3, 3, 19, 0),
        timezone="Europe/Ljubljana",
        rrule="FREQ=WEEKLY;COUNT=8",
        exdates=(datetime(2026, 3, 10, 17, 0),),
        overrides=(Override(original_start=datetime(2026, 3, 17, 17, 0), cancelled=True),),
    ),
    ages=Ages(min=15, max=29),
    price=Price(amount=Decimal("12.50"), concessions=(Concession(label={"sl": "dijaki"}, amount=Decimal(5)),)),
    languages=("sl",),
    accessibility=(Access.STEP_FREE,),
    capacity=12,
    registration=Registration(mode=RegistrationMode.EXTERNAL, deadline=datetime(2026, 3, 1, tzinfo=UTC)),
    image=Image(url="https://example.org/a.jpg", alt={"sl": "Stena z grafitom"}),
    safeguarding=Contact(email="varno@example.org"),
)


def test_every_field_of_an_opportunity_survives_the_store(database, clock):
    index = RememberingIndex()
    moment = Occurrence(start=datetime(2026, 3, 3, 16, 0, tzinfo=UTC), end=datetime(2026, 3, 3, 18, 0, tzinfo=UTC))
    with database.write() as session:
        organiser = directory.find_or_create(session, ["Mladi zmaji"], clock=clock)["Mladi zmaji"]
        prepared = store.Prepared(
            content=EVERYTHING,
            status=Status.REVIEW,
            organiser=OrganiserRef(id=organiser.id, slug=organiser.slug, name=organiser.name),
            place=replace(EVERYTHING.place, district="Center"),
            occurrences=(moment,),
            findings=(Finding(code="no-contact", message="…", severity=Severity.HOLD),),
        )
        ((pk, written),) = store.write_many(session, [prepared], index=index, clock=clock)
    with database.read() as session:
        read = store.get(session, written.id)
    assert read == written
    assert read.content == EVERYTHING
    assert read.organiser.slug == "mladi-zmaji"
    assert index.items == {pk: written}


def test_a_change_keeps_the_id_and_counts_the_version(database, clock):
    index = RememberingIndex()
    with database.write() as session:
        prepared = store.Prepared(
            content=EVERYTHING, status=Status.PUBLISHED, source_id="library", external_id="1", source_hash="a"
        )
        ((pk, first),) = store.write_many(session, [prepared], index=index, clock=clock)
    clock.advance(hours=1)
    with database.write() as session:
        (known,) = store.known(session, "library", ["1"]).values()
        content = replace(EVERYTHING, title={"sl": "Stenske poslikave"})
        changed = replace(prepared, content=content, known=known, source_hash="b")
        other = store.Prepared(content=EVERYTHING, status=Status.PUBLISHED, source_id="library", external_id="2")
        stored = store.write_many(session, [other, changed], index=index, clock=clock)
    assert stored[1][0] == pk
    with database.read() as session:
        read = store.get(session, first.id)
        assert (read.version, read.content.title, read.created) == (2, {"sl": "Stenske poslikave"}, first.created)
        assert [each.id for _, each in store.all_of(session)] == [first.id, stored[0][1].id]


def test_a_cancelled_opportunity_tells_the_index(database, clock):
    index = RememberingIndex()
    with database.write() as session:
        ((pk, one),) = store.write_many(
            session, [store.Prepared(content=EVERYTHING, status=Status.PUBLISHED)], index=index, clock=clock
        )
    with database.write() as session:
        assert len(store.set_status(session, [one.id], Status.CANCELLED, index=index, clock=clock)) == 1
        assert store.set_status(session, [one.id], Status.CANCELLED, index=index, clock=clock) == []
    assert index.items[pk].status is Status.CANCELLED
    assert index.items[pk].version == 2


def test_two_spellings_of_a_name_are_one_organisation(database, clock):
    with database.write() as session:
        found = directory.find_or_create(session, ["Šmocl – klub", "smocl  KLUB", "Šiška"], clock=clock)
        assert found["Šmocl – klub"].id == found["smocl  KLUB"].id
        assert [each.slug for each in directory.listing(session)] == ["siska", "smocl-klub"]
        assert directory.by_slug(session, "siska").name == "Šiška"


def test_two_names_that_make_one_slug_get_two(database, clock):
    with database.write() as session:
        found = directory.find_or_create(session, ["北", "南"], clock=clock)
        assert {each.slug for each in found.values()} == {"organisation", "organisation-2"}


def test_offers_that_are_stored_together_have_ids_of_their_own_in_their_order(database, clock):
    item = store.Prepared(content=EVERYTHING, status=Status.PUBLISHED)
    with database.write() as session:
        stored = store.write_many(session, [item] * 50, index=RememberingIndex(), clock=clock)
    ids = [each.id for _, each in stored]
    assert ids == sorted(set(ids))
    assert all(re.fullmatch("[0-9a-f]{16}", each) for each in ids)
    assert [pk for pk, _ in stored] == sorted(pk for pk, _ in stored)


instants = st.datetimes(datetime(1980, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@given(st.lists(st.builds(Occurrence, start=instants, end=instants)))
def test_occurrences_come_back_to_the_microsecond(occurrences):
    assert documents.occurrences_of(documents.occurrences_blob(occurrences)) == tuple(occurrences)


def test_a_series_across_a_clock_change_with_one_longer_date_comes_back_as_it_was():
    starts = [datetime(2026, 3, day, hour, tzinfo=UTC) for day, hour in ((15, 16), (22, 16), (29, 15))]
    lengths = [timedelta(hours=1), timedelta(hours=1), timedelta(hours=2, microseconds=1)]
    series = tuple(Occurrence(start=start, end=start + length) for start, length in zip(starts, lengths, strict=True))
    assert documents.occurrences_of(documents.occurrences_blob(series)) == series
