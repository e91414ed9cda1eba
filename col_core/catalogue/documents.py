"""How an opportunity's content is written into its row, and read back. msgspec, because a list page reads many."""

import hashlib
import struct
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import starmap
from typing import overload

import msgspec

from col_core.catalogue.records import Draft, Finding, Occurrence, Origin, Place

_ENCODER = msgspec.json.Encoder()
_DRAFT = msgspec.json.Decoder(Draft)
_PLACE = msgspec.json.Decoder(Place)
_ORIGIN = msgspec.json.Decoder(Origin)
_FINDINGS = msgspec.json.Decoder(tuple[Finding, ...])
_PROVENANCE = msgspec.json.Decoder(dict[str, str])
_PAIR = struct.Struct("<qq")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def draft_json(draft: Draft) -> bytes:
    """Return `draft` as JSON with the fields in their order, so that equal drafts have equal texts."""
    return _ENCODER.encode(draft)


def draft_of(text: str) -> Draft:
    """Return what `draft_json` wrote. A field that was added since has its default."""
    return _DRAFT.decode(text)


def fingerprint(document: bytes, salt: str = "") -> str:
    """Return what tells whether `document` changed; another `salt` makes every one count as changed."""
    return hashlib.sha256(document + salt.encode()).hexdigest()


def place_text(place: Place | None) -> str | None:
    return None if place is None else _ENCODER.encode(place).decode()


def place_of(text: str | None) -> Place | None:
    return None if text is None else _PLACE.decode(text)


def origin_text(origin: Origin | None) -> str | None:
    return None if origin is None else _ENCODER.encode(origin).decode()


def origin_of(text: str | None) -> Origin | None:
    return None if text is None else _ORIGIN.decode(text)


def findings_text(findings: Sequence[Finding]) -> str:
    return _ENCODER.encode(findings).decode() if findings else "[]"


def findings_of(text: str) -> tuple[Finding, ...]:
    return _FINDINGS.decode(text)


def provenance_text(provenance: Mapping[str, str]) -> str:
    return _ENCODER.encode(dict(provenance)).decode() if provenance else "{}"


def provenance_of(text: str) -> dict[str, str]:
    return _PROVENANCE.decode(text)


def occurrences_blob(occurrences: Sequence[Occurrence]) -> bytes:
    """Return the occurrences as little-endian int64 pairs: start and end, microseconds since 1970 UTC."""
    if isinstance(occurrences, _Stored):
        return occurrences.blob
    numbers: list[int] = []
    # The dates of a series are equally long and equally far apart, but for a few: that is worked out once.
    at, before, gap, length, gap_us, length_us = 0, _EPOCH, None, None, 0, 0
    for each in occurrences:
        start = each.start
        since, lasts = start - before, each.end - start
        if since != gap:
            gap, gap_us = since, _microseconds(since)
        if lasts != length:
            length, length_us = lasts, _microseconds(lasts)
        at += gap_us
        before = start
        numbers += (at, at + length_us)
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


def _microseconds(length: timedelta) -> int:
    return (length.days * 86_400 + length.seconds) * 1_000_000 + length.microseconds
