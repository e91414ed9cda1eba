"""The vocabulary of what a city writes: pages and articles, and of what its visitors write."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a text is; the value is the folder under `content/` that holds it."""

    PAGE = "pages"
    ARTICLE = "articles"


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """What stands above a text."""

    title: str
    summary: str = ""
    day: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A text as it is shown. `language` is the one that it is in; `html` is safe to put into a page."""

    kind: Kind
    name: str
    language: str
    title: str
    summary: str
    day: date | None
    html: str
    changed: datetime


class FeedbackKind(StrEnum):
    """What somebody writes about. The first three are about an offer, `idea` and `broken` about the site."""

    FACTS = "facts"
    CANCELLED = "cancelled"
    UNSAFE = "unsafe"
    ACCESSIBILITY = "accessibility"
    IDEA = "idea"
    BROKEN = "broken"
    OTHER = "other"

    @property
    def is_urgent(self) -> bool:
        """Whether a person should look at it today."""
        return self is FeedbackKind.UNSAFE


ABOUT_AN_OFFER = (
    FeedbackKind.FACTS,
    FeedbackKind.CANCELLED,
    FeedbackKind.UNSAFE,
    FeedbackKind.ACCESSIBILITY,
    FeedbackKind.OTHER,
)
ABOUT_THE_SITE = (
    FeedbackKind.IDEA,
    FeedbackKind.BROKEN,
    FeedbackKind.ACCESSIBILITY,
    FeedbackKind.UNSAFE,
    FeedbackKind.OTHER,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Feedback:
    """What somebody wrote. `about` is the id of an opportunity."""

    id: str
    kind: FeedbackKind
    message: str
    language: str
    created: datetime
    about: str | None = None
    email: str | None = None

    @property
    def urgent(self) -> bool:
        return self.kind.is_urgent
