"""An opportunity as programs hand it in and read it: the JSON of the API, checked field by field.

The same keys come in as go out. Those that the city itself fills in (`dump_only`) may come back as they were read, and
are left aside; any other key that is not known is an error.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from col_core.base.errors import InvalidInput
from col_core.base.fields import Address, Amount, Instant, Integer, Number, Text, Texts
from col_core.catalogue import admission, occurrences
from col_core.catalogue.records import Ages, Concession, Contact, Host, Image, Place, Price, Registration, Skill
from col_core.catalogue.vocabulary import Access, Category, OpportunityType, Reach, RegistrationMode, Signal, Status

ASKED = (Status.PUBLISHED, Status.DRAFT, Status.REVIEW, Status.CANCELLED, Status.CLOSED)
_LONGEST_ID = 500
_LINE, _SUMMARY, _TEXT = admission.MAX_LINE, admission.MAX_SUMMARY, admission.MAX_TEXT
# Where a schedule can begin; the years of single dates follow from it.
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def _about(text: str, example: object = None) -> dict[str, object]:
    return {"description": text} if example is None else {"description": text, "example": example}


def _some(texts: Mapping[str, str]) -> None:
    if not texts:
        raise ValidationError("Is needed in one language at least.")


class Strict(Schema):
    """What it does not know is an error."""

    error_messages = {  # noqa: RUF012 (declared so by marshmallow)
        "type": "Must be a JSON object.",
        "unknown": "There is no such field.",
    }

    class Meta:
        unknown = RAISE


class PlaceSchema(Strict):
    name = Text(longest=_LINE, allow_none=True, metadata=_about("What people call it.", "Mladinski center"))
    address = Text(longest=_LINE, allow_none=True, metadata=_about("Street, number, town."))
    district = Text(longest=_LINE, allow_none=True, metadata=_about("The city's own name of it; found by the place."))
    lat = Number(allow_none=True, validate=validate.Range(-90, 90), metadata=_about("Degrees, WGS 84.", 46.05))
    lon = Number(allow_none=True, validate=validate.Range(-180, 180), metadata=_about("Degrees, WGS 84.", 14.5))

    @validates_schema
    def both(self, data: Mapping[str, Any], **_: object) -> None:
        if (data.get("lat") is None) != (data.get("lon") is None):
            missing = "lat" if data.get("lat") is None else "lon"
            raise ValidationError("Must stand beside the other coordinate.", missing)

    @post_load
    def made(self, data: Mapping[str, Any], **_: object) -> Place:
        rest = {name: value for name, value in data.items() if name not in ("lat", "lon")}
        return Place(lat_deg=data.get("lat"), lon_deg=data.get("lon"), **rest)


class AgeSchema(Strict):
    min = Integer(allow_none=True, validate=validate.Range(0, 120), metadata=_about("Years; null is open.", 15))
    max = Integer(allow_none=True, validate=validate.Range(0, 120), metadata=_about("Years, inclusive.", 29))

    @validates_schema
    def in_order(self, data: Mapping[str, Any], **_: object) -> None:
        least, most = data.get("min"), data.get("max")
        if least is not None and most is not None and least > most:
            raise ValidationError("Lies below “min”.", "max")

    @post_load
    def made(self, data: Mapping[str, Any], **_: object) -> Ages:
        return Ages(**data)


class ConcessionSchema(Strict):
    label = Texts(longest=_LINE, required=True, metadata=_about("For whom."))
    amount = Amount(required=True, validate=validate.Range(max=1_000_000), metadata=_about("In `currency`."))

    @post_load
    def made(self, data: Mapping[str, Any], **_: object) -> Concession:
        return Concession(**data)


class PriceSchema(Strict):
    amount = Amount(
        allow_none=True, validate=validate.Range(max=1_000_000), metadata=_about("For one person; null: not stated.")
    )
    currency = Text(validate=validate.Regexp(r"^[A-Z]{3}$(?!\n)"), metadata=_about("ISO 4217.", "EUR"))
    free = fields.Boolean(metadata=_about("Whether it costs nothing."))
    note = Texts(longest=_LINE, metadata=_about("What else there is to say of the price."))
    net_amount = Amount(
        allow_none=True, validate=validate.Range(max=1_000_000), metadata=_about("What remains after a voucher.")
    )
    concessions = fields.List(fields.Nested(ConcessionSchema), validate=validate.Length(max=10))

    @validates_schema
    def one_of_both(self, data: Mapping[str, Any], **_: object) -> None:
        if data.get("free") and data.get("amount"):
            raise ValidationError("Cannot be true beside an amount.", "free")

    @post_load
    def made(self, data: dict[str, Any], **_: object) -> Price:
        return Price(
            **{**data, "currency": data.get("currency", ""), "concessions": tuple(data.get("concessions", ()))}
        )


class RegistrationSchema(Strict):
    mode = fields.Enum(RegistrationMode, by_value=fields.String, metadata=_about("How one registers."))
    url = Address(allow_none=True, metadata=_about("Where, if it is outside."))
    deadline = Instant(allow_none=True, metadata=_about("Until when, with its offset."))

    @post_load
    def made(self, data: Mapping[str, Any], **_: object) -> Registration:
        return Registration(**data)


class ImageSchema(Strict):
    url = Address(required=True, metadata=_about("Where it can be fetched; it is shown from a copy of ours."))
    alt = Texts(longest=_LINE, metadata=_about("What it shows, for those who cannot see it; needed."))
    credit = Text(longest=_LINE, allow_none=True, metadata=_about("Who made it."))
    licence = Text(longest=_LINE, allow_none=True, metadata=_about("Its licence: an address or a name."))

    @validates_schema
    def described(self, data: Mapping[str, Any], **_: object) -> None:
        if not any(text.strip() for text in data.get("alt", {}).values()):
            raise ValidationError("Say in words what the picture shows: people who cannot see it hear that.", "alt")

    @post_load
    def made(self, data: Mapping[str, Any], **_: object) -> Image:
        return Image(**data)


class SkillSchema(Strict):
    uri = Address(allow_none=True, metadata=_about("An ESCO address, where one is known."))
    label = Texts(longest=_LINE, metadata=_about("Its name."))

    @post_load
    def made(self, data: Mapping[str, Any], **_: object) -> Skill:
        if not data.get("uri") and not data.get("label"):
            raise ValidationError("Needs an address or a label.")
        return Skill(uri=data.get("uri"), label=data.get("label", {}))


class BadgeIdField(Text):
    """The id of an achievement. What was read, an object with `id` and `url`, may be handed in again."""

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=60, validate=validate.Regexp(admission.BADGE_PATTERN + r"\Z"), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> str:
        return super()._deserialize(value.get("id") if isinstance(value, dict) else value, attr, data, **rest)


class HostSchema(Strict):
    name = Text(longest=_LINE, required=True, validate=validate.Length(min=1))
    url = Address(allow_none=True)

    @post_load
    def made(self, data: Mapping[str, Any], **_: object) -> Host:
        return Host(**data)


class ContactSchema(Strict):
    name = Text(longest=_LINE, allow_none=True)
    email = Text(longest=254, allow_none=True, validate=validate.Email())
    phone = Text(longest=_LINE, allow_none=True)
    note = Texts(longest=_TEXT)

    @post_load
    def made(self, data: Mapping[str, Any], **_: object) -> Contact:
        return Contact(**data)


class OverrideSchema(Strict):
    original_start = Instant(required=True, metadata=_about("The start that the rule gives."))
    start = Instant(allow_none=True, metadata=_about("When it starts instead."))
    end = Instant(allow_none=True, metadata=_about("When it ends instead."))
    cancelled = fields.Boolean(metadata=_about("Whether this date does not take place."))


class OrganiserSchema(Strict):
    id = Text(
        allow_none=True,
        metadata=_about("Its slug, which stands in addresses; null for one of another city.", "mladi-zmaji"),
    )
    name = Text()
    url = Address(allow_none=True, metadata=_about("Its page; null for one of another city."))


class OriginSchema(Strict):
    city = Text(
        metadata=_about("The city that it is of: this one's id, or the short name of another one, as in `city=`.")
    )
    url = Address(metadata=_about("Its page there."))


class SourceSchema(Strict):
    name = Text(metadata=_about("Where it was read."))
    url = Text(allow_none=True)
    licence = Text(allow_none=True)


class FindingSchema(Strict):
    code = Text()
    message = Text()
    severity = Text(metadata=_about("`hold` keeps it from going public by itself.", "note"))
    field = Text(allow_none=True)


class OpportunitySchema(Strict):
    """An opportunity. `load` gives the checked fields; keys that the city fills in are left aside."""

    id = Text(dump_only=True, metadata=_about("Opaque, and never used again.", "0123456789abcdef"))
    url = Address(dump_only=True, metadata=_about("Its page here, also where it is of another city."))
    type = fields.Enum(OpportunityType, by_value=fields.String, metadata=_about("What kind it is."))
    title = Texts(
        longest=admission.MAX_TITLE, required=True, validate=_some, metadata=_about("Its name, per language.")
    )
    summary = Texts(longest=_SUMMARY, metadata=_about("One or two sentences."))
    description = Texts(metadata=_about("Simple HTML or plain text; whatever could do harm is taken out."))
    outcome = Texts(longest=_TEXT, metadata=_about("What one can do afterwards."))
    bring = Texts(longest=_TEXT, metadata=_about("What to bring along."))
    travel = Texts(
        longest=_TEXT,
        metadata=_about("What somebody from elsewhere should know: language spoken, way there, where to sleep, costs."),
    )
    categories = fields.List(fields.Enum(Category, by_value=fields.String), validate=validate.Length(max=14))
    skills = fields.List(fields.Nested(SkillSchema), validate=validate.Length(max=50))
    organiser = fields.Nested(
        OrganiserSchema, dump_only=True, allow_none=True, metadata=_about("That of the token, always.")
    )
    place = fields.Nested(PlaceSchema, allow_none=True, metadata=_about("Where it happens."))
    online = fields.Boolean(metadata=_about("Whether one can take part online."))
    online_url = Address(allow_none=True)
    timezone = Text(metadata=_about("IANA name; the city's where left out.", "Europe/Ljubljana"))
    start = Instant(allow_none=True, metadata=_about("The first date, with its offset.", "2026-05-17T17:00:00+02:00"))
    end = Instant(allow_none=True, metadata=_about("When the first date ends; midnight after the last of whole days."))
    all_day = fields.Boolean(metadata=_about("Whether the dates are whole days."))
    rrule = Text(longest=500, allow_none=True, metadata=_about("RFC 5545, without prefix.", "FREQ=WEEKLY;COUNT=8"))
    exdates = fields.List(Instant(), validate=validate.Length(max=admission.MAX_DATES))
    rdates = fields.List(Instant(), validate=validate.Length(max=admission.MAX_DATES))
    overrides = fields.List(fields.Nested(OverrideSchema), validate=validate.Length(max=admission.MAX_DATES))
    next_occurrence = Instant(
        dump_only=True, allow_none=True, metadata=_about("The next date that is not over, within 18 months.")
    )
    age = fields.Nested(AgeSchema)
    price = fields.Nested(PriceSchema)
    languages = fields.List(
        Text(validate=validate.Regexp(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$(?!\n)", error="Not a language tag.")),
        validate=validate.Length(max=20),
        metadata=_about("Which are spoken there.", ["sl", "en"]),
    )
    accessibility = fields.List(fields.Enum(Access, by_value=fields.String), validate=validate.Length(max=20))
    capacity = Integer(allow_none=True, validate=validate.Range(1, 1_000_000), metadata=_about("Places in all.", 12))
    seats_left = Integer(dump_only=True, allow_none=True, metadata=_about("Places that are free."))
    registration = fields.Nested(RegistrationSchema)
    image = fields.Nested(ImageSchema, allow_none=True, metadata=_about("Null until it was fetched."))
    badges = fields.List(
        BadgeIdField(),
        validate=validate.Length(max=10),
        metadata=_about("What one can earn there: achievements of `/api/v1/achievements`, by id or as they were read."),
    )
    hosts = fields.List(fields.Nested(HostSchema), validate=validate.Length(max=20))
    signals = fields.List(fields.Enum(Signal, by_value=fields.String), validate=validate.Length(max=20))
    safeguarding = fields.Nested(ContactSchema, allow_none=True, metadata=_about("Who helps if one feels unsafe."))
    website = Address(allow_none=True, metadata=_about("The organiser's own page of it."))
    reach = fields.Enum(
        Reach,
        by_value=fields.String,
        metadata=_about("Whether partner cities show it too; if left out, as the city says."),
    )
    origin = fields.Nested(OriginSchema, dump_only=True)
    source = fields.Nested(SourceSchema, dump_only=True, allow_none=True)
    status = fields.Enum(
        Status, by_value=fields.String, validate=validate.OneOf(ASKED), metadata=_about("See the guide.")
    )
    updated = Instant(dump_only=True, metadata=_about("When it was last changed."))
    example = fields.Boolean(dump_only=True, metadata=_about("Whether it is a demonstration."))
    distance_m = Integer(dump_only=True, metadata=_about("How far from `near`, in metres; where that was asked."))
    external_id = Text(
        longest=_LONGEST_ID,
        allow_none=True,
        validate=validate.Length(min=1),
        metadata=_about("Your own id of it, seen by you alone: the same one again changes instead of adding."),
    )
    findings = fields.List(
        fields.Nested(FindingSchema), dump_only=True, metadata=_about("What review found; seen by you alone.")
    )

    @pre_load
    def leave_aside(self, data: object, **_: object) -> object:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if name not in self.dump_fields or name in self.load_fields}

    @validates_schema
    def dates(self, data: Mapping[str, Any], **_: object) -> None:
        start: datetime | None = data.get("start")
        if start is None:
            given = [name for name in ("end", "rrule", "exdates", "rdates", "overrides") if data.get(name)]
            if given:
                raise ValidationError("Is needed beside the other dates.", "start")
            return
        if not _FIRST_YEAR <= start.year < _LAST_YEAR:
            raise ValidationError(f"The year must lie between {_FIRST_YEAR} and {_LAST_YEAR}.", "start")
        if data.get("end") is not None and data["end"] < start:
            raise ValidationError("Lies before “start”.", "end")

    @validates_schema
    def rule(self, data: Mapping[str, Any], **_: object) -> None:
        if data.get("rrule"):
            try:
                occurrences.check_rule(data["rrule"])
            except InvalidInput as error:
                raise ValidationError(str(error), "rrule") from error
