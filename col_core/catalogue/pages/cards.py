"""An opportunity as a card shows it: a few words, in the visitor's language, ready to print."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from col_core.base.i18n import LocalText, Translator, pick
from col_core.base.images import variant_key
from col_core.base.settings import CityConfig
from col_core.catalogue import labels
from col_core.catalogue.records import Occurrence, Opportunity, Translation
from col_core.catalogue.vocabulary import Access, Category, Format, OpportunityType, Status

MOST_SIGNALS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """`when` is the date that it is shown with in words, `starts` when that begins, `rhythm` how it repeats.

    `where` is a district or a venue, `spot` its longitude and latitude in degrees. `signals` are at most three labels
    with their icons. `city` is the city that it is of, where that is another one; `is_translated` says that the title
    is not that city's own. `is_over` says that the date is past, or that the offer is not open any more.
    """

    id: str
    title: LocalText
    is_translated: bool
    type: OpportunityType
    type_label: str
    category: Category | None
    when: str | None
    rhythm: str | None
    starts: datetime | None
    where: str | None
    spot: str | None
    distance: str | None
    is_online: bool
    price: str | None
    ages: str | None
    signals: tuple[tuple[str, str], ...]
    organiser: str | None
    city: LocalText | None
    image: str | None
    image_small: str | None
    alt: LocalText | None
    notice: str | None
    is_over: bool
    is_example: bool
    motif: int


class Cards:
    """Makes cards in one language at one moment."""

    def __init__(self, translator: Translator, config: CityConfig, now: datetime) -> None:
        self._words = translator
        self._config = config
        self._now = now

    def card(
        self,
        one: Opportunity,
        *,
        date: Occurrence | None = None,
        translation: Translation | None = None,
        distance: str | None = None,
    ) -> Card:
        """Return one card; `distance` says how far it is from where the visitor is looking.

        `date` is the one of its dates to be shown; without it, that is the next one.
        """
        words, content = self._words, one.content
        said = translation.laid_over(content) if translation is not None else content
        upcoming = one.next_occurrence(self._now)
        shown = date or upcoming
        is_past = bool(one.occurrences) and (shown is None or shown.end <= self._now)
        place = one.place
        key = one.image_key if content.image else None
        return Card(
            id=one.id,
            title=self.text(said.title) or LocalText(text="–", lang=""),
            is_translated=translation is not None and "title" in translation.texts,
            type=content.type,
            type_label=words.pgettext(*labels.TYPES[content.type]),
            category=content.categories[0] if content.categories else None,
            when=self._when(one, shown),
            rhythm=self._rhythm(one) if upcoming or not one.occurrences else None,
            starts=shown.start if shown else None,
            where=(place.district or place.name) if place else None,
            spot=f"{place.lon_deg:.5f},{place.lat_deg:.5f}" if place and place.lat_deg is not None else None,
            distance=distance,
            is_online=one.format in (Format.ONLINE, Format.HYBRID),
            price=words.price_words(content.price),
            ages=words.age_words(content.ages),
            signals=tuple(self._signals(one)),
            organiser=one.organiser_name,
            city=(self.text(one.origin.name) or LocalText(text=one.origin.host, lang="")) if one.origin else None,
            image=f"/media/{variant_key(key, 960)}" if key else None,
            image_small=f"/media/{variant_key(key, 480)}" if key else None,
            alt=self.text(content.image.alt) if content.image else None,
            notice=self._notice(one, is_past=is_past),
            is_over=is_past or one.status is not Status.PUBLISHED,
            is_example=content.example,
            motif=int(one.id[:4], 16) % 4 if all(letter in "0123456789abcdef" for letter in one.id[:4]) else 0,
        )

    def _when(self, one: Opportunity, shown: Occurrence | None) -> str | None:
        """Say when it is; for what is over, when it was; None where no date is known."""
        schedule = one.content.schedule
        if schedule is None or not one.occurrences:
            return None
        shown = shown or one.occurrences[-1]
        return self._words.span_words(shown.start, shown.end, self._now, schedule.timezone, all_day=schedule.all_day)

    def _rhythm(self, one: Opportunity) -> str | None:
        """Say how it repeats, without the time; None where it does not, or has no simple words for it."""
        schedule = one.content.schedule
        if schedule is None or not schedule.rrule:
            return None
        return self._words.series_words(schedule, time=False, until=False)

    def _notice(self, one: Opportunity, *, is_past: bool) -> str | None:
        """Say what one must know first: cancelled, closed, over."""
        if one.status is Status.CANCELLED:
            return self._words.pgettext("state of an offer", "Cancelled")
        if one.status is Status.CLOSED:
            return self._words.pgettext("state of an offer", "No longer offered")
        if is_past:
            return self._words.pgettext("state of an offer", "Already over")
        return None

    def text(self, texts: Mapping[str, str]) -> LocalText | None:
        """Return the text that the visitor reads best."""
        return pick(texts, (self._words.tag, self._config.default_language, "en"))

    def _signals(self, one: Opportunity) -> Iterable[tuple[str, str]]:
        content = one.content
        told = [(labels.SIGNALS[each], f"signal-{each.value}") for each in content.signals]
        if Access.STEP_FREE in content.accessibility:
            told.insert(1, (labels.ACCESS[Access.STEP_FREE], "access-step-free"))
        return [(self._words.pgettext(*label), icon) for label, icon in told[:MOST_SIGNALS]]
