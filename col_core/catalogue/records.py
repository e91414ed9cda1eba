"""The vocabulary of the catalogue: what an opportunity is, wherever it came from.

Instants are aware UTC. A series keeps its wall-clock start and its zone, because "Tuesdays at 17:00" must stay
17:00 across a clock change. Texts map a BCP 47 language tag to text; a missing language is missing, not empty.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from col_core.catalogue.vocabulary import (
    Access,
    Category,
    Format,
    OpportunityType,
    Reach,
    RegistrationMode,
    Severity,
    Signal,
    Sort,
    Status,
)

Texts = Mapping[str, str]
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where it happens. `lat_deg`/`lon_deg` are WGS 84; both or neither. `district` is the city's own name of it."""

    name: str | None = None
    address: str | None = None
    district: str | None = None
    lat_deg: float | None = None
    lon_deg: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Override:
    """One occurrence of a series that differs. `original_start` is the wall-clock start that the rule gives."""

    original_start: datetime
    start: datetime | None = None
    end: datetime | None = None
    cancelled: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """When it happens, as its organiser said it: wall-clock times (naive) in `timezone` (an IANA name).

    `end` is None where the end is not known. `all_day` schedules have midnight starts, and an end at the midnight
    after the last day. `rrule` is RFC 5545 without the prefix ("FREQ=WEEKLY;COUNT=8"); `exdates` and `rdates` are
    wall-clock starts.
    """

    start: datetime
    end: datetime | None = None
    timezone: str
    all_day: bool = False
    rrule: str | None = None
    exdates: tuple[datetime, ...] = ()
    rdates: tuple[datetime, ...] = ()
    overrides: tuple[Override, ...] = ()

    @property
    def longest(self) -> timedelta:
        """A time that none of its dates lasts, whatever clocks do meanwhile."""
        lengths = [each.end - (each.start or each.original_start) for each in self.overrides if each.end is not None]
        lengths += [self.end - self.start] if self.end is not None else []
        return max([_A_DAY, *lengths]) + _A_DAY


