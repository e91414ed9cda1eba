"""What each setting of city.toml may be. The reference in docs/ and the errors are made from these schemas.

Every field carries `metadata`: `help` says what it is for, `expected` completes "expected …" in an error.
"""

from typing import Any

from marshmallow import ValidationError, fields, pre_load, validate, validates_schema

from col_core.base.settings_fields import (
    Duration,
    Strict,
    TextPerLanguage,
    about,
    colour,
    each_once,
    host_and_port,
    language_tag,
    time_zone,
    url_field,
)

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


class OperatorSchema(Strict):
    name = fields.String(load_default="", metadata=about("Who runs the portal.", "a text"))
    url = url_field(metadata=about("Home page of the operator.", "a web address"))
    source_url = url_field(
        metadata=about(
            "Where the source of what runs here can be had, changes included (AGPL, section 13); the foot links it.",
            "a web address",
        )
    )
    email = fields.Email(metadata=about("Where people can write to.", "an e-mail address"))
    address = fields.String(metadata=about("Postal address.", "a text"))


class CitySchema(Strict):
    id = fields.String(
        required=True,
        validate=validate.Regexp(r"^[a-z][a-z0-9-]{1,39}$"),
        metadata=about("Short name of the city; names its state folder and its cookies.",
                        "2 to 40 small letters, digits and hyphens, beginning with a letter"),
    )  # fmt: skip
    name = TextPerLanguage(
        required=True,
        metadata=about("The city's name, per language.", 'a text, or one per language: { sl = "…", en = "…" }'),
    )
    country = fields.String(
        required=True,
        validate=validate.Regexp(r"^[A-Z]{2}$"),
        metadata=about("The country.", 'two capital letters (ISO 3166), such as "SI"'),
    )
    timezone = fields.String(
        required=True,
        validate=time_zone,
        metadata=about("The time zone that the city's clocks show.", 'a name such as "Europe/Ljubljana"'),
    )
    languages = fields.List(
        fields.String(validate=language_tag),
        required=True,
        validate=[validate.Length(min=1, max=12), each_once],
        metadata=about("Languages of the portal, in the order of the switch.", 'a list such as ["sl", "en"]'),
    )
    default_language = fields.String(
        validate=language_tag,
        metadata=about("The language of a visitor whose own is not there; the first one if left out.",
                        "one of `languages`"),
    )  # fmt: skip
    center = fields.List(
        fields.Float(),
        validate=validate.Length(equal=2),
        metadata=about("Where the map begins; the middle of `bbox` if left out.",
                        "latitude and longitude in degrees: [46.05, 14.51]"),
    )  # fmt: skip
    bbox = fields.List(
        fields.Float(),
        required=True,
        validate=validate.Length(equal=4),
        metadata=about("The bounds of the city: a place outside them is flagged.",
                        "west, south, east, north in degrees: [14.38, 45.95, 14.83, 46.15]"),
    )  # fmt: skip
    districts = fields.String(
        metadata=about("GeoJSON of the districts, polygons or points, each with a `name`.",
                        "a file in the city's folder"),
    )  # fmt: skip
    gazetteer = fields.List(
        fields.String(),
        load_default=list,
        metadata=about("JSON lists of known venues, which give coordinates to an address.",
                        "files in the city's folder"),
    )  # fmt: skip
    currency = fields.String(
        load_default="EUR",
        validate=validate.Regexp(r"^[A-Z]{3}$"),
        metadata=about("The currency of prices that name none.", 'three capital letters, such as "EUR"'),
    )
    age_of_consent = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(13, 18),
        metadata=about("From which age a person may agree to the use of their data without a guardian.",
                        "a whole number from 13 to 18"),
    )  # fmt: skip
    base_url = url_field(
        required=True,
        metadata=about("The public address of the portal (`COL_BASE_URL` overrides).",
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
        validate=colour,
        metadata={"expected": 'a colour such as "oklch(45% 0.1 160)" or "#0b5c7a"'},
    ),
)


class ThemeSchema(Strict):
    tokens = fields.Dict(
        keys=_TOKENS.key_field, values=_TOKENS.value_field, load_default=dict,
        metadata=about("Colours of the light look.", "a table of " + ", ".join(THEME_TOKENS)),
    )  # fmt: skip
    dark = fields.Dict(
        keys=_TOKENS.key_field, values=_TOKENS.value_field, load_default=dict,
        metadata=about("Colours of the dark look.", "a table of " + ", ".join(THEME_TOKENS)),
    )  # fmt: skip
    logo = fields.String(metadata=about("The city's mark, SVG.", "a file in the city's folder"))
    pattern = fields.String(metadata=about("A pattern that repeats, SVG.", "a file in the city's folder"))
    river = fields.String(metadata=about("Lines of the rivers, GeoJSON.", "a file in the city's folder"))
    motto = TextPerLanguage(metadata=about("One sentence under the name.", "a text, or one per language"))


