"""How a check says what it found."""

from col_core.badges.credentials.records import Check, Outcome


def passed(reason: str, **details: str) -> Check:
    return Check(outcome=Outcome.PASSED, reason=reason, details=details)


def failed(reason: str, **details: str) -> Check:
    return Check(outcome=Outcome.FAILED, reason=reason, details=details)


def unknown(reason: str, **details: str) -> Check:
    return Check(outcome=Outcome.UNKNOWN, reason=reason, details=details)


def absent(reason: str, **details: str) -> Check:
    return Check(outcome=Outcome.ABSENT, reason=reason, details=details)
