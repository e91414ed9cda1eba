from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from col_core.base.errors import TooManyRequests
from col_core.base.ratelimit import DatabaseLimiter, RateWindowRow, rate_limiter
from col_core.base.redis_limits import RedisLimiter


def use_up(limiter, clock):
    for _ in range(3):
        limiter.hit("form:someone", limit=3, window_s=60)
    with pytest.raises(TooManyRequests) as refused:
        limiter.hit("form:someone", limit=3, window_s=60)
    assert 1 <= refused.value.retry_after_s <= 60
    limiter.hit("form:someone-else", limit=3, window_s=60)
    clock.advance(seconds=refused.value.retry_after_s)
    limiter.hit("form:someone", limit=3, window_s=60)


def test_the_fourth_of_three_waits_for_the_next_window_in_the_database(database, clock):
    use_up(DatabaseLimiter(database, clock), clock)


def test_the_fourth_of_three_waits_for_the_next_window_in_redis(redis_url, clock, tmp_path):
    limiter = RedisLimiter(redis_url, prefix=f"test:{tmp_path}", clock=clock)
    use_up(limiter, clock)
    limiter.close()


def test_without_redis_nobody_is_turned_away(clock):
    limiter = RedisLimiter("redis://127.0.0.1:1/0", prefix="test", clock=clock)
    for _ in range(5):
        limiter.hit("form:someone", limit=1, window_s=60)


def race(limiter):
    def hit(_):
        try:
            limiter.hit("form:someone", limit=10, window_s=60)
        except TooManyRequests:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        return sum(pool.map(hit, range(50)))


def test_of_fifty_at_once_ten_get_through_in_the_database(database, clock):
    assert race(DatabaseLimiter(database, clock)) == 10


def test_of_fifty_at_once_ten_get_through_in_redis(redis_url, clock, tmp_path):
    limiter = RedisLimiter(redis_url, prefix=f"test:{tmp_path}", clock=clock)
    assert race(limiter) == 10
    limiter.close()


def test_counts_of_past_windows_are_forgotten(database, clock):
    limiter = DatabaseLimiter(database, clock)
    for _ in range(3):
        limiter.hit("form:someone", limit=3, window_s=60)
        clock.advance(seconds=121)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(RateWindowRow)) == 1


def test_a_city_with_redis_counts_there_and_others_in_the_database(database, redis_url, clock):
    shared = rate_limiter(database, jobs_url=redis_url, prefix="testville", clock=clock)
    assert isinstance(shared, RedisLimiter)
    shared.close()
    assert isinstance(rate_limiter(database, jobs_url=None, prefix="testville", clock=clock), DatabaseLimiter)
