"""What a page says when something does not work: what happened, what is kept, what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass

from col_core.base.messages import N_


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorWords:
    """Marked for translation. `title` says what happened, `text` what is kept and what comes next."""

    title: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Unfit:
    """A part of an address that cannot be used: its name there, and what stands there.

    `label` is what it is called where one chooses it, `reason` what was expected, both in the visitor's words.
    """

    name: str
    found: str
    label: str = ""
    reason: str = ""


_LONGEST_SHOWN = 60
_GONE = ErrorWords(
    title=N_("This page is not here"),
    text=N_("Perhaps the address has a typo, or the offer is no longer there. Search for something similar?"),
)
_NOT_UNDERSTOOD = ErrorWords(
    title=N_("We did not understand that"),
    text=N_("Something in the address or the form does not fit. Go back and change it, or start from the beginning."),
)
_NOT_ALLOWED = ErrorWords(
    title=N_("This is not open to you"),
    text=N_("If you think that it should be, write to us and we will look into it."),
)
_TOO_LARGE = ErrorWords(
    title=N_("That was too much at once"),
    text=N_("What you sent is larger than we can take. Make it shorter and try again."),
)
_TOO_OFTEN = ErrorWords(
    title=N_("A little slower, please"),
    text=N_("There were many requests from your connection. Wait a minute and try again."),
)
_BUSY = ErrorWords(
    title=N_("We cannot do this right now"),
    text=N_("It is our fault, and it usually passes quickly. Nothing of yours is lost; try again in a minute."),
)
_BROKEN = ErrorWords(
    title=N_("Something broke on our side"),
    text=N_("It was written down and somebody will look at it. Nothing of yours is lost; try again in a minute."),
)
_WORDS = {
    400: _NOT_UNDERSTOOD,
    401: _NOT_ALLOWED,
    403: _NOT_ALLOWED,
    404: _GONE,
    405: _GONE,
    408: _BUSY,
    410: _GONE,
    413: _TOO_LARGE,
    414: _TOO_LARGE,
    422: _NOT_UNDERSTOOD,
    429: _TOO_OFTEN,
    431: _TOO_LARGE,
    502: _BUSY,
    503: _BUSY,
    507: _BUSY,
}


def readable(values: Sequence[str]) -> str:
    """Return what stands in an address so that it can be shown: short, and without marks that nobody sees."""
    seen = "".join(each if each.isprintable() else "\ufffd" for each in ", ".join(values))
    return seen if len(seen) <= _LONGEST_SHOWN else seen[:_LONGEST_SHOWN] + "…"


def words_for(status: int) -> ErrorWords:
    """Return the words for an HTTP status of an error."""
    return _WORDS.get(status) or (_BROKEN if status >= 500 else _NOT_UNDERSTOOD)
