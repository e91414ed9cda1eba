"""What the settings of city.toml are made of: kinds of values, and what is refused of them."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import RAISE, Schema, ValidationError, fields

from col_core.base import colours, time_zones

_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DURATION = re.compile(r"(\d+)\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def about(help_text: str, expected: str) -> dict[str, str]:
    """Return the metadata of a field."""
    return {"help": help_text, "expected": expected}


class Strict(Schema):
    """A table in which only known keys may stand."""

    class Meta:
        unknown = RAISE


class TextPerLanguage(fields.Field[dict[str, str]]):
    """A text per language; a bare string stands for the city's default language (key "")."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: Any) -> dict[str, str]:  # noqa: ARG002
        if isinstance(value, str) and value.strip():
            return {"": value.strip()}
        if isinstance(value, Mapping) and value:
            for tag, text in value.items():
                if not _TAG.fullmatch(str(tag)):
                    raise ValidationError(f"{tag!r} is not a language tag")
                if not isinstance(text, str) or not text.strip():
                    raise ValidationError(f"the text for {tag!r} is empty")
            return {str(tag): str(text).strip() for tag, text in value.items()}
        raise ValidationError("not a text")


class Duration(fields.Field[int]):
    """ "15m", "1h", "2d" as seconds."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: Any) -> int:  # noqa: ARG002
        match = _DURATION.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise ValidationError("not a duration")
        seconds = int(match[1]) * _SECONDS[match[2]]
        if not 60 <= seconds <= 31 * 86_400:
            raise ValidationError("out of range")
        return seconds


def language_tag(value: str) -> None:
    if not _TAG.fullmatch(value):
        raise ValidationError("not a language tag")


def each_once(values: list[str]) -> None:
    twice = next((each for each in values if values.count(each) > 1), None)
    if twice is not None:
        raise ValidationError(f"{twice} stands twice")


def colour(value: str) -> None:
    if colours.parse(value) is None:
        raise ValidationError("not a colour that we can read")


def time_zone(value: str) -> None:
    if value not in time_zones.names():
        raise ValidationError("not a known time zone")


def web_address(value: str) -> None:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise ValidationError("not a web address")


def host_and_port(value: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9.\-]+:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5}", value):
        raise ValidationError("not host:port")


def url_field(**keywords: Any) -> fields.String:
    return fields.String(validate=web_address, **keywords)
