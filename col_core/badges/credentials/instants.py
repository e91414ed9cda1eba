"""Instants as credentials write them: XML Schema dateTimeStamp, in UTC, to the second."""

import re
from datetime import UTC, datetime

from col_core.badges.credentials.errors import Unreadable

# dateTime of XML Schema 1.1 with the time zone that Verifiable Credentials 2.0 ask for (section 4.9).
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)")


def written(instant: datetime) -> str:
    """Return an aware `instant` in UTC, without fractions of a second."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return f"{instant.astimezone(UTC).isoformat()[:19]}Z"


def read(text: object) -> datetime:
    """Return the instant that `text` says, in UTC; raises Unreadable (`date`)."""
    if not isinstance(text, str) or not _STAMP.fullmatch(text):
        raise Unreadable("date", f"{text!r} is no date with time and zone")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable("date", f"{text!r} is no date") from None
