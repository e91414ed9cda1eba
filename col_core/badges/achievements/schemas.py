"""What a file of `content/badges/` may say, checked key by key."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from col_core.badges.achievements.records import KINDS, Colour, KeyCompetence, Level
from col_core.base.fields import Address, Integer, Number, Text, Texts
from col_core.base.settings_fields import Strict, about, each_once

NOT_APPLICABLE = "not-applicable"
LONGEST_NAME, LONGEST_LINE, LONGEST_TEXT = 100, 300, 4000
_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_PER_LANGUAGE = 'one text per language, such as sl = "…"'


class OrNotApplicable(fields.Field[float | None]):
    """A number, or the word that says on purpose that there is none; None then."""

    def __init__(self, number: fields.Field[Any], **options: Any) -> None:
        super().__init__(**options)
        self._number = number

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> Any:
        return None if value == NOT_APPLICABLE else self._number.deserialize(value, attr, data, **rest)


class SkillSchema(Strict):
    uri = Address(required=True, metadata=about("", "its address in ESCO, such as http://data.europa.eu/esco/skill/…"))
    label = Texts(
        longest=LONGEST_NAME,
        load_default=dict,
        metadata=about("", "what the skill is called, " + _PER_LANGUAGE),
    )


class PictureSchema(Strict):
    colour = fields.Enum(
        Colour,
        by_value=True,
        load_default=Colour.TEAL,
        metadata=about("", "one of " + ", ".join(Colour)),
    )
    symbol = Text(
        longest=40,
        load_default="star",
        metadata=about("", "the name of a symbol; `col achievements symbols` lists them"),
    )
    file = Text(
        longest=200,
        load_default=None,
        metadata=about("", "the name of a picture beside this file (PNG, JPEG, WebP, at most 25 million pixels)"),
    )


def _texts(what: str, longest: int = LONGEST_TEXT, **options: Any) -> Texts:
    return Texts(longest=longest, metadata=about("", f"{what}, {_PER_LANGUAGE}"), **options)


class MicroCredentialSchema(Strict):
    """The elements of Annex I of 2022/C 243/02; `completeness.py` says which must be there."""

    country = Text(
        required=True,
        validate=validate.Regexp(_COUNTRY),
        metadata=about("", 'the country of the issuer, such as "SI"'),
    )
    workload_h = Number(
        required=True,
        validate=validate.Range(min=0, min_inclusive=False, max=10_000),
        metadata=about("", "how many hours it takes to learn this, such as 25"),
    )
    ects = OrNotApplicable(
        Number(validate=validate.Range(min=0, min_inclusive=False, max=400)),
        required=True,
        metadata=about("", f'the ECTS credit points, such as 1 or 2.5, or "{NOT_APPLICABLE}"'),
    )
    eqf_level = OrNotApplicable(
        Integer(validate=validate.Range(min=1, max=8)),
        required=True,
        metadata=about("", f'the level of the European Qualifications Framework, 1 to 8, or "{NOT_APPLICABLE}"'),
    )
    assessment = _texts("how it is judged what one learned", required=True)
    participation = _texts("on site, online or both", required=True)
    quality_assurance = _texts("who looks after the quality, and how", required=True)
    prerequisites = _texts("what one must bring along", load_default=dict)
    supervision = _texts("how it is made sure who was assessed", load_default=dict)
    grade = _texts("which grades there are", load_default=dict)
    stackability = _texts("what it can be put together with", load_default=dict)
    further_information = _texts("what else there is to know", load_default=dict)


class BadgeFileSchema(Strict):
    """A badge of the city or of an organisation."""

    organisation = Text(
        longest=200,
        load_default=None,
        validate=validate.Length(min=1),
        metadata=about("", "the name of the organisation that awards it; without the key it is the city itself"),
    )
    kind = Text(
        load_default="Badge",
        validate=validate.OneOf(KINDS),
        metadata=about("", 'a word of Open Badges, such as "Badge", "Course", "CommunityService", "MicroCredential"'),
    )
    level = fields.Enum(Level, by_value=True, required=True, metadata=about("", "one of " + ", ".join(Level)))
    name = _texts("what the badge is called", LONGEST_NAME, required=True)
    description = _texts("what the badge stands for, in one or two sentences", required=True)
    criteria = _texts("what one does to earn it, in Markdown", required=True)
    abilities = fields.Dict(
        keys=Text(longest=35),
        values=fields.List(
            Text(longest=LONGEST_LINE, validate=validate.Length(min=1)),
            validate=validate.Length(min=1, max=20),
            metadata=about("", 'sentences "I can …" in a list, such as ["I can …", "I can …"]'),
        ),
        load_default=dict,
        metadata=about("", 'sentences "I can …" per language, such as en = ["I can …"]'),
    )
    skills = fields.List(
        fields.Nested(SkillSchema),
        load_default=list,
        validate=validate.Length(max=20),
        metadata=about("", "tables [[skills]]"),
    )
    competences = fields.List(
        fields.Enum(KeyCompetence, by_value=True, metadata=about("", "one of " + ", ".join(KeyCompetence))),
        load_default=list,
        validate=[each_once],
        metadata=about("", "a list of key competences: " + ", ".join(KeyCompetence)),
    )
    tags = fields.List(
        Text(longest=40, validate=validate.Length(min=1)),
        load_default=list,
        validate=[validate.Length(max=20), each_once],
        metadata=about("", 'a list of words, such as ["bicycle"]'),
    )
    valid_months = Integer(
        load_default=None,
        validate=validate.Range(min=1, max=600),
        metadata=about("", "for how many months it holds, such as 24; without the key for ever"),
    )
    example = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata=about("", "true for a badge that is only an example"),
    )
    image_alt = _texts("what the picture shows", LONGEST_LINE, load_default=dict)
    picture = fields.Nested(PictureSchema, load_default=None, metadata=about("", "the table [picture]"))
    micro_credential = fields.Nested(
        MicroCredentialSchema, load_default=None, metadata=about("", "the table [micro_credential]")
    )
