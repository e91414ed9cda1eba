"""Getting at what a foreign document says, whatever shape it says it in.

JSON-LD lets one value stand alone or in a list, an object be its address, and a text be a map of languages.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from col_core.badges.credentials.records import Document, Words

MAX_LISTED = 100
_MAX_TEXT = 20_000
_NO_LANGUAGE = ("@none", "und", "")
# No time zone is further from UTC, so between these a day can be said in each of them.
_FIRST_DAY = datetime.min.replace(tzinfo=UTC) + timedelta(days=2)
_LAST_DAY = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)


def listed(value: Any) -> Sequence[Any]:
    """Return what stands there as a list, of at most `MAX_LISTED`; nothing where there is nothing."""
    if value is None:
        return ()
    return value[:MAX_LISTED] if isinstance(value, list) else (value,)


def objects(value: Any) -> Sequence[Document]:
    """Return the objects among what stands there."""
    return [each for each in listed(value) if isinstance(each, Mapping)]


def first_object(value: Any) -> Document:
    """Return the first object that stands there, an empty one where there is none."""
    return next(iter(objects(value)), {})


def id_of(value: Any) -> str | None:
    """Return the address of what stands there: of an object its `id`, of a text itself."""
    for each in listed(value):
        found = (each.get("id") or each.get("@id")) if isinstance(each, Mapping) else each
        if isinstance(found, str) and found.strip():
            return found.strip()
    return None


def types_of(document: Document) -> Sequence[str]:
    """Return the types of a document."""
    return [each for each in listed(document.get("type") or document.get("@type")) if isinstance(each, str)]


def words(value: Any) -> Words:
    """Return a text per language, "" standing for the language of the document."""
    if isinstance(value, str):
        return {"": value[:_MAX_TEXT]} if value.strip() else {}
    if isinstance(value, list):
        return next((found for each in listed(value) if (found := words(each))), {})
    if not isinstance(value, Mapping):
        return {}
    if "@value" in value:
        language = value.get("@language")
        return {language if isinstance(language, str) else "": inner for inner in words(value["@value"]).values()}
    found = {str(name): words(each).get("", "") for name, each in list(value.items())[:MAX_LISTED]}
    return {"" if name in _NO_LANGUAGE else name: text for name, text in found.items() if text}


def text(value: Any, language: str | None = None) -> str:
    """Return a text, in `language` where it is there in several; "" where there is none."""
    found = words(value)
    return (found.get(language or "") or found.get("") or next(iter(found.values()), "")).strip()


def instant(value: Any) -> datetime | None:
    """Return the instant that a date or a moment says, None where it says none.

    A day begins at midnight; what names no zone is taken as UTC. Older badges write seconds since 1970.
    """
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        if not isinstance(value, str) or len(value) > 40:
            return None
        written = value.strip()
        if written.isascii() and written.isdigit() and len(written) in (9, 10):
            return datetime.fromtimestamp(int(written), UTC)
        if len(written) == 10:
            return datetime.combine(date.fromisoformat(written), datetime.min.time(), UTC)
        found = datetime.fromisoformat(written)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def day(value: Any) -> datetime | None:
    """Return the instant that stands there to be shown to people, None also where no calendar of ours reaches it.

    Some issuers write the last second of the year 9999 for what never ends; in Europe that is in the year 10000.
    """
    found = instant(value)
    return found if found is not None and _FIRST_DAY <= found <= _LAST_DAY else None
