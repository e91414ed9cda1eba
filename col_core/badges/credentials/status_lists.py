"""Lists that say which badges no longer hold: Bitstring Status List 1.0 (W3C) and the 1EdTech Revocation List 1.0.

A bitstring list is a credential of its own, which its issuer signs; the revocation list of 1EdTech is plain JSON.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from col_core.badges.credentials import base64url, instants
from col_core.badges.credentials.building import CREDENTIALS_CONTEXT
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.records import BitstringEntry, Document, RevocationListEntry

# Bitstring Status List 1.0, section 6.1: fewer would tell a reader of the list whose badge somebody asks about.
MIN_ENTRIES = 131_072
# Larger lists are not read: 8 million entries are 1 MB.
_MAX_BYTES = 1_048_576
_MAX_ENCODED = 2_000_000
_MAX_REVOKED = 200_000
# Ten times as quick as the best level, and a sparse list comes out small all the same.
_GZIP_LEVEL = 1
_GZIP = 31


class Bitstring:
    """Bits in a row; the first is the highest one of the first byte (section 3.2)."""

    def __init__(self, data: bytes | bytearray | None = None, *, entries: int = MIN_ENTRIES) -> None:
        if data is None and (entries < MIN_ENTRIES or entries % 8):
            raise ValueError(f"a list has at least {MIN_ENTRIES} entries, in whole bytes")
        self._bytes = bytearray(entries // 8) if data is None else bytearray(data)

    def __len__(self) -> int:
        return len(self._bytes) * 8

    def __getitem__(self, index: int) -> bool:
        if not 0 <= index < len(self):
            raise IndexError(index)
        return bool(self._bytes[index // 8] & (0x80 >> index % 8))

    def set(self, index: int, value: bool = True) -> None:
        """Set or clear one bit."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        bit = 0x80 >> index % 8
        self._bytes[index // 8] = self._bytes[index // 8] | bit if value else self._bytes[index // 8] & ~bit

    def encoded(self) -> str:
        """Return the bits packed with GZIP, in base64url with the multibase `u`; the same bits give the same text."""
        packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP)
        return f"u{base64url.encoded(packer.compress(bytes(self._bytes)) + packer.flush())}"

    @classmethod
    def decoded(cls, text: object) -> "Bitstring":
        """Return the bits of an `encodedList`; raises Unreadable (`status-list`), also where it unpacks too large."""
        if not isinstance(text, str) or not text.startswith("u") or len(text) > _MAX_ENCODED:
            raise Unreadable("status-list", "no encoded list")
        unpacker = zlib.decompressobj(_GZIP)
        try:
            data = unpacker.decompress(base64url.decoded(text[1:]), _MAX_BYTES + 1)
        except (zlib.error, Unreadable):
            raise Unreadable("status-list", "no GZIP in base64url") from None
        if len(data) > _MAX_BYTES:
            raise Unreadable("status-list", "longer than we read")
        if not unpacker.eof or unpacker.unused_data:
            raise Unreadable("status-list", "broken off, or more than one list")
        if len(data) * 8 < MIN_ENTRIES:
            raise Unreadable("status-list", f"fewer than {MIN_ENTRIES} entries")
        return cls(data)


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusList:
    """A bitstring list as it was read: for what it is, whose, and until when it holds."""

    url: str | None
    issuer: str
    purposes: frozenset[str]
    bits: Bitstring
    valid_from: datetime | None
    valid_until: datetime | None


def bitstring_credential(
    *, url: str, issuer: str, purpose: str, bits: Bitstring, valid_from: datetime, valid_until: datetime
) -> dict[str, Any]:
    """Return the credential of a list, without a proof. Whoever keeps it may ask anew after `valid_until`."""
    return {
        "@context": [CREDENTIALS_CONTEXT],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": instants.written(valid_from),
        "validUntil": instants.written(valid_until),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": bits.encoded(),
        },
    }


