"""A clock that tests set."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 7, 12, 0, tzinfo=UTC)


class FixedClock:
    """Stands still until it is told otherwise."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, **span: float) -> None:
        """Move on by `span`, in the words of timedelta (`hours=2`)."""
        self._now += timedelta(**span)