class PluginsSchema(Strict):
    enabled = fields.List(
        fields.String(validate=validate.Regexp(r"^[a-z][a-z0-9_]*$")),
        load_default=list,
        metadata=about("Names of the plugins that this city loads, in order.", 'a list such as ["lang_sl", "ical"]'),
    )
    settings = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String()),
        load_default=dict,
        metadata=about("A table a plugin, `[plugins.NAME]`; what may stand in it is in the plugin's README.", "tables"),
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
        metadata=about("Name of the source; never change it, its items hang on it.",
                        "small letters, digits and hyphens"),
    )  # fmt: skip
    plugin = fields.String(
        required=True,
        metadata=about("Which plugin reads it.", 'the name of an enabled plugin, such as "ical"'),
    )
    name = TextPerLanguage(metadata=about("What visitors read as its name.", "a text, or one per language"))
    url = fields.String(
        metadata=about("Where it is.", "a web address, or a file in the city's folder"),
        validate=validate.Length(1, 2000),
    )
    homepage = url_field(metadata=about("A page for people about the source.", "a web address"))
    organisation = fields.String(metadata=about("Organiser of items that name none.", "a text"))
    language = fields.String(
        validate=language_tag, metadata=about("Language of its texts.", 'a language tag such as "sl"')
    )
    licence = fields.String(metadata=about("Licence of its data.", 'a text such as "CC BY 4.0"'))
    schedule = Duration(
        load_default=3600,
        metadata=about("Time between two fetches.", '"15m", "1h", "1d"; 1 minute to 31 days'),
    )
    publish = fields.String(
        load_default="review",
        validate=validate.OneOf(["review", "auto"]),
        metadata=about("Whether new items wait for a person.", '"review" or "auto"'),
    )
    close_after = fields.Integer(
        load_default=3,
        strict=True,
        validate=validate.Range(1, 100),
        metadata=about("After how many complete fetches without an item it is closed.", "a whole number from 1 to 100"),
    )
    reach = fields.String(
        validate=validate.OneOf(["local", "network"]),
        metadata=about("Whether partner cities show its items, too; as [federation] `reach` says if left out.",
                        '"local" or "network"'),
    )  # fmt: skip
    options = fields.Dict(keys=fields.String(), load_default=dict, metadata=about("Further keys: the plugin's.", ""))

    @pre_load
    def gather_options(self, data: object, **_: Any) -> object:
        if not isinstance(data, dict):
            return data
        known = {key: value for key, value in data.items() if key in self.fields and key != "options"}
        return {**known, "options": {key: value for key, value in data.items() if key not in known}}


class DatabaseSchema(Strict):
    url = fields.String(
        validate=validate.Regexp(r"^(?:sqlite|postgres(?:ql)?)(?:\+[a-z0-9]+)?://"),
        metadata=about("The database (`COL_DATABASE_URL` overrides); a SQLite file in the state folder if left out.",
                        '"postgresql://user@host/name" or "sqlite:///file.db"'),
    )  # fmt: skip


class JobsSchema(Strict):
    url = fields.String(
        validate=validate.Regexp(r"^rediss?://"),
        metadata=about("Redis, which shares limits between machines (`COL_JOBS_URL` overrides).",
                        '"redis://host:6379/0"'),
    )  # fmt: skip


class FilesSchema(Strict):
    url = fields.String(
        validate=validate.Regexp(r"^file:"),
        metadata=about("Where pictures are kept (`COL_FILES_URL` overrides); in the state folder if left out.",
                        '"file:///srv/col/files"'),
    )  # fmt: skip


class MailSchema(Strict):
    url = fields.String(
        validate=validate.Regexp(r"^smtps?://"), metadata=about("The mail server.", '"smtp://user@host:587"')
    )
    sender = fields.Email(metadata=about("From whom mail comes.", "an e-mail address"))


class HttpSchema(Strict):
    allow_hosts = fields.List(
        fields.String(validate=host_and_port),
        load_default=list,
        metadata=about("Exact host:port pairs let through the guard of the HTTP client, plain http included.",
                        'a list such as ["localhost:8002"]'),
    )  # fmt: skip


class ServeSchema(Strict):
    proxies = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 5),
        metadata=about(
            "How many reverse proxies of yours every request passes (`COL_PROXIES` overrides); what they say in "
            "X-Forwarded-For and -Proto is believed, and from nobody else.",
            "a whole number from 0 to 5",
        ),
    )
    hosts = fields.List(
        fields.String(validate=validate.Regexp(r"^[A-Za-z0-9.\-]+(:\d{1,5})?$")),
        load_default=list,
        metadata=about("Further hosts that the city answers for, beside that of `base_url`.",
                        'a list such as ["www.learning.example.org"]'),
    )  # fmt: skip


class MetricsSchema(Strict):
    token = fields.String(
        validate=validate.Regexp(r"^[\x21-\x7e]{16,200}$"),
        metadata=about("The word that opens `/metrics` (`COL_METRICS_TOKEN` overrides); closed if left out.",
                        "16 to 200 characters without blanks"),
    )  # fmt: skip


