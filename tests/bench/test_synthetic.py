from datetime import UTC, datetime

from col_core.base.settings import Bounds
from col_core.bench.synthetic import COMMON, MEDIUM, Offers
from col_core.catalogue.records import OrganiserRef

BOUNDS = Bounds(west_deg=14.38, south_deg=45.95, east_deg=14.83, north_deg=46.15)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ORGANISERS = [OrganiserRef(id="1", slug="a", name="A")]


def offers(number, size=1000, **options):
    made = Offers(bounds=BOUNDS, now=NOW, **options)
    return [each for batch in made.batches(number, organisers=ORGANISERS, size=size) for each in batch]


def test_the_same_number_gives_the_same_offers_however_they_are_cut():
    assert offers(300) == offers(300, size=7)
    assert offers(300) != offers(300, seed=2)


def test_places_lie_within_the_city_and_ids_are_their_own():
    made = offers(2_000)
    located = [each.place for each in made if each.place is not None]
    assert 0.8 < len(located) / len(made) < 0.95
    assert all(BOUNDS.contains(each.lat_deg, each.lon_deg) for each in located)
    assert len({each.external_id for each in made}) == len(made)


def test_words_are_as_common_as_measurements_rely_on():
    titles = [each.content.title["sl"].lower().split() for each in offers(5_000)]
    assert 0.08 < sum(COMMON in each for each in titles) / 5_000 < 0.12
    assert 0.003 < sum(MEDIUM in each for each in titles) / 5_000 < 0.009
