"""Fields for marshmallow schemas that hold what comes from outside.

marshmallow's own let pass what a database or another program then falls over: a NUL, a lone surrogate, numbers
beyond 64 bits, instants that overflow as soon as their zone is changed.
"""

import decimal
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields, validate

from col_core.base.strict_json import LARGEST_INTEGER, text_fault

LONGEST_TEXT = 20_000
_LONGEST_KEPT = 2_000
FIRST_YEAR, LAST_YEAR = 1000, 9000
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_ADDRESS_BREAKERS = re.compile(r"[\s\x00-\x1f\x7f<>\"\\^`{|}]")


class Text(fields.String):
    """Text that every part of the system can keep. `longest` counts characters."""

    def __init__(self, *, longest: int = LONGEST_TEXT, **options: Any) -> None:
        super().__init__(**options)
        self.longest = longest
        self.metadata = {"maxLength": longest, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **rest)
        fault = text_fault(text)
        if fault is not None:
            raise ValidationError(f"Holds {fault}.")
        if len(text) > self.longest:
            raise ValidationError(f"Longer than {self.longest} characters.")
        return text


class Texts(fields.Dict):
    """One text per language: {"sl": "Delavnica", "en": "Workshop"}."""

    default_error_messages = {  # noqa: RUF012 (declared so by marshmallow)
        "required": "Is missing.",
        "invalid": 'Must be one text per language, such as {{"en": "…"}}.',
    }

    def __init__(self, *, longest: int = LONGEST_TEXT, **options: Any) -> None:
        tag = Text(validate=validate.Regexp(_LANGUAGE.pattern + r"\Z", error="Not a language tag."))
        super().__init__(keys=tag, values=Text(longest=longest, validate=validate.Length(min=1)), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> Any:
        if isinstance(value, Mapping) and len(value) > 50:
            raise ValidationError("More than 50 languages.")
        try:
            return super()._deserialize(value, attr, data, **rest)  # type: ignore[no-untyped-call]  # marshmallow leaves this one without types
        except ValidationError as error:
            raise _by_language(error) from error


def _by_language(error: ValidationError) -> ValidationError:
    """Return `error` with what is wrong under the language itself, not under its "key" and "value"."""
    if not isinstance(error.messages, dict):
        return error
    return ValidationError(
        {
            tag: [each for messages in found.values() for each in messages] if isinstance(found, dict) else found
            for tag, found in error.messages.items()
        }
    )


class Integer(fields.Integer):
    """A whole number of at most 64 bits, written as a number."""

    default_error_messages = {  # noqa: RUF012 (declared so by marshmallow)
        "invalid": "Must be a whole number, without quotes.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(strict=True, **options)

    def _validated(self, value: Any) -> int:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        if isinstance(value, float) and not math.isfinite(value):
            raise self.make_error("invalid", input=value)
        number: int = super()._validated(value)
        if abs(number) > LARGEST_INTEGER:
            raise self.make_error("too_large", input=value)
        return number


class Number(fields.Float):
    """A finite number, written as a number."""

    default_error_messages = {  # noqa: RUF012 (declared so by marshmallow)
        "invalid": "Must be a number with a decimal point, without quotes.",
    }

    def _validated(self, value: Any) -> float:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        number: float = super()._validated(value)
        return number


class Amount(fields.Decimal):
    """An amount of money: not negative, at most two decimals, below a hundred million."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_nan=False, **options)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any
    ) -> decimal.Decimal:
        if isinstance(value, bool) or (isinstance(value, str) and len(value) > 20):
            raise self.make_error("invalid")
        number: decimal.Decimal = super()._deserialize(value, attr, data, **rest)
        if not 0 <= number < 100_000_000:
            raise ValidationError("Must lie between 0 and 100,000,000.")
        if number != round(number, 2):
            raise ValidationError("Has more than two decimals.")
        return round(number, 2)


class Instant(fields.AwareDateTime):
    """A moment with its offset from UTC; what comes out is in UTC."""

    default_error_messages = {  # noqa: RUF012 (declared so by marshmallow)
        "invalid": "Must be a time such as 2026-05-17T17:00:00+02:00.",
        "invalid_awareness": "Must carry its offset from UTC, as in 2026-05-17T17:00:00+02:00.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> datetime:
        if not isinstance(value, str) or not value.isascii():
            raise self.make_error("invalid", input=value, obj_type="datetime")
        try:
            moment: datetime = super()._deserialize(value, attr, data, **rest)
            _refuse_far_year(moment.year)
            return moment.astimezone(UTC)
        except (OverflowError, ValueError) as error:
            if isinstance(error, ValidationError):
                raise
            raise self.make_error("invalid", input=value, obj_type="datetime") from error


class Address(Text):
    """A web address: http or https, with a host, without a password."""

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=2000, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> str:
        text = super()._deserialize(value, attr, data, **rest)
        if not is_web_address(text):
            raise ValidationError("Not a web address (https://…).")
        return text


def is_web_address(text: str) -> bool:
    """Whether `text` is an http(s) address with a host that may be shown as a link."""
    # A document names one address many times over. Long ones would fill the memory.
    return _is_address(text) if len(text) <= _LONGEST_KEPT else _is_address.__wrapped__(text)


@lru_cache(maxsize=256)
def _is_address(text: str) -> bool:
    if _ADDRESS_BREAKERS.search(text):
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None


def _refuse_far_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValidationError(f"The year must lie between {FIRST_YEAR} and {LAST_YEAR}.")
