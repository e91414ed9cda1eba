"""How often somebody may do something: counted in Redis where a city has it, else in the database."""

import hashlib
import secrets
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from col_core.base.clock import Clock
from col_core.base.database import DERIVED, Base, Database, UtcDateTime, upsert
from col_core.base.errors import TooManyRequests

_REDIS = ("redis://", "rediss://", "unix://")
# So many addresses in one window are an attack from everywhere; forgetting lets all of them begin anew.
_MOST_KEYS = 200_000


class RateLimiter(Protocol):
    """Counts. `key` says who does what; it is kept as a salted hash only, since it may hold an address."""

    def hit(self, key: str, *, limit: int, window_s: int) -> None:
        """Count one; raise TooManyRequests where that is more than `limit` in this window of `window_s` seconds."""
        ...


class RateWindowRow(Base):
    """How often `key` (a hash) was counted in the window that ends at `ends`."""

    __tablename__ = "rate_window"
    __table_args__ = ({"info": DERIVED},)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column()
    ends: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class DatabaseLimiter:
    """Counts in the city's own database: for one machine."""

    def __init__(self, database: Database, clock: Clock, *, secret: str = "") -> None:
        self._database = database
        self._clock = clock
        self._secret = secret

    def hit(self, key: str, *, limit: int, window_s: int) -> None:
        now = self._clock.now()
        ends = window_end(now, window_s)
        hashed = hashed_key(key, ends, self._secret)
        with self._database.write() as session:
            insert = upsert(session, RateWindowRow).values(key=hashed, count=1, ends=ends)
            counted = insert.on_conflict_do_update(
                index_elements=[RateWindowRow.key], set_={"count": RateWindowRow.count + 1}
            )
            count = session.scalars(counted.returning(RateWindowRow.count)).one()
            if count == 1:
                # Skipping what others hold: two who tidy up at once must not wait for each other.
                old = select(RateWindowRow.key).where(RateWindowRow.ends < now).with_for_update(skip_locked=True)
                session.execute(delete(RateWindowRow).where(RateWindowRow.key.in_(old)))
        judge(count, limit, ends, now)


class ProcessLimiter:
    """Counts in this process alone, for what is asked too often to be written down: each server process has its own.

    Only the present window is kept, under a word that no other process knows.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._secret = secrets.token_hex(16)
        self._lock = threading.Lock()
        self._ends: datetime | None = None
        self._counts: Counter[str] = Counter()

    def hit(self, key: str, *, limit: int, window_s: int) -> None:
        now = self._clock.now()
        ends = window_end(now, window_s)
        hashed = hashed_key(key, ends, self._secret)
        with self._lock:
            if ends != self._ends or len(self._counts) >= _MOST_KEYS:
                self._ends = ends
                self._counts.clear()
            self._counts[hashed] += 1
            count = self._counts[hashed]
        judge(count, limit, ends, now)


def rate_limiter(
    database: Database, *, jobs_url: str | None, prefix: str, clock: Clock, secret: str = ""
) -> RateLimiter:
    """Return the counter that fits: in Redis where `jobs_url` names one (`prefix` is the city's id there).

    `secret` is the city's: without it nobody can find out which key a count belongs to by trying them all.
    """
    if jobs_url is not None and jobs_url.startswith(_REDIS):
        return _redis_limiter(jobs_url, prefix=prefix, clock=clock, secret=secret)
    return DatabaseLimiter(database, clock, secret=secret)


def _redis_limiter(url: str, *, prefix: str, clock: Clock, secret: str) -> RateLimiter:
    # Its client takes as long to load as the database's, and few cities have it.
    from col_core.base.redis_limits import RedisLimiter

    return RedisLimiter(url, prefix=prefix, clock=clock, secret=secret)


def read_limiter(*, jobs_url: str | None, prefix: str, clock: Clock, secret: str) -> RateLimiter:
    """Return the counter for what every request does: in Redis where there is one, else in the process."""
    if jobs_url is not None and jobs_url.startswith(_REDIS):
        return _redis_limiter(jobs_url, prefix=prefix, clock=clock, secret=secret)
    return ProcessLimiter(clock)


def limits_fault(jobs_url: str | None) -> str | None:
    """Return why Redis does not count, in its own words; None where it does or `jobs_url` names none."""
    if jobs_url is None or not jobs_url.startswith(_REDIS):
        return None
    from col_core.base.redis_limits import fault

    return fault(jobs_url)


def window_end(now: datetime, window_s: int) -> datetime:
    """Return when the window of `window_s` seconds ends in which `now` is."""
    past = int(now.timestamp()) % window_s
    return datetime.fromtimestamp(int(now.timestamp()), UTC) + timedelta(seconds=window_s - past)


def hashed_key(key: str, ends: datetime, secret: str) -> str:
    """Return under which name `key` is counted in the window that ends at `ends`."""
    # Another salt each day: counts of two days cannot be told to be of one address.
    salt = hashlib.blake2b(str(ends.date()).encode(), key=secret.encode()[:64]).digest()
    return hashlib.blake2b(f"{key}|{ends.timestamp()}".encode(), key=salt, digest_size=32).hexdigest()


def judge(count: int, limit: int, ends: datetime, now: datetime) -> None:
    """Raise TooManyRequests where `count` is more than `limit`."""
    if count > limit:
        wait_s = max(1, int((ends - now).total_seconds()))
        raise TooManyRequests("That was too often; please wait a little.", retry_after_s=wait_s)
