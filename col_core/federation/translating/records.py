"""The vocabulary of translations: what is translated, and what is kept of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Original:
    """Texts of an offer in the language in which its city wrote them, by field of its content."""

    language: str
    texts: Mapping[str, str]

    @property
    def digest(self) -> str:
        """By this the same texts are known again: SHA-256 in hex."""
        said = json.dumps([self.language, dict(self.texts)], ensure_ascii=True, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A translation of an offer into one language. Instants are aware, UTC.

    `source_digest` is that of the original it was made from, or last checked against. `translator` is the name of what
    made it, None where a person did. `edited` is when a person of this city last checked or changed it. `removed` is
    when one took it away: it does not come back for the same original.
    """

    opportunity_id: str
    language: str
    source_language: str
    source_digest: str
    texts: Mapping[str, str]
    translator: str | None
    made: datetime
    edited: datetime | None = None
    removed: datetime | None = None

    @property
    def is_of_a_person(self) -> bool:
        """Whether a person of this city has the word over it: no translator replaces it."""
        return self.edited is not None and self.removed is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """That an offer was looked at in its `version`, under `plan` (the languages and translators that there were).

    `failures` counts those in a row, with the last `error`; before `retry` it is not tried again.
    """

    opportunity_id: str
    version: int
    plan: str
    failures: int = 0
    retry: datetime | None = None
    error: str | None = None
