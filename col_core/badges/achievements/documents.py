"""How an achievement's content is written into the row of a version, and read back."""

import hashlib

import msgspec

from col_core.badges.achievements.records import Draft

_DRAFT = msgspec.json.Decoder(Draft)


def draft_text(draft: Draft) -> str:
    """Return `draft` as JSON with every key in its place of the alphabet, so that equal drafts have equal texts."""
    return msgspec.json.encode(draft, order="sorted").decode()


def draft_of(text: str) -> Draft:
    """Return what `draft_text` wrote. A field that was added since has its default."""
    return _DRAFT.decode(text)


def digest(document: str) -> str:
    """Return the SHA-256 of a version's document, as hexadecimal digits."""
    return hashlib.sha256(document.encode()).hexdigest()
