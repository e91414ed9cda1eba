"""What organisations' programs send about badges. An unknown field is refused."""

from marshmallow import RAISE, Schema, fields, validate

from col_core.badges.awards.issuing import MOST_RECIPIENTS
from col_core.badges.awards.links import MOST
from col_core.badges.awards.recipients import LONGEST
from col_core.base.fields import Instant, Integer, Text


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class RecipientSchema(_Strict):
    """Who gets a badge; each field may be left out."""

    email = Text(longest=LONGEST["email"], metadata={"description": "Where the claim link goes, if `mail` says so."})
    name = Text(longest=LONGEST["name"], metadata={"description": "Kept until the badge is claimed; never public."})
    narrative = Text(longest=LONGEST["narrative"], metadata={"description": "What this person did; in the badge."})
    evidence_url = Text(longest=LONGEST["evidence_url"], metadata={"description": "What shows it; in the badge."})


class OrderSchema(_Strict):
    """An order to issue a badge to many."""

    achievement = Text(required=True, longest=60, metadata={"description": "Which badge, by its id."})
    recipients = fields.List(
        fields.Nested(RecipientSchema), required=True, validate=validate.Length(min=1, max=MOST_RECIPIENTS)
    )
    occasion = Text(longest=200, metadata={"description": "What it was for: each person once for each occasion."})
    language = Text(longest=20, metadata={"description": "Language of the badges; the city's if left out."})
    mail = fields.Boolean(load_default=False, metadata={"description": "Whether to send claim links."})


class RevocationSchema(_Strict):
    """Why a badge is revoked; kept for the organisation, shown to nobody else."""

    reason = Text(required=True, longest=500, validate=validate.Length(min=1))


class LinkSchema(_Strict):
    """A link by which several claim a badge."""

    achievement = Text(required=True, longest=60)
    kind = fields.String(load_default="open", validate=validate.OneOf(["open", "screen"]))
    most = Integer(required=True, validate=validate.Range(1, MOST))
    expires = Instant(required=True)
    language = Text(longest=20)
    narrative = Text(longest=LONGEST["narrative"])
