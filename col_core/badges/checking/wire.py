"""What came of checking a badge, as programs read it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from col_core.badges.credentials.records import Check, Told, Verification
from col_core.badges.reason_words import as_of, check_sentence, sentence
from col_core.base.formats import Zone
from col_core.base.i18n import Translator


def answer(verification: Verification, words: Mapping[str, Translator], *, zone: Zone) -> dict[str, Any]:
    """Return the answer of the API; `words` are those of each language, `zone` is that of days in sentences."""
    known = verification.as_of
    return {
        "verdict": verification.verdict.value,
        "checks": {aspect.value: _check(check, words, zone) for aspect, check in verification.checks.items()},
        "badge": _badge(verification.told),
        "reason": _sentences(verification.reason, words),
        "code": verification.reason,
        "as_of": known.isoformat() if known is not None else None,
        "note": _note(verification, words, zone) if known is not None else None,
    }


def _note(verification: Verification, words: Mapping[str, Translator], zone: Zone) -> dict[str, str]:
    known, doubt = verification.as_of, verification.in_doubt
    return {tag: as_of(known, each, zone=zone, in_doubt=doubt) for tag, each in words.items()}


def _check(check: Check, words: Mapping[str, Translator], zone: Zone) -> dict[str, Any]:
    said: dict[str, Any] = {
        "outcome": check.outcome.value,
        "code": check.reason,
        "reason": {tag: check_sentence(check, each, zone=zone) for tag, each in words.items()},
    }
    return said | ({"details": dict(check.details)} if check.details else {})


def _sentences(reason: str, words: Mapping[str, Translator]) -> dict[str, str]:
    return {tag: sentence(reason, each) for tag, each in words.items()}


def _badge(told: Told | None) -> dict[str, Any]:
    return {} if told is None else {name: _plain(value) for name, value in asdict(told).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(each) for each in value]
    return value
