"""The languages of a city: translators, and the choice among texts and languages.

Catalogues are merged core ← language plugin ← further folders (plugins, then the city), once per process, and never
change afterwards.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from col_core.base import catalogues, day_words, fact_words, plurals, series_words
from col_core.base.errors import ConfigError
from col_core.base.formats import Formats, Zone
from col_core.base.languages import Language
from col_core.base.messages import N_, NP_

__all__ = ["NP_", "N_", "I18n", "LocalText", "Translator", "negotiate", "pick"]

MAX_HEADER = 1000
_QUALITY = re.compile(r"[01](?:\.\d{0,3})?", re.ASCII)


class Translator(Formats):
    """One language of the city: its messages, and its way to write dates, numbers, ages and prices. Immutable."""

    def day_words(self, instant: datetime, now: datetime, tz: Zone, *, all_day: bool = False) -> str:
        """Say when: "danes ob 17.00", "v torek, 3. decembra, ob 17.00". Instants are aware."""
        return day_words.day_words(self, instant, now, tz, all_day=all_day)

    def span_words(self, start: datetime, end: datetime, now: datetime, tz: Zone, *, all_day: bool = False) -> str:
        """Say from when to when: "danes, 17.00–19.00", "od 3. do 6. decembra", "zdaj, do 19.00"."""
        return day_words.span_words(self, start, end, now, tz, all_day=all_day)

    def series_words(self, schedule: series_words.Series, *, time: bool = True, until: bool = True) -> str | None:
        """Say how a schedule repeats: "vsak torek ob 17.00"; None where it does not, or not simply."""
        return series_words.series_words(self, schedule, time=time, until=until)

    def age_words(self, ages: fact_words.AgeRange) -> str | None:
        """Say the ages: "15–29 let"; None where nothing is said."""
        return fact_words.age_words(self, ages)

    def price_words(self, price: fact_words.Cost) -> str | None:
        """Say the price: "brezplačno", "5 €"; None where it is not stated."""
        return fact_words.price_words(self, price)


class I18n:
    """The translators of a city.

    `languages` are those that the city speaks, `default` is the tag of one of them. `folders` are laid over the core's
    catalogues and the languages' own, in their order: those of plugins first, the city's last; a folder that is not
    there is passed over. Raises `ConfigError` for a language or catalogue that cannot be used.
    """

    def __init__(self, languages: Sequence[Language], default: str, folders: Sequence[Path] = ()) -> None:
        core = catalogues.core_translations()
        self._translators: Mapping[str, Translator] = MappingProxyType(
            {language.tag: _translator(language, (core, language.catalogue, *folders)) for language in languages}
        )
        if default not in self._translators:
            raise ConfigError(f"The default language {default!r} is not among {', '.join(self._translators)}.")
        self.default = default
        self.tags = tuple(self._translators)

    def translator(self, tag: str) -> Translator:
        """Return the translator of `tag`, of the default language where the city does not speak it."""
        return self._translators.get(tag) or self._translators[self.default]


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalText:
    """A text and the language that it is in."""

    text: str
    lang: str


def pick(texts: Mapping[str, str], preferred: Sequence[str]) -> LocalText | None:
    """Return the text in the first language of `preferred` that has one, else any; None where all are blank.

    A regional text stands in for its language and the other way round ("en-GB", "en").
    """
    filled = {lang: text for lang, text in texts.items() if text and not text.isspace()}
    for wanted in preferred:
        if wanted in filled:
            return LocalText(text=filled[wanted], lang=wanted)
        for lang, text in filled.items():
            if _primary(lang) == _primary(wanted):
                return LocalText(text=text, lang=lang)
    return next((LocalText(text=text, lang=lang) for lang, text in filled.items()), None)


def said_in(texts: Mapping[str, str], language: str) -> str | None:
    """Return the text in `language`, a regional one included; None where there is none in it."""
    picked = pick(texts, (language,))
    return picked.text if picked is not None and is_same_language(picked.lang, language) else None


def is_same_language(one: str, other: str) -> bool:
    """Tell whether who reads the one reads the other: "en-GB" and "en" are the same language."""
    return _primary(one) == _primary(other)


def text_in(texts: Mapping[str, str], language: str, *, otherwise: str = "") -> str:
    """Return the text in `language`, in any other, or `otherwise`: where nothing can say which language it is."""
    picked = pick(texts, (language,))
    return picked.text if picked is not None else otherwise


def negotiate(accept_language: str | None, supported: Sequence[str], default: str) -> str:
    """Choose among `supported` what a browser's Accept-Language likes best, else `default`. Never raises.

    Quality values count, then the order; "sl-SI" is served by "sl"; what has quality 0 is not chosen. A header that is
    too long or makes no sense chooses the default. Source: RFC 9110, section 12.5.4.
    """
    header = accept_language or ""
    if len(header) > MAX_HEADER:
        return default
    by_tag = {tag.lower(): tag for tag in supported}
    by_primary = {_primary(tag): tag for tag in reversed(supported)}
    wishes: dict[str, float] = {}
    for item in header.split(","):
        name, *parameters = (part.strip().lower() for part in item.split(";"))
        chosen = default if name == "*" else by_tag.get(name) or by_primary.get(_primary(name))
        quality = _quality(parameters)
        if chosen is None or quality is None or (name == "*" and wishes):
            continue
        wishes[chosen] = max(quality, wishes.get(chosen, 0.0))
    best = max(wishes, key=lambda tag: wishes[tag], default=default)
    return best if wishes.get(best) else default


def _quality(parameters: Sequence[str]) -> float | None:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            said = value.strip()
            return min(float(said), 1.0) if _QUALITY.fullmatch(said) else None
    return 1.0


def _primary(tag: str) -> str:
    return re.split(r"[-_]", tag.lower(), maxsplit=1)[0]


def _translator(language: Language, folders: Sequence[Path | None]) -> Translator:
    try:
        forms = plurals.parse(language.plural_forms)
    except plurals.BadPluralForms as problem:
        raise ConfigError(f"Language {language.tag!r}: plural_forms cannot be used: {problem}.") from problem
    found = (catalogues.find(folder, language.tag) for folder in folders if folder is not None)
    layers = [catalogues.load(path, expected=forms) for path in found if path is not None]
    try:
        return Translator(language, catalogues.merge(layers), forms)
    except (ValueError, LookupError) as problem:
        raise ConfigError(
            f"Language {language.tag!r}: CLDR does not know the locale {language.locale or language.tag!r}."
        ) from problem
