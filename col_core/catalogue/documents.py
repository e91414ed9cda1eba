"""How an opportunity's content is written into its row, and read back. msgspec, because a list page reads many."""

import hashlib
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from col_core.catalogue.records import Draft, Finding, Occurrence, Place

_DRAFT = msgspec.json.Decoder(Draft)
_PLACE = msgspec.json.Decoder(Place)
_FINDINGS = msgspec.json.Decoder(tuple[Finding, ...])
_PROVENANCE = msgspec.json.Decoder(dict[str, str])
_PAIR = struct.Struct("<qq")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def draft_text(draft: Draft) -> str:
    """Return `draft` as JSON with the fields in their order, so that equal drafts have equal texts."""
    return msgspec.json.encode(draft).decode()


def draft_of(text: str) -> Draft:
    """Return what `draft_text` wrote. A field that was added since has its default."""
    return _DRAFT.decode(text)


def fingerprint(document: bytes, salt: str = "") -> str:
    """Return what tells whether `document` changed; another `salt` makes every one count as changed."""
    return hashlib.sha256(document + salt.encode()).hexdigest()


def place_text(place: Place | None) -> str | None:
    return None if place is None else msgspec.json.encode(place).decode()


def place_of(text: str | None) -> Place | None:
    return None if text is None else _PLACE.decode(text)


def findings_text(findings: Sequence[Finding]) -> str:
    return msgspec.json.encode(findings).decode()


def findings_of(text: str) -> tuple[Finding, ...]:
    return _FINDINGS.decode(text)


def provenance_text(provenance: dict[str, str]) -> str:
    return msgspec.json.encode(provenance).decode()


def provenance_of(text: str) -> dict[str, str]:
    return _PROVENANCE.decode(text)


def occurrences_blob(occurrences: Sequence[Occurrence]) -> bytes:
    """Return the occurrences as little-endian int64 pairs: start and end, microseconds since 1970 UTC."""
    numbers = [_microseconds(moment) for each in occurrences for moment in (each.start, each.end)]
    return struct.pack(f"<{len(numbers)}q", *numbers)


def occurrences_of(blob: bytes) -> tuple[Occurrence, ...]:
    """Return what `occurrences_blob` wrote."""
    return tuple(
        Occurrence(start=_EPOCH + timedelta(0, 0, start), end=_EPOCH + timedelta(0, 0, end))
        for start, end in _PAIR.iter_unpack(blob)
    )


def _microseconds(instant: datetime) -> int:
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
