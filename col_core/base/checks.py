"""What the doctor finds: each room looks at what it knows, and says it in words that a city's manager understands."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Weight(StrEnum):
    """`mend` must be mended before visitors come, `risk` may hurt one day, `hint` would make the city better."""

    MEND = "mend"
    RISK = "risk"
    HINT = "hint"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """`what` is so, what that `means` for people, and how to `mend` it; each one or two plain sentences."""

    weight: Weight
    what: str
    means: str
    mend: str


class Check(Protocol):
    """Looks at one area of a city, and changes nothing."""

    @property
    def area(self) -> str:
        """Return a short name, such as `mail`."""
        ...

    def look(self) -> Iterable[Finding]:
        """Return what is wrong, missing or risky."""
        ...
