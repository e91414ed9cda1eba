import pytest

from col_core.web.page_cache import PageCache

KEPT = {"body": b"<p>n1</p>", "nonce": "n1", "etag": "e", "language": "sl", "keep_s": 30}


class Moment:
    """What the cache asks: the number of the last change, and the time."""

    def __init__(self):
        self.version, self.now_s = 1, 1000.0


@pytest.fixture
def moment():
    return Moment()


@pytest.fixture
def cache(moment):
    return PageCache(version=lambda: moment.version, clock_s=lambda: moment.now_s, most_bytes=1000)


def test_a_page_is_kept_for_its_time(cache, moment):
    cache.put("/sl/?", version=1, **KEPT)
    moment.now_s += 29
    assert cache.get("/sl/?").body == KEPT["body"]
    moment.now_s += 1
    assert cache.get("/sl/?") is None


def test_a_page_made_before_the_last_change_is_not_shown(cache, moment):
    cache.put("/sl/?", version=1, **KEPT)
    moment.version = 2
    assert cache.get("/sl/?") is None


def test_a_page_made_while_something_changed_counts_as_old(cache, moment):
    before = cache.version()
    moment.version = 2
    cache.put("/sl/?", version=before, **KEPT)
    assert cache.get("/sl/?") is None


def test_a_clock_that_jumps_back_keeps_nothing_for_longer(cache, moment):
    cache.put("/sl/?", version=1, **KEPT)
    moment.now_s -= 3600
    assert cache.get("/sl/?") is None


def test_what_was_not_asked_for_goes_first_when_room_is_short(cache):
    page = KEPT | {"body": b"x" * 45}
    for number in range(22):
        cache.put(f"/{number}", version=1, **page)
    cache.get("/0")
    cache.put("/22", version=1, **page)
    assert cache.get("/0") is not None
    assert cache.get("/1") is None
    assert cache.get("/22") is not None


def test_a_page_too_large_to_keep_is_left_out(cache):
    cache.put("/large", version=1, **KEPT | {"body": b"x" * 51})
    assert cache.get("/large") is None


def test_the_same_page_again_takes_the_place_of_the_first(cache):
    for number in range(100):
        cache.put("/sl/?", version=1, **KEPT | {"body": b"%d" % number})
    assert cache.get("/sl/?").body == b"99"