def read_bitstring(credential: Document) -> StatusList:
    """Return the list that `credential` holds; its proof is checked elsewhere. Raises Unreadable (`status-list`)."""
    if "BitstringStatusListCredential" not in _texts(credential.get("type")):
        raise Unreadable("status-list", "no credential of a bitstring status list")
    subject, issuer = credential.get("credentialSubject"), credential.get("issuer")
    whose = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not isinstance(subject, dict) or "BitstringStatusList" not in _texts(subject.get("type")):
        raise Unreadable("status-list", "no bitstring status list")
    if not isinstance(whose, str):
        raise Unreadable("status-list", "a list without an issuer")
    url = credential.get("id")
    return StatusList(
        url=url if isinstance(url, str) else None,
        issuer=whose,
        purposes=frozenset(_texts(subject.get("statusPurpose"))),
        bits=Bitstring.decoded(subject.get("encodedList")),
        valid_from=_instant(credential, "validFrom"),
        valid_until=_instant(credential, "validUntil"),
    )


def read_entry(entry: Document) -> BitstringEntry | RevocationListEntry:
    """Return an entry of `credentialStatus`; raises Unreadable (`status`) for one of a type that we do not read."""
    kinds, size = _texts(entry.get("type")), entry.get("statusSize", 1)
    if kinds == ["1EdTechRevocationList"]:
        url = entry.get("id")
        if isinstance(url, str):
            return RevocationListEntry(list_url=url)
    elif kinds == ["BitstringStatusListEntry"] and size == 1 and not isinstance(size, bool):
        url, index, purpose = (entry.get(each) for each in ("statusListCredential", "statusListIndex", "statusPurpose"))
        if isinstance(url, str) and isinstance(purpose, str):
            return BitstringEntry(list_url=url, index=_index(index), purpose=purpose)
    raise Unreadable("status", f"a status of the type {kinds}")


def is_set(status_list: StatusList, entry: BitstringEntry) -> bool:
    """Return whether the bit of `entry` is set (section 3.2).

    Raises Unreadable (`status-list`) where the list is another's, for another purpose, or too short. That the issuer of
    the badge signed it, and that it still holds, is checked elsewhere.
    """
    if entry.purpose not in status_list.purposes:
        raise Unreadable("status-list", f"the list is not about {entry.purpose}")
    if status_list.url is not None and status_list.url != entry.list_url:
        raise Unreadable("status-list", f"the list is that of {status_list.url}")
    if entry.index >= len(status_list.bits):
        raise Unreadable("status-list", "the entry lies beyond the end of the list")
    return status_list.bits[entry.index]


def revocation_list(*, url: str, issuer: str, revoked: Iterable[str]) -> dict[str, Any]:
    """Return a 1EdTech revocation list of the ids of badges."""
    return {
        "id": url,
        "issuer": issuer,
        "revokedCredential": [{"id": each, "revoked": True} for each in revoked],
    }


def is_revoked(listed: Document, badge_id: str) -> bool:
    """Return whether a 1EdTech revocation list names `badge_id`; without `revoked`, being named is enough.

    Raises Unreadable (`status-list`) for what is no such list: then nobody knows.
    """
    entries = listed.get("revokedCredential", listed.get("revokedCredentials"))
    if not isinstance(entries, list) or len(entries) > _MAX_REVOKED:
        raise Unreadable("status-list", "no revocation list")
    for each in entries:
        if not isinstance(each, dict | str):
            raise Unreadable("status-list", "an entry that is no credential")
        named = each if isinstance(each, str) else each.get("id")
        if named == badge_id and (isinstance(each, str) or each.get("revoked", True) is not False):
            return True
    return False


def _index(text: object) -> int:
    if isinstance(text, int) and not isinstance(text, bool):
        text = str(text)
    if not isinstance(text, str) or not text.isascii() or not text.isdigit() or len(text) > len(str(_MAX_BYTES * 8)):
        raise Unreadable("status", "an entry without a number")
    return int(text)


def _texts(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, str)]


def _instant(document: Document, name: str) -> datetime | None:
    return instants.read(document[name]) if name in document else None
