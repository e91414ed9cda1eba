"""The vocabulary of organisations."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Organiser:
    """An organisation that offers something. `slug` stands in addresses and never changes once it is public."""

    id: str
    slug: str
    name: str
    url: str | None = None
    summary: Mapping[str, str] = field(default_factory=dict)
    verified: bool = False
