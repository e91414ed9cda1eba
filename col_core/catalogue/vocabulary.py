"""The words of the catalogue that are a choice of a few: their values stand in addresses, files and other cities."""

from enum import StrEnum


class OpportunityType(StrEnum):
    EVENT = "event"
    INTERNSHIP = "internship"
    VOLUNTEERING = "volunteering"
    DIGITAL = "digital"
    PROJECT = "project"
    OPEN_SPACE = "open-space"
    COURSE = "course"
    WORKSHOP = "workshop"


class Category(StrEnum):
    """What an opportunity is about. Each has a colour, a shape and an icon (web/static/src/categories.json)."""

    ARTS = "arts"
    CAREER = "career"
    CITIZENSHIP = "citizenship"
    CRAFTS = "crafts"
    DIGITAL = "digital"
    ENTREPRENEURSHIP = "entrepreneurship"
    HEALTH = "health-wellbeing"
    INTERNATIONAL = "international"
    LANGUAGES = "languages"
    MEDIA = "media"
    MUSIC = "music"
    NATURE = "nature-environment"
    SCIENCE = "science-technology"
    SPORT = "sport-movement"


class Status(StrEnum):
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    DRAFT = "draft"
    REVIEW = "review"
    WITHDRAWN = "withdrawn"

    @property
    def is_public(self) -> bool:
        """Whether anyone may open the page of an opportunity in this state."""
        return self in (Status.PUBLISHED, Status.CANCELLED, Status.CLOSED)


class RegistrationMode(StrEnum):
    NONE = "none"
    DROP_IN = "drop-in"
    INTERNAL = "internal"
    EXTERNAL = "external"
    RESTRICTED = "restricted"


class Access(StrEnum):
    STEP_FREE = "step-free"
    ACCESSIBLE_TOILET = "accessible-toilet"
    HEARING_LOOP = "hearing-loop"
    SIGN_LANGUAGE = "sign-language"
    QUIET_ROOM = "quiet-room"
    EASY_READ = "easy-read"
    ASSISTANCE_DOG = "assistance-dog"
    PARKING = "parking"


class Signal(StrEnum):
    """What tells a shy person that they are meant."""

    FIRST_TIMERS = "first-timers"
    COME_ALONE = "come-alone"
    BRING_A_FRIEND = "bring-a-friend"
    BEGINNERS = "beginners"
    DROP_IN = "drop-in"


class Reach(StrEnum):
    LOCAL = "local"
    NETWORK = "network"


class Format(StrEnum):
    IN_PERSON = "in_person"
    ONLINE = "online"
    HYBRID = "hybrid"


class Severity(StrEnum):
    NOTE = "note"
    HOLD = "hold"


class Sort(StrEnum):
    RELEVANCE = "relevance"
    DATE = "date"
    DISTANCE = "distance"