class NetworkSchema(Strict):
    anchor = url_field(
        metadata=about("The trust anchor of the network that the city is a member of.",
                        'an address such as "https://network.example.org"'),
    )  # fmt: skip
    trust = fields.String(
        metadata=about("The anchor's public keys as they were handed over (a JWK Set, JSON); without it those count "
                       "that the anchor shows when it is first asked.",
                        "a file in the city's folder"),
    )  # fmt: skip


def _hosts(help_text: str) -> fields.List[str]:
    return fields.List(
        fields.String(validate=validate.Regexp(r"^[a-z0-9.\-]+(:\d{1,5})?$")),
        load_default=list,
        metadata=about(help_text, 'a list of hosts such as ["learning.example.org"]'),
    )


class FederationSchema(Strict):
    peers = fields.List(
        url_field(),
        load_default=list,
        validate=[validate.Length(max=500), each_once],
        metadata=about("Addresses of the cities whose offers are shown here, too.",
                        'a list of addresses such as ["https://learning.example.org"]'),
    )  # fmt: skip
    allow = _hosts("Hosts that are trusted without a membership in the network.")
    deny = _hosts("Hosts with which there is no exchange, members or not.")
    reach = fields.String(
        load_default="local",
        validate=validate.OneOf(["local", "network"]),
        metadata=about("Whether partner cities show offers of which neither their organisation nor their source says.",
                        '"local" or "network"'),
    )  # fmt: skip
    mirror_years = fields.Integer(
        strict=True,
        load_default=10,
        validate=validate.Range(min=1, max=100),
        metadata=about("How long copies of issuers' keys and lists outlive a partner city, so that its badges verify.",
                        "a whole number of years from 1 to 100"),
    )  # fmt: skip


def _days(default: int, help_text: str) -> fields.Integer:
    return fields.Integer(
        load_default=default,
        strict=True,
        validate=validate.Range(1, 3650),
        metadata=about(help_text, "a whole number of days from 1 to 3650"),
    )


class PrivacySchema(Strict):
    feedback_days = _days(365, "How long feedback and problem reports are kept.")
    raw_items_days = _days(90, "How long the raw items of closed offers are kept.")
    log_days = _days(30, "How long the histories of runs and jobs are kept.")
    deletions_days = _days(
        400,
        "How long it is kept which ids were deleted, so that restoring a backup does not bring "
        "them back: longer than any backup is kept.",
    )
    unclaimed_days = _days(365, "How long it is kept for whom a badge is that nobody has claimed.")
    passport_days = _days(1100, "How long the badges of somebody are kept who does not look at them any more.")


def _limit(default: int, least: int, most: int, help_text: str) -> fields.Integer:
    return fields.Integer(
        load_default=default,
        strict=True,
        validate=validate.Range(least, most),
        metadata=about(help_text, f"a whole number from {least} to {most}"),
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
    checks_per_hour = _limit(300, 1, 1_000_000, "Badges that one network address may have checked in an hour.")
    free_disk_mb = _limit(200, 0, 1_000_000, "Megabytes of free disk below which the city is not ready.")
    process_memory_mb = _limit(1000, 200, 1_000_000, "Megabytes of memory at which a process begins anew.")


class CityFileSchema(Strict):
    """The whole of city.toml."""

    city = fields.Nested(CitySchema, required=True, metadata=about("The city.", "a table [city]"))
    operator = fields.Nested(OperatorSchema, metadata=about("Who runs it.", "a table"))
    theme = fields.Nested(ThemeSchema, metadata=about("Its look.", "a table"))
    plugins = fields.Nested(PluginsSchema, metadata=about("What it loads.", "a table"))
    sources = fields.List(fields.Nested(SourceSchema), metadata=about("Where its offers come from.", "[[sources]]"))
    database = fields.Nested(DatabaseSchema, metadata=about("The database.", "a table"))
    jobs = fields.Nested(JobsSchema, metadata=about("What several machines share.", "a table"))
    files = fields.Nested(FilesSchema, metadata=about("Pictures.", "a table"))
    mail = fields.Nested(MailSchema, metadata=about("Mail.", "a table"))
    http = fields.Nested(HttpSchema, metadata=about("The HTTP client.", "a table"))
    serve = fields.Nested(ServeSchema, metadata=about("How it is reached.", "a table"))
    metrics = fields.Nested(MetricsSchema, metadata=about("Figures for those who operate it.", "a table"))
    network = fields.Nested(NetworkSchema, metadata=about("The network of cities.", "a table"))
    federation = fields.Nested(FederationSchema, metadata=about("Whom it exchanges with.", "a table"))
    privacy = fields.Nested(PrivacySchema, metadata=about("How long things are kept.", "a table"))
    limits = fields.Nested(LimitsSchema, metadata=about("Bounds.", "a table"))

    @validates_schema
    def unique_sources(self, data: dict[str, Any], **_: Any) -> None:
        seen: set[str] = set()
        for index, source in enumerate(data.get("sources", [])):
            if source["id"] in seen:
                raise ValidationError({"sources": {index: {"id": ["used twice"]}}})
            seen.add(source["id"])
