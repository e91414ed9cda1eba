"""What the doctor looks at in a city's settings: where it lies, its time, mail, fetching, languages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

from col_core.base import catalogues
from col_core.base.catalogue_check import plural_rule
from col_core.base.checks import Finding, Weight
from col_core.base.languages import Language
from col_core.base.settings import Bounds, CityConfig

# The texts are written in it.
_SOURCE_LANGUAGE = "en"
# What `col city new` writes, so that a city answers before anybody has looked up its own, and whose that is.
EXAMPLE_BOUNDS = Bounds(west_deg=14.38, south_deg=45.95, east_deg=14.83, north_deg=46.15)
_EXAMPLE = ("ljubljana", "Ljubljana")


@dataclass(frozen=True, kw_only=True)
class BoundsCheck:
    """Whether the bounds are the city's own, or still those of the example."""

    config: CityConfig
    area: str = "bounds"

    def look(self) -> Iterator[Finding]:
        example_id, example = _EXAMPLE
        if self.config.bbox == EXAMPLE_BOUNDS and self.config.id != example_id:
            yield Finding(
                weight=Weight.MEND,
                what=f"The bounds of the city are still those of {example}, which `col city new` puts in.",
                means=f"The map shows {example}, and every offer elsewhere is held as lying outside of the city.",
                mend="Write [city] bbox in city.toml: west, south, east, north; docs/set-up-a-city.md says where to "
                "find them. Look at country and timezone there too: they came from the same example.",
            )


@dataclass(frozen=True, kw_only=True)
class MailCheck:
    """Whether the city can send mail."""

    config: CityConfig
    area: str = "mail"

    def look(self) -> Iterator[Finding]:
        mail = self.config.mail
        if not mail.url:
            yield Finding(
                weight=Weight.RISK,
                what="No mail server is set.",
                means="Nothing is mailed: what visitors write is only to be seen with `col feedback list`.",
                mend='Write [mail] url = "smtp://user:${MAIL_PASSWORD}@host:587" and sender in city.toml.',
            )
        elif not mail.sender:
            yield Finding(
                weight=Weight.MEND,
                what="Mail has a server and no sender.",
                means="Nothing is mailed.",
                mend="Write [mail] sender in city.toml: an address of the city's own domain.",
            )


@dataclass(frozen=True, kw_only=True)
class FetchingCheck:
    """Whether the guard of the HTTP client has holes."""

    config: CityConfig
    area: str = "fetching"

    def look(self) -> Iterator[Finding]:
        if self.config.http_allow_hosts:
            yield Finding(
                weight=Weight.RISK,
                what=f"[http] allow_hosts lets {', '.join(self.config.http_allow_hosts)} through.",
                means="Whoever can write the address of a source or a picture can make this machine ask those hosts, "
                "also ones that only answer inside.",
                mend="Take out what no source needs; it is meant for trying things on one machine.",
            )


@dataclass(frozen=True, kw_only=True)
class LanguagesCheck:
    """How much of the portal is translated into each language of the city, by whoever translated it."""

    config: CityConfig
    languages: Sequence[Language]
    area: str = "languages"

    def look(self) -> Iterator[Finding]:
        folder = catalogues.core_translations()
        template = folder / f"{catalogues.DOMAIN}.pot"
        if not template.is_file():
            return
        wanted = {each.key for each in catalogues.read(template, expected=plural_rule(_SOURCE_LANGUAGE))}
        for language in self.languages:
            tag = language.tag
            if tag.partition("-")[0] == _SOURCE_LANGUAGE or not wanted:
                continue
            rule = plural_rule(tag)
            have: set[catalogues.Key] = set()
            for place in (folder, language.catalogue, self.config.dir / "translations"):
                file = catalogues.find(place, tag) if place is not None else None
                have |= catalogues.load(file, expected=rule).keys() if file is not None else set()
            lacking = len(wanted - have)
            if lacking:
                share = 100 * (len(wanted) - lacking) // len(wanted)
                yield Finding(
                    weight=Weight.RISK,
                    what=f"The portal is translated into {tag} by {share} %; {lacking} texts are missing.",
                    means="Those texts show in English in the middle of the page.",
                    mend=f"Translate them for everybody ({language.catalogue or 'translations'}/{tag}), or for this "
                    f"city in its own translations/{tag}/LC_MESSAGES/messages.po.",
                )


@dataclass(frozen=True, kw_only=True)
class TimeCheck:
    """Whether the clocks that the city shows are those of its country."""

    config: CityConfig
    area: str = "time"

    def look(self) -> Iterator[Finding]:
        zone, country = self.config.timezone, self.config.country
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, OSError):
            yield Finding(
                weight=Weight.MEND,
                what=f"This machine does not know the time zone {zone}.",
                means="No date can be shown.",
                mend="Install the package tzdata again.",
            )
        where = get_global("zone_territories").get(zone)
        if where is not None and where != country:
            yield Finding(
                weight=Weight.RISK,
                what=f"The time zone {zone} belongs to {where}, and the city lies in {country}.",
                means="If one of them was left over from an example, every time on the portal is wrong.",
                mend="Correct [city] timezone or country.",
            )
