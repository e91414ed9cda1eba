from collections.abc import Sequence

import pytest

from col_core.catalogue import store
from col_core.catalogue.reading import Catalogue
from col_core.catalogue.records import Draft, Found, Hit, Image, OrganiserRef, Query
from col_core.catalogue.vocabulary import Status
from col_core.organisers import directory
from col_core.testing.fakes import RememberingIndex


class FirstThree(RememberingIndex):
    """An index that finds what it was given, published or not, three a page, each 10 m further."""

    def find(self, session, query, *, language, now):
        items: Sequence = [*self.items.values()]
        hits = tuple(Hit(id=each.id, distance_m=10.0 * n) for n, each in enumerate(items[:3]))
        return Found(hits=(*hits, Hit(id="gone")), total=len(items), facets={"language": {language: 1}})


@pytest.fixture
def index():
    return FirstThree()


@pytest.fixture
def catalogue(database, clock, index):
    return Catalogue(database=database, index=index, clock=clock, config=None)


def put(database, clock, index, *titles, status=Status.PUBLISHED):
    with database.write() as session:
        organiser = directory.find_or_create(session, ["Kino Šiška"], clock=clock)["Kino Šiška"]
        reference = OrganiserRef(id=organiser.id, slug=organiser.slug, name=organiser.name)
        items = [store.Prepared(content=Draft(title={"sl": t}), status=status, organiser=reference) for t in titles]
        return [each.id for _, each in store.write_many(session, items, index=index, clock=clock)]


def test_results_come_in_the_order_of_the_index_with_their_distance(catalogue, database, clock, index):
    ids = put(database, clock, index, "a", "b", "c", "d")
    results = catalogue.find(Query(), language="sl")
    assert [each.opportunity.id for each in results.items] == ids[:3]
    assert [each.distance_m for each in results.items] == [0, 10, 20]
    assert (results.total, results.facets) == (4, {"language": {"sl": 1}})


@pytest.mark.parametrize("status", Status)
def test_only_what_is_public_can_be_read(catalogue, database, clock, index, status):
    (id_,) = put(database, clock, index, "a", status=status)
    assert (catalogue.get(id_) is not None) == status.is_public


def test_an_id_that_never_was_is_none(catalogue):
    assert catalogue.get("none") is None


def test_an_organisation_is_found_at_its_slug(catalogue, database, clock, index):
    put(database, clock, index, "a")
    assert catalogue.organisation("kino-siska").name == "Kino Šiška"
    assert catalogue.organisation("other") is None
    assert [each.slug for each in catalogue.organisations()] == ["kino-siska"]


def test_the_version_rises_with_every_change_that_visitors_see(catalogue, database, clock, index):
    seen = [catalogue.version()]
    (id_,) = put(database, clock, index, "a")
    seen.append(catalogue.version())
    with database.write() as session:
        store.set_status(session, [id_], Status.CANCELLED, index=index, clock=clock)
    seen.append(catalogue.version())
    with database.write() as session:
        store.set_status(session, [id_], Status.CANCELLED, index=index, clock=clock)
    assert seen == sorted(set(seen))
    assert catalogue.version() == seen[-1]


def test_a_new_picture_is_another_version(catalogue, database, clock, index):
    with database.write() as session:
        image = Image(url="https://example.org/a.jpg", alt={"sl": "a"})
        item = store.Prepared(content=Draft(title={"sl": "a"}, image=image), status=Status.PUBLISHED)
        ((_, one),) = store.write_many(session, [item], index=index, clock=clock)
    before = catalogue.version()
    with database.write() as session:
        store.set_image(session, one.id, url="https://example.org/a.jpg", key="k")
    assert catalogue.version() > before
