"""What each setting of city.toml may be. The reference in docs/ and the errors are made from these schemas.

Every field carries `metadata`: `help` says what it is for, `expected` completes "expected …" in an error.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validate, validates_schema

_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DURATION = re.compile(r"(\d+)\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
THEME_TOKENS = (
    "surface",
    "raised",
    "ink",
    "muted",
    "line",
    "accent",
    "accent-ink",
    "highlight",
    "water",
    "land",
    "positive",
    "warning",
    "danger",
    "focus",
)


def _about(help_text: str, expected: str) -> dict[str, str]:
    return {"help": help_text, "expected": expected}


class Strict(Schema):
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


def _language_tag(value: str) -> None:
    if not _TAG.fullmatch(value):
        raise ValidationError("not a language tag")


def _each_once(values: list[str]) -> None:
    twice = next((each for each in values if values.count(each) > 1), None)
    if twice is not None:
        raise ValidationError(f"{twice} stands twice")


def _time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError("not a known time zone")


def _web_address(value: str) -> None:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise ValidationError("not a web address")


def _host_and_port(value: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9.\-]+:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5}", value):
        raise ValidationError("not host:port")


def _url(**keywords: Any) -> fields.String:
    return fields.String(validate=_web_address, **keywords)


class OperatorSchema(Strict):
    name = fields.String(load_default="", metadata=_about("Who runs the portal.", "a text"))
    url = _url(metadata=_about("Home page of the operator.", "a web address"))
    source_url = _url(
        metadata=_about(
            "Where the source of what runs here can be had, changes included (AGPL, section 13); the foot links it.",
            "a web address",
        )
    )
    email = fields.Email(metadata=_about("Where people can write to.", "an e-mail address"))
    address = fields.String(metadata=_about("Postal address.", "a text"))


class CitySchema(Strict):
    id = fields.String(
        required=True,
        validate=validate.Regexp(r"^[a-z][a-z0-9-]{1,39}$"),
        metadata=_about("Short name of the city; names its state folder and its cookies.",
                        "2 to 40 small letters, digits and hyphens, beginning with a letter"),
    )  # fmt: skip
    name = TextPerLanguage(
        required=True,
        metadata=_about("The city's name, per language.", 'a text, or one per language: { sl = "…", en = "…" }'),
    )
    country = fields.String(
        required=True,
        validate=validate.Regexp(r"^[A-Z]{2}$"),
        metadata=_about("The country.", 'two capital letters (ISO 3166), such as "SI"'),
    )
    timezone = fields.String(
        required=True,
        validate=_time_zone,
        metadata=_about("The time zone that the city's clocks show.", 'a name such as "Europe/Ljubljana"'),
    )
    languages = fields.List(
        fields.String(validate=_language_tag),
        required=True,
        validate=[validate.Length(min=1, max=12), _each_once],
        metadata=_about("Languages of the portal, in the order of the switch.", 'a list such as ["sl", "en"]'),
    )
    default_language = fields.String(
        validate=_language_tag,
        metadata=_about("The language of a visitor whose own is not there; the first one if left out.",
                        "one of `languages`"),
    )  # fmt: skip
    center = fields.List(
        fields.Float(),
        validate=validate.Length(equal=2),
        metadata=_about("Where the map begins; the middle of `bbox` if left out.",
                        "latitude and longitude in degrees: [46.05, 14.51]"),
    )  # fmt: skip
    bbox = fields.List(
        fields.Float(),
        required=True,
        validate=validate.Length(equal=4),
        metadata=_about("The bounds of the city: a place outside them is flagged.",
                        "west, south, east, north in degrees: [14.38, 45.95, 14.83, 46.15]"),
    )  # fmt: skip
    districts = fields.String(
        metadata=_about("GeoJSON of the districts, polygons or points, each with a `name`.",
                        "a file in the city's folder"),
    )  # fmt: skip
    gazetteer = fields.List(
        fields.String(),
        load_default=list,
        metadata=_about("JSON lists of known venues, which give coordinates to an address.",
                        "files in the city's folder"),
    )  # fmt: skip
    currency = fields.String(
        load_default="EUR",
        validate=validate.Regexp(r"^[A-Z]{3}$"),
        metadata=_about("The currency of prices that name none.", 'three capital letters, such as "EUR"'),
    )
    age_of_consent = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(13, 18),
        metadata=_about("From which age a person may agree to the use of their data without a guardian.",
                        "a whole number from 13 to 18"),
    )  # fmt: skip
    base_url = _url(
        required=True,
        metadata=_about("The public address of the portal (`COL_BASE_URL` overrides).",
                        'an address such as "https://learning.example.org"'),
    )  # fmt: skip

    @validates_schema
    def coordinates(self, data: dict[str, Any], **_: Any) -> None:
        box = data.get("bbox")
        if box and not (-180 <= box[0] < box[2] <= 180 and -90 <= box[1] < box[3] <= 90):
            raise ValidationError("not west < east and south < north", "bbox")
        center = data.get("center")
        if box and center and not (box[1] <= center[0] <= box[3] and box[0] <= center[1] <= box[2]):
            raise ValidationError("outside bbox (is it latitude first?)", "center")
        default = data.get("default_language")
        if default and default not in data.get("languages", [default]):
            raise ValidationError("not among languages", "default_language")


_TOKENS = fields.Dict(
    keys=fields.String(validate=validate.OneOf(THEME_TOKENS)),
    values=fields.String(
        validate=validate.Regexp(r"^[A-Za-z0-9#%.,()/ \-'\"]{1,120}$"),
        metadata={"expected": 'a colour such as "oklch(45% 0.1 160)" or "#0b5c7a"'},
    ),
)


class ThemeSchema(Strict):
    tokens = fields.Dict(
        keys=_TOKENS.key_field, values=_TOKENS.value_field, load_default=dict,
        metadata=_about("Colours of the light look.", "a table of " + ", ".join(THEME_TOKENS)),
    )  # fmt: skip
    dark = fields.Dict(
        keys=_TOKENS.key_field, values=_TOKENS.value_field, load_default=dict,
        metadata=_about("Colours of the dark look.", "a table of " + ", ".join(THEME_TOKENS)),
    )  # fmt: skip
    logo = fields.String(metadata=_about("The city's mark, SVG.", "a file in the city's folder"))
    pattern = fields.String(metadata=_about("A pattern that repeats, SVG.", "a file in the city's folder"))
    river = fields.String(metadata=_about("Lines of the rivers, GeoJSON.", "a file in the city's folder"))
    motto = TextPerLanguage(metadata=_about("One sentence under the name.", "a text, or one per language"))


class PluginsSchema(Strict):
    enabled = fields.List(
        fields.String(validate=validate.Regexp(r"^[a-z][a-z0-9_]*$")),
        load_default=list,
        metadata=_about("Names of the plugins that this city loads, in order.", 'a list such as ["lang_sl", "ical"]'),
    )
    settings = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String()),
        load_default=dict,
        metadata=_about(
            "A table a plugin, `[plugins.NAME]`; what may stand in it is in the plugin's README.", "tables"
        ),
    )

    @pre_load
    def gather(self, data: object, **_: Any) -> object:
        if not isinstance(data, dict):
            return data
        tables = {name: value for name, value in data.items() if name != "enabled" and isinstance(value, dict)}
        rest = {name: value for name, value in data.items() if name not in tables}
        return {**rest, **({"settings": tables} if tables else {})}


class SourceSchema(Strict):
    """Keys that are not listed here belong to the plugin, and are checked by it."""

    id = fields.String(
        required=True,
        validate=validate.Regexp(r"^[a-z0-9][a-z0-9-]{0,59}$"),
        metadata=_about("Name of the source; never change it, its items hang on it.",
                        "small letters, digits and hyphens"),
    )  # fmt: skip
    plugin = fields.String(
        required=True,
        metadata=_about("Which plugin reads it.", 'the name of an enabled plugin, such as "ical"'),
    )
    name = TextPerLanguage(metadata=_about("What visitors read as its name.", "a text, or one per language"))
    url = fields.String(
        metadata=_about("Where it is.", "a web address, or a file in the city's folder"),
        validate=validate.Length(1, 2000),
    )
    homepage = _url(metadata=_about("A page for people about the source.", "a web address"))
    organisation = fields.String(metadata=_about("Organiser of items that name none.", "a text"))
    language = fields.String(
        validate=_language_tag, metadata=_about("Language of its texts.", 'a language tag such as "sl"')
    )
    licence = fields.String(metadata=_about("Licence of its data.", 'a text such as "CC BY 4.0"'))
    schedule = Duration(
        load_default=3600,
        metadata=_about("Time between two fetches.", '"15m", "1h", "1d"; 1 minute to 31 days'),
    )
    publish = fields.String(
        load_default="review",
        validate=validate.OneOf(["review", "auto"]),
        metadata=_about("Whether new items wait for a person.", '"review" or "auto"'),
    )
    close_after = fields.Integer(
        load_default=3,
        strict=True,
        validate=validate.Range(1, 100),
        metadata=_about(
            "After how many complete fetches without an item it is closed.", "a whole number from 1 to 100"
        ),
    )
    options = fields.Dict(keys=fields.String(), load_default=dict, metadata=_about("Further keys: the plugin's.", ""))

    @pre_load
    def gather_options(self, data: object, **_: Any) -> object:
        if not isinstance(data, dict):
            return data
        known = {key: value for key, value in data.items() if key in self.fields and key != "options"}
        return {**known, "options": {key: value for key, value in data.items() if key not in known}}


class DatabaseSchema(Strict):
    url = fields.String(
        validate=validate.Regexp(r"^(?:sqlite|postgres(?:ql)?)(?:\+[a-z0-9]+)?://"),
        metadata=_about("The database (`COL_DATABASE_URL` overrides); a SQLite file in the state folder if left out.",
                        '"postgresql://user@host/name" or "sqlite:///file.db"'),
    )  # fmt: skip


class JobsSchema(Strict):
    url = fields.String(
        validate=validate.Regexp(r"^rediss?://"),
        metadata=_about("Redis, which shares limits between machines (`COL_JOBS_URL` overrides).",
                        '"redis://host:6379/0"'),
    )  # fmt: skip


class FilesSchema(Strict):
    url = fields.String(
        validate=validate.Regexp(r"^file:"),
        metadata=_about("Where pictures are kept (`COL_FILES_URL` overrides); in the state folder if left out.",
                        '"file:///srv/col/files"'),
    )  # fmt: skip


class MailSchema(Strict):
    url = fields.String(
        validate=validate.Regexp(r"^smtps?://"), metadata=_about("The mail server.", '"smtp://user@host:587"')
    )
    sender = fields.Email(metadata=_about("From whom mail comes.", "an e-mail address"))


class HttpSchema(Strict):
    allow_hosts = fields.List(
        fields.String(validate=_host_and_port),
        load_default=list,
        metadata=_about("Exact host:port pairs let through the guard of the HTTP client, plain http included.",
                        'a list such as ["localhost:8002"]'),
    )  # fmt: skip


class ServeSchema(Strict):
    proxies = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 5),
        metadata=_about(
            "How many reverse proxies of yours every request passes (`COL_PROXIES` overrides); what they say in "
            "X-Forwarded-For and -Proto is believed, and from nobody else.",
            "a whole number from 0 to 5",
        ),
    )
    hosts = fields.List(
        fields.String(validate=validate.Regexp(r"^[A-Za-z0-9.\-]+(:\d{1,5})?$")),
        load_default=list,
        metadata=_about("Further hosts that the city answers for, beside that of `base_url`.",
                        'a list such as ["www.learning.example.org"]'),
    )  # fmt: skip


class MetricsSchema(Strict):
    token = fields.String(
        validate=validate.Regexp(r"^[\x21-\x7e]{16,200}$"),
        metadata=_about("The word that opens `/metrics` (`COL_METRICS_TOKEN` overrides); closed if left out.",
                        "16 to 200 characters without blanks"),
    )  # fmt: skip


def _days(default: int, help_text: str) -> fields.Integer:
    return fields.Integer(
        load_default=default,
        strict=True,
        validate=validate.Range(1, 3650),
        metadata=_about(help_text, "a whole number of days from 1 to 3650"),
    )


class PrivacySchema(Strict):
    feedback_days = _days(365, "How long feedback and problem reports are kept.")
    raw_items_days = _days(90, "How long the raw items of closed offers are kept.")
    log_days = _days(30, "How long the histories of runs and jobs are kept.")


def _limit(default: int, least: int, most: int, help_text: str) -> fields.Integer:
    return fields.Integer(
        load_default=default,
        strict=True,
        validate=validate.Range(least, most),
        metadata=_about(help_text, f"a whole number from {least} to {most}"),
    )


class LimitsSchema(Strict):
    body_bytes = _limit(1_000_000, 10_000, 100_000_000, "Longest body of a request.")
    fetch_bytes = _limit(50_000_000, 10_000, 2_000_000_000, "Most that one fetch may bring, unpacked.")
    fetch_deadline_s = _limit(60, 1, 3600, "Seconds that one fetch may take in all.")
    source_deadline_s = _limit(300, 1, 7200, "Seconds that one run of a source may take in all.")
    requests_per_minute = _limit(600, 10, 1_000_000, "Requests that one token may make in a minute.")
    reads_per_minute = _limit(
        3000, 10, 1_000_000, "Pages and answers that one network address may ask for in a minute."
    )
    forms_per_hour = _limit(10, 1, 10_000, "Forms that one address may send in an hour.")
    free_disk_mb = _limit(200, 0, 1_000_000, "Megabytes of free disk below which the city is not ready.")
    process_memory_mb = _limit(1000, 200, 1_000_000, "Megabytes of memory at which a process begins anew.")


class CityFileSchema(Strict):
    """The whole of city.toml."""

    city = fields.Nested(CitySchema, required=True, metadata=_about("The city.", "a table [city]"))
    operator = fields.Nested(OperatorSchema, metadata=_about("Who runs it.", "a table"))
    theme = fields.Nested(ThemeSchema, metadata=_about("Its look.", "a table"))
    plugins = fields.Nested(PluginsSchema, metadata=_about("What it loads.", "a table"))
    sources = fields.List(fields.Nested(SourceSchema), metadata=_about("Where its offers come from.", "[[sources]]"))
    database = fields.Nested(DatabaseSchema, metadata=_about("The database.", "a table"))
    jobs = fields.Nested(JobsSchema, metadata=_about("What several machines share.", "a table"))
    files = fields.Nested(FilesSchema, metadata=_about("Pictures.", "a table"))
    mail = fields.Nested(MailSchema, metadata=_about("Mail.", "a table"))
    http = fields.Nested(HttpSchema, metadata=_about("The HTTP client.", "a table"))
    serve = fields.Nested(ServeSchema, metadata=_about("How it is reached.", "a table"))
    metrics = fields.Nested(MetricsSchema, metadata=_about("Figures for those who operate it.", "a table"))
    privacy = fields.Nested(PrivacySchema, metadata=_about("How long things are kept.", "a table"))
    limits = fields.Nested(LimitsSchema, metadata=_about("Bounds.", "a table"))

    @validates_schema
    def unique_sources(self, data: dict[str, Any], **_: Any) -> None:
        seen: set[str] = set()
        for index, source in enumerate(data.get("sources", [])):
            if source["id"] in seen:
                raise ValidationError({"sources": {index: {"id": ["used twice"]}}})
            seen.add(source["id"])
