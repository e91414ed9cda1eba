"""Asking for the formats that an outside service makes: a job follows each award, and nobody waits for it."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from col_core.badges.hooks import BackgroundIssuer, BadgeIssuer
from col_core.base import outbox
from col_core.base.clock import Clock

MAKE_JOB = "awards.make_format"


def is_in_background(back_end: BadgeIssuer) -> bool:
    """Return whether nobody may wait for what `back_end` makes."""
    return isinstance(back_end, BackgroundIssuer) and back_end.in_background


def ask_for(session: Session, award_ids: Iterable[str], format_: str, *, clock: Clock) -> None:
    """Have awards made in one format, in the caller's transaction. What is asked for already is asked for once."""
    for each in award_ids:
        payload = {"award": each, "format": format_}
        outbox.enqueue(session, MAKE_JOB, payload, clock=clock, key=f"make:{format_}:{each}")
