"""Counting in Redis how often somebody does something: for a city on several machines."""

import redis
import structlog

from col_core.base.clock import Clock
from col_core.base.ratelimit import hashed_key, judge, window_end

_log = structlog.get_logger()


def fault(url: str) -> str | None:
    """Return why nothing can be counted there, None where it can."""
    with _client(url) as client:
        try:
            client.ping()
        except redis.RedisError as error:
            # Some go on for a page about what could be done.
            return ". ".join(str(error).split(". ")[:2]).rstrip(".") + "."
    return None


def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)


class RedisLimiter:
    """Counts in Redis: for several machines. Where Redis cannot be reached, nobody is turned away."""

    def __init__(self, url: str, *, prefix: str, clock: Clock, secret: str = "") -> None:
        self._redis = _client(url)
        self._prefix = prefix
        self._clock = clock
        self._secret = secret

    def hit(self, key: str, *, limit: int, window_s: int) -> None:
        now = self._clock.now()
        ends = window_end(now, window_s)
        name = f"{self._prefix}:limit:{hashed_key(key, ends, self._secret)}"
        try:
            with self._redis.pipeline() as pipe:
                pipe.incr(name)
                pipe.expire(name, window_s + 60)
                count = int(pipe.execute()[0])
        except redis.RedisError as error:
            _log.warning("ratelimit.redis_away", error=type(error).__name__)
            return
        judge(count, limit, ends, now)

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()
