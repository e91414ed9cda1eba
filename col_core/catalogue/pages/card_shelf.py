"""Cards as they are printed, kept until their words change: most pages show offers that another page showed before."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import get_template_attribute
from markupsafe import Markup, escape

from col_core.base.kept import KeptUntil
from col_core.catalogue.hooks import OfferTranslations
from col_core.catalogue.pages.cards import Cards
from col_core.catalogue.reading import Listed
from col_core.catalogue.records import Occurrence, Opportunity, Translation
from col_core.web.site import Site

_MOST_CHARS = 8_000_000
_FOREVER = timedelta(days=365)
# Stands where the distance will; no text can hold it, for it is let in nowhere.
_DISTANCE = "\0"
_Key = tuple[object, ...]


class CardShelf:
    """Prints the cards of one city, for every visitor of this process. Safe to share between threads."""

    def __init__(self, site: Site, translations: OfferTranslations) -> None:
        self._site, self._translations = site, translations
        self._kept: KeptUntil[_Key, Markup] = KeptUntil(_MOST_CHARS, weight=len)

    def of(self, listed: Iterable[Listed], *, level: int) -> list[Markup]:
        """Return the cards of results in the language of the request, their headings at `level`."""
        now = self._site.house.clock.now()
        words = self._site.translator
        cards = Cards(words, self._site.house.config, now)
        listed = list(listed)
        translations = self._translations.of([each.opportunity for each in listed], words.tag)
        printed = []
        for each in listed:
            said = translations.get(each.opportunity.id)
            html = self._card(
                each.opportunity, each.date, said, cards, (words.tag, level), now, is_far=each.distance_m is not None
            )
            if each.distance_m is not None:
                before, _, after = str(html).partition(_DISTANCE)
                html = Markup(f"{before}{escape(words.distance(each.distance_m))}{after}")  # noqa: S704 (escaped)
            printed.append(html)
        return printed

    def _card(
        self,
        one: Opportunity,
        date: Occurrence | None,
        said: Translation | None,
        cards: Cards,
        kind: tuple[str, int],
        now: datetime,
        *,
        is_far: bool,
    ) -> Markup:
        """Return the card of `one` with `date`, or its next one; `kind` is language and level of the heading."""
        shown = date or one.next_occurrence(now)
        key = (
            kind,
            one.id,
            one.version,
            one.status,
            one.image_key,
            one.organiser,
            shown,
            is_far,
            said and said.texts.get("title"),
        )
        kept = self._kept.get(key, now)
        if kept is not None:
            return kept
        language, level = kind
        made = cards.card(one, date=date, translation=said, distance=_DISTANCE if is_far else None)
        macro = get_template_attribute("catalogue/card.html", "card")
        html: Markup = macro(made, level, language, self._site.assets.icon).strip()
        # Until its words change: "tomorrow" becomes "today".
        self._kept.put(key, html, since=now, until=_until(one, shown, now))
        return html


def _until(one: Opportunity, shown: Occurrence | None, now: datetime) -> datetime:
    """Return when the words of the card of `one` change: at its beginning, at its end, at midnight."""
    schedule = one.content.schedule
    if schedule is None:
        return now + _FOREVER
    zone = ZoneInfo(schedule.timezone)
    midnight = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), datetime.min.time(), zone)
    moments = [shown.start, shown.end] if shown else []
    return min([midnight, *(each for each in moments if each > now)])
