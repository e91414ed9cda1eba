"""The names of the time zones that this machine knows."""

from functools import cache
from zoneinfo import available_timezones


@cache
def names() -> frozenset[str]:
    """Return them all; looked up once in a process, since that goes through hundreds of files."""
    return frozenset(available_timezones())
