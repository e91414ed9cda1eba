"""The picture of a badge as a page may show it: made anew, and never loaded by the visitor's browser from elsewhere."""

import base64
import re
from urllib.parse import unquote_to_bytes

from col_core.badges.credentials import baking_png, baking_svg
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.records import Documents, NotReached, NotThere, Told
from col_core.base.errors import InvalidInput
from col_core.base.images import MEDIA_TYPE, reencode

_WIDTH = 480
_LONGEST = 3_000_000
_LONGEST_SVG = 300_000
_ACCEPT = "image/png, image/svg+xml, image/webp, image/jpeg"
_DATA_ADDRESS = re.compile(r"data:image/[a-z+.-]+((?:;[^,;]*)*),", re.IGNORECASE)


def shown(told: Told | None, given: bytes | str, documents: Documents | None) -> str | None:
    """Return the picture of a badge as a data address, None where it has none that can be shown.

    What was `given` may be the picture itself. Without `documents` nothing is fetched for it.
    """
    found = _as_address(given) if isinstance(given, bytes) else None
    if found is not None or told is None or told.image is None:
        return found
    if told.image[:5].lower() == "data:":
        data = _of_data_address(told.image)
        return None if data is None else _as_address(data)
    if documents is None:
        return None
    try:
        return _as_address(documents.get(told.image, accept=_ACCEPT).body)
    except (NotThere, NotReached):
        return None


def _of_data_address(text: str) -> bytes | None:
    head = _DATA_ADDRESS.match(text)
    if head is None or len(text) > _LONGEST:
        return None
    body = text[head.end() :]
    try:
        return base64.b64decode(body) if ";base64" in head[1].lower() else unquote_to_bytes(body)
    except ValueError:
        return None


def _as_address(data: bytes) -> str | None:
    if len(data) > _LONGEST:
        return None
    try:
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            drawing = baking_svg.bare(data)
            return _address("image/svg+xml", drawing) if len(drawing) <= _LONGEST_SVG else None
        if not data.startswith((baking_png.SIGNATURE, b"\xff\xd8", b"RIFF", b"GIF8")):
            return None
        return _address(MEDIA_TYPE, reencode(data, max_width=_WIDTH).data)
    except (Unreadable, InvalidInput):
        return None


def _address(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"
