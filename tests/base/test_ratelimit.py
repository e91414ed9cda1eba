import pytest

from col_core.base.errors import TooManyRequests
from col_core.base.ratelimit import DatabaseLimiter, RedisLimiter


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
