"""Keeping what was worked out last, in memory and within bounds."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


def _one(_: object) -> int:
    return 1


class Kept(Generic[_Key, _Value]):
    """Values by key; where they weigh more than `most` together, what was not asked for longest goes first.

    `weight` of a value is 1 unless said. What was kept last stays, whatever it weighs. Safe to share between threads.
    """

    def __init__(self, most: int, *, weight: Callable[[_Value], int] = _one) -> None:
        self._most = most
        self._weight = weight
        self._weighs = 0
        self._values: OrderedDict[_Key, _Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: _Key) -> _Value | None:
        """Return the value of `key`, or None."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def put(self, key: _Key, value: _Value) -> None:
        """Keep `value` in the place of what `key` had."""
        with self._lock:
            self._take_out(key)
            self._values[key] = value
            self._weighs += self._weight(value)
            while self._weighs > self._most and len(self._values) > 1:
                self._take_out(next(iter(self._values)))

    def drop(self, key: _Key, value: _Value) -> None:
        """Forget `value`, unless `key` has another one by now."""
        with self._lock:
            if self._values.get(key) is value:
                self._take_out(key)

    def _take_out(self, key: _Key) -> None:
        if key in self._values:
            self._weighs -= self._weight(self._values.pop(key))


@dataclass(frozen=True, slots=True)
class _Lasting(Generic[_Value]):
    value: _Value
    since: datetime
    until: datetime


class KeptUntil(Generic[_Key, _Value]):
    """As `Kept`; a value holds from one moment to another. A clock that was set back makes it be worked out anew."""

    def __init__(self, most: int, *, weight: Callable[[_Value], int] = _one) -> None:
        self._kept: Kept[_Key, _Lasting[_Value]] = Kept(most, weight=lambda each: weight(each.value))

    def get(self, key: _Key, now: datetime) -> _Value | None:
        """Return the value of `key` if it holds at `now`, or None."""
        found = self._kept.get(key)
        return found.value if found is not None and found.since <= now < found.until else None

    def put(self, key: _Key, value: _Value, *, since: datetime, until: datetime) -> None:
        """Keep `value` in the place of what `key` had."""
        self._kept.put(key, _Lasting(value, since, until))