@dataclass(frozen=True, kw_only=True, slots=True)
class Occurrence:
    """One real date of an opportunity; aware UTC, `end >= start`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Ages:
    """Inclusive years of age; None is open."""

    min: int | None = None
    max: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Concession:
    """A lower price for some: `label` says for whom."""

    label: Texts
    amount: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """What one person pays. `amount` None means not stated. `net_amount` is what remains after a voucher."""

    amount: Decimal | None = None
    currency: str = "EUR"
    free: bool = False
    note: Texts = field(default_factory=dict)
    net_amount: Decimal | None = None
    concessions: tuple[Concession, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration:
    mode: RegistrationMode = RegistrationMode.NONE
    url: str | None = None
    deadline: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """A picture as its source names it; pages show only our own copy of it. `alt` is required to publish it."""

    url: str
    alt: Texts = field(default_factory=dict)
    credit: str | None = None
    licence: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Skill:
    """A competence; `uri` is an ESCO or key-competence address where one is known."""

    uri: str | None = None
    label: Texts


@dataclass(frozen=True, kw_only=True, slots=True)
class BadgeRef:
    """A badge that one can earn, as an offer shows it. `picture_url` is an address of this city."""

    id: str
    name: Texts
    picture_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Host:
    """An organisation that offers it together with the organiser."""

    name: str
    url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Who answers when someone does not feel safe."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    note: Texts = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """The content of an opportunity as a source, an organisation or a person proposes it.

    Everything but `title` may be missing. `example` marks a demonstration, which every page says aloud. `organiser`
    is a name; the slug is found or made when it is stored. `bring` says what to bring along; `outcome` what one will
    be able to do afterwards; `travel` what somebody who comes from elsewhere should know (the language spoken, how to
    get there, where to sleep, what it costs); `badges` are ids of achievements that one can earn there. `reach` None
    is not said: what is stored has that of its source or city.
    """

    title: Texts
    summary: Texts = field(default_factory=dict)
    description: Texts = field(default_factory=dict)
    outcome: Texts = field(default_factory=dict)
    bring: Texts = field(default_factory=dict)
    travel: Texts = field(default_factory=dict)
    type: OpportunityType = OpportunityType.EVENT
    categories: tuple[Category, ...] = ()
    skills: tuple[Skill, ...] = ()
    badges: tuple[str, ...] = ()
    organiser: str | None = None
    hosts: tuple[Host, ...] = ()
    place: Place | None = None
    online_url: str | None = None
    online: bool = False
    schedule: Schedule | None = None
    ages: Ages = Ages()
    price: Price = Price()
    languages: tuple[str, ...] = ()
    accessibility: tuple[Access, ...] = ()
    signals: tuple[Signal, ...] = ()
    capacity: int | None = None
    registration: Registration = Registration()
    image: Image | None = None
    safeguarding: Contact | None = None
    url: str | None = None
    goals: tuple[str, ...] = ()
    reach: Reach | None = None
    cancelled: bool = False
    example: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RawItem:
    """One item as a source gave it, kept as it was. `address` is where it came from (URL, or file name and row)."""

    external_id: str
    body: bytes
    media_type: str
    address: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """What one `fetch` brought. `complete` means that every item of the source is in it (or was said unchanged).

    `unchanged` means that the source said that nothing changed since `cursor` (HTTP 304); `items` is then empty.
    `cursor` is handed back at the next fetch as it is. `errors` are items that could not even be cut out; after one
    without an id nothing counts as missing, since it may be any.
    """

    items: tuple[RawItem, ...] = ()
    complete: bool = True
    unchanged: bool = False
    cursor: str | None = None
    errors: tuple["Rejected", ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rejected:
    """An item that cannot become an opportunity, and why, in plain words. `where` names row, line or field.

    `taken_back`: the source still holds it, and no longer for everybody (such as a private event); what it said of it
    before is no longer shown.
    """

    external_id: str | None
    reason: str
    where: str | None = None
    taken_back: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something about a draft that a person should know. HOLD lets it wait for a person, even if it is public."""

    code: str
    message: str
    severity: Severity = Severity.NOTE
    field: str | None = None

    @property
    def holds(self) -> bool:
        return self.severity is not Severity.NOTE


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceRef:
    """Which source an opportunity came from, for the reader: name, home page, licence."""

    id: str
    name: str
    url: str | None = None
    licence: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """The city that an offer is of, where that is another one: it is read here and changed there.

    `city` is the short name under which this city knows it (`?city=`); `host` its host, with a port that is not the
    usual one; `url` the offer's page there.
    """

    city: str
    host: str
    name: Texts
    url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganiserRef:
    id: str
    slug: str
    name: str


def _start(each: Occurrence) -> datetime:
    return each.start


@dataclass(frozen=True, kw_only=True, slots=True)
class Opportunity:
    """An opportunity as it is stored. `occurrences` reach to the horizon of the city; `version` grows with each change.

    `place` is the resolved place (district found, coordinates from the gazetteer), which may say more than
    `content.place`. `findings` are what review found; they are for the people who look after the catalogue. `origin` is
    None for what is this city's own.
    """

    id: str
    content: Draft
    organiser: OrganiserRef | None
    source: SourceRef | None
    place: Place | None
    occurrences: Sequence[Occurrence]
    status: Status
    findings: tuple[Finding, ...]
    version: int
    created: datetime
    updated: datetime
    image_key: str | None = None
    origin: Origin | None = None

    @property
    def organiser_name(self) -> str | None:
        """What its organiser is called; that of another city is no organisation of this one, and has a name alone."""
        return self.organiser.name if self.organiser is not None else self.content.organiser

    @property
    def badges(self) -> tuple[str, ...]:
        """Ids of this city's achievements that one can earn there; another city's are not known by their ids here."""
        return self.content.badges if self.origin is None else ()

    @property
    def registration(self) -> Registration:
        """How one signs up; with what is of another city, there."""
        said = self.content.registration
        if self.origin is None or said.mode in (RegistrationMode.NONE, RegistrationMode.DROP_IN):
            return said
        mode = RegistrationMode.EXTERNAL if said.mode is RegistrationMode.INTERNAL else said.mode
        return Registration(mode=mode, url=said.url or self.origin.url, deadline=said.deadline)

    @property
    def is_shared(self) -> bool:
        """Whether partner cities show it, too."""
        return self.content.reach is Reach.NETWORK and self.origin is None and self.status.is_public

    @property
    def format(self) -> Format | None:
        """In person, online or both; None where neither a place nor an online address is known."""
        content = self.content
        online = content.online or content.online_url is not None
        if self.place is not None:
            return Format.HYBRID if online else Format.IN_PERSON
        return Format.ONLINE if online else None

    def next_occurrence(self, now: datetime) -> Occurrence | None:
        """Return the first occurrence that has not ended at `now` (aware), or None."""
        schedule, dates = self.content.schedule, self.occurrences
        if schedule is None:
            return None
        if not dates:
            return None
        earliest = dates[0]
        if earliest.end > now:
            return earliest
        # Years of dates that are over are passed without looking at each.
        first = bisect_right(dates, now - schedule.longest, key=_start)
        return next((dates[at] for at in range(first, len(dates)) if dates[at].end > now), None)

    def occurrence_within(self, since: datetime | None, until: datetime | None, now: datetime) -> Occurrence | None:
        """Return the first occurrence that overlaps a span and has not ended at `now`; else the first that overlaps it.

        All are aware; None means without bound.
        """
        dates, schedule = self.occurrences, self.content.schedule
        if schedule is None:
            return None
        first = 0 if since is None else bisect_left(dates, since - schedule.longest, key=_start)
        last = len(dates) if until is None else bisect_left(dates, until, key=_start)
        over: Occurrence | None = None
        for at in range(first, last):
            each = dates[at]
            if since is not None and each.end <= since and each.start < since:
                continue
            if each.end > now:
                return each
            over = over or each
        return over

    def is_past(self, now: datetime) -> bool:
        """Whether every date is over. An opportunity without dates is never past."""
        return bool(self.occurrences) and self.next_occurrence(now) is None


