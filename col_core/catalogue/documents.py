"""How an opportunity's content is written into its row, and read back. msgspec, because a list page reads many."""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import starmap
from typing import overload

import msgspec

from col_core.catalogue.records import Draft, Finding, Occurrence, Origin, Place

_DRAFT = msgspec.json.Decoder(Draft)
_PLACE = msgspec.json.Decoder(Place)
_ORIGIN = msgspec.json.Decoder(Origin)
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


def origin_text(origin: Origin | None) -> str | None:
    return None if origin is None else msgspec.json.encode(origin).decode()


def origin_of(text: str | None) -> Origin | None:
    return None if text is None else _ORIGIN.decode(text)


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
    if isinstance(occurrences, _Stored):
        return occurrences.blob
    numbers = [_microseconds(moment) for each in occurrences for moment in (each.start, each.end)]
    return struct.pack(f"<{len(numbers)}q", *numbers)


def occurrences_of(blob: bytes) -> Sequence[Occurrence]:
    """Return what `occurrences_blob` wrote."""
    return _Stored(blob)


class _Stored(Sequence[Occurrence]):
    """Occurrences that are made when they are looked at: a list of offers holds thousands and shows one of each."""

    __slots__ = ("blob",)

    def __init__(self, blob: bytes) -> None:
        self.blob = blob

    def __len__(self) -> int:
        return len(self.blob) // _PAIR.size

    @overload
    def __getitem__(self, at: int) -> Occurrence: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Occurrence, ...]: ...
    def __getitem__(self, at: int | slice) -> Occurrence | tuple[Occurrence, ...]:
        if isinstance(at, slice):
            return tuple(self)[at]
        return _occurrence(*_PAIR.unpack_from(self.blob, range(len(self))[at] * _PAIR.size))

    def __iter__(self) -> Iterator[Occurrence]:
        return starmap(_occurrence, _PAIR.iter_unpack(self.blob))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, _Stored):
            return self.blob == other.blob
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def _occurrence(start: int, end: int) -> Occurrence:
    return Occurrence(start=_EPOCH + timedelta(0, 0, start), end=_EPOCH + timedelta(0, 0, end))


def _microseconds(instant: datetime) -> int:
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
