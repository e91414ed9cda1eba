"""Telling how far long work is."""

from typing import Protocol


class Progress(Protocol):
    """Hears how long work goes on: `done` of `total` parts of `what`."""

    def __call__(self, what: str, done: int, total: int) -> None: ...
