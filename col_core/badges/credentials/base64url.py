"""base64url without padding (RFC 4648, section 5), one text for each bytes."""

import base64
import binascii

from col_core.badges.credentials.errors import Unreadable


def encoded(data: bytes) -> str:
    """Return `data` in base64url, without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: object) -> bytes:
    """Return the bytes of `text`; raises Unreadable (`base64`).

    Texts that another text stands for just as well are refused, else a signed one could be altered unnoticed.
    """
    if not isinstance(text, str) or "=" in text:
        raise Unreadable("base64", "no base64url without padding")
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("base64", "no base64url") from None
    if encoded(data) != text:
        raise Unreadable("base64", "not the one way to write it in base64url")
    return data
