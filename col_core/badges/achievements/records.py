"""The vocabulary of achievements: what can be earned in a city, in every language that somebody wrote it in.

Sources: Open Badges 3.0 (1EdTech, final), section `Achievement`; Council Recommendation 2018/C 189/01 for the key
competences; Council Recommendation 2022/C 243/02, Annex I, for micro-credentials.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from col_core.badges.credentials.records import Words
from col_core.catalogue.records import Skill

ID_PATTERN = r"[a-z0-9-]{3,60}"
MICRO_CREDENTIAL = "MicroCredential"
# The words of `achievementType` (Open Badges 3.0, `AchievementType` enumeration); "ext:…" may stand for others.
KINDS = (
    "Achievement", "ApprenticeshipCertificate", "Assessment", "Assignment", "AssociateDegree", "Award",
    "BachelorDegree", "Badge", "Certificate", "CertificateOfCompletion", "Certification", "CoCurricular",
    "CommunityService", "Competency", "Course", "Degree", "Diploma", "DoctoralDegree", "Fieldwork",
    "GeneralEducationDevelopment", "JourneymanCertificate", "LearningProgram", "License", "MasterCertificate",
    "MasterDegree", "Membership", MICRO_CREDENTIAL, "ProfessionalDoctorate", "QualityAssuranceCredential",
    "ResearchDoctorate", "SecondarySchoolDiploma",
)  # fmt: skip


class KeyCompetence(StrEnum):
    """The eight key competences for lifelong learning."""

    LITERACY = "literacy"
    MULTILINGUAL = "multilingual"
    STEM = "stem"
    DIGITAL = "digital"
    PERSONAL = "personal"
    CITIZENSHIP = "citizenship"
    ENTREPRENEURSHIP = "entrepreneurship"
    CULTURE = "culture"


class Level(StrEnum):
    """How much stands behind a badge: being there and taking part, being able to, leading others."""

    PARTICIPATION = "participation"
    SKILL = "skill"
    LEADERSHIP = "leadership"


class Colour(StrEnum):
    """The colours that a drawn badge may have."""

    GREEN = "green"
    TEAL = "teal"
    BLUE = "blue"
    INDIGO = "indigo"
    PLUM = "plum"
    RED = "red"
    ORANGE = "orange"
    AMBER = "amber"


class Origin(StrEnum):
    """Where an achievement is looked after: in a file of the city's folder, or by an organisation in the portal."""

    FILE = "file"
    DATABASE = "database"


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """How a badge looks: drawn from its colour and symbol, or a picture of its own.

    `symbol` is a name of `src/badge_symbols.json`. `own_key` names a PNG in the city's file store; then the drawing
    is not used. The shape follows the level, the pattern is the city's.
    """

    colour: Colour = Colour.TEAL
    symbol: str = "star"
    own_key: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MicroCredentialTerms:
    """The elements of Annex I that a badge has no field for, in every language.

    `country` is ISO 3166-1 alpha-2, `workload_h` the notional hours, `ects` the credit points and `eqf_level` 1 to 8;
    the latter two are None where they do not apply.
    """

    country: str
    workload_h: float
    ects: float | None = None
    eqf_level: int | None = None
    assessment: Words = field(default_factory=dict)
    participation: Words = field(default_factory=dict)
    quality_assurance: Words = field(default_factory=dict)
    prerequisites: Words = field(default_factory=dict)
    supervision: Words = field(default_factory=dict)
    grade: Words = field(default_factory=dict)
    stackability: Words = field(default_factory=dict)
    further_information: Words = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What an achievement says, as a file or an organisation proposes it.

    `id` stands in addresses and never changes. `organiser_id` is None for the city itself. `criteria` is Markdown;
    `abilities` are sentences "I can …"; `valid_months` is how long a badge holds, None for ever. `example` marks a
    demonstration, which every page says aloud.
    """

    id: str
    name: Words
    description: Words
    criteria: Words
    organiser_id: str | None = None
    kind: str = "Badge"
    level: Level = Level.PARTICIPATION
    image_alt: Words = field(default_factory=dict)
    abilities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    skills: tuple[Skill, ...] = ()
    competences: tuple[KeyCompetence, ...] = ()
    tags: tuple[str, ...] = ()
    valid_months: int | None = None
    picture: Picture = Picture()
    micro_credential: MicroCredentialTerms | None = None
    example: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Achievement:
    """An achievement in one of its versions. `digest` is the SHA-256 of the version's document.

    `updated` is when the version was written. What was issued holds to its version for ever.
    """

    content: Draft
    version: int
    digest: str
    origin: Origin
    archived: bool
    created: datetime
    updated: datetime

    @property
    def id(self) -> str:
        return self.content.id


@dataclass(frozen=True, kw_only=True, slots=True)
class Lack:
    """Something without which an achievement cannot be published. `path` leads to it; `what` is what it is."""

    path: tuple[str | int, ...]
    what: str
    expected: str