@dataclass(frozen=True, kw_only=True, slots=True)
class Translation:
    """What this city shows of another one's offer in a language that its own city did not write: our words, not theirs.

    `texts` maps a field of the content (`title`, `summary` …) to its text in `language`; only what the offer lacks is
    in it. `translator` is what translated, None where a person did; `is_checked` says that a person of this city read
    or changed it, `is_outdated` that the original has changed since.
    """

    language: str
    source_language: str
    texts: Mapping[str, str]
    translator: str | None
    is_checked: bool
    is_outdated: bool

    def laid_over(self, content: Draft) -> Draft:
        """Return `content` as it reads with these texts."""
        said: dict[str, Any] = {
            name: {**getattr(content, name), self.language: text} for name, text in self.texts.items()
        }
        return replace(content, **said)


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """West, south, east, north in degrees, `west <= east`."""

    west_deg: float
    south_deg: float
    east_deg: float
    north_deg: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Near:
    lat_deg: float
    lon_deg: float
    radius_m: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What is looked for. Several values of one filter mean or, different filters mean and.

    `from_day` and `to_day` are inclusive days of the city, matched on overlapping occurrences; what is over by now
    comes after what is not. With neither, what is over is left out. `age` is the visitor's age in years.
    `organisation` holds slugs, `skill` addresses or labels, `badge` ids of achievements, `city` short names of cities:
    this one's id, or what it calls another. Without any, what is of this city is looked for.
    """

    q: str = ""
    bbox: Box | None = None
    near: Near | None = None
    from_day: date | None = None
    to_day: date | None = None
    age: int | None = None
    category: tuple[Category, ...] = ()
    type: tuple[OpportunityType, ...] = ()
    skill: tuple[str, ...] = ()
    badge: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    free: bool = False
    access: tuple[Access, ...] = ()
    format: tuple[Format, ...] = ()
    district: tuple[str, ...] = ()
    organisation: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    sort: Sort | None = None
    page: int = 1
    per_page: int = 24

    @property
    def is_of_days(self) -> bool:
        """Whether days are asked for."""
        return self.from_day is not None or self.to_day is not None

    def span(self, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
        """Return from when to when the days that are asked for last in `zone`; None where they have no bound."""
        since = None if self.from_day is None else datetime.combine(self.from_day, time(), tzinfo=zone)
        if self.to_day is None or self.to_day == date.max:
            return since, None
        return since, datetime.combine(self.to_day + timedelta(days=1), time(), tzinfo=zone)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One result: the opportunity's id, and how far it is where the query says from where."""

    id: str
    distance_m: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A page of results. `facets` maps a facet to value → count, each counted without that facet's own filter."""

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cluster:
    """What a map shows at one spot: one opportunity (`id` set) or several with their mix of categories."""

    lat_deg: float
    lon_deg: float
    count: int
    categories: Mapping[str, int]
    id: str | None = None
