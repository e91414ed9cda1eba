"""Looking at a draft before it is stored: finding its place, and what a person should know about it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from col_core.base.errors import ColError, PluginError
from col_core.base.settings import CityConfig
from col_core.catalogue import occurrences
from col_core.catalogue.gathering.districts import Districts
from col_core.catalogue.gathering.gazetteer import Gazetteer
from col_core.catalogue.records import Draft, Finding, Occurrence, Place
from col_core.catalogue.vocabulary import RegistrationMode, Severity
from col_core.hooks.boot import LoadedPlugins

HORIZON = timedelta(days=548)
ADULT_AGE = 18


@dataclass(frozen=True, kw_only=True, slots=True)
class Reviewed:
    """A draft with what was found out about it."""

    place: Place | None
    occurrences: tuple[Occurrence, ...]
    findings: tuple[Finding, ...]


class Reviewer:
    """Reviews drafts for one city. `plugins` may add findings; one that fails holds the draft."""

    def __init__(
        self, config: CityConfig, districts: Districts, gazetteer: Gazetteer, plugins: LoadedPlugins | None
    ) -> None:
        self._config = config
        self._districts = districts
        self._gazetteer = gazetteer
        self._plugins = plugins

    def review(self, draft: Draft, *, now: datetime) -> Reviewed:
        """Return the place with coordinates and district, the dates up to the horizon, and the findings."""
        findings: list[Finding] = []
        place = self._place(draft.place, findings)
        dates = self._dates(draft, now, findings)
        findings += self._zone_findings(draft, place)
        findings += _content_findings(draft, place)
        findings += self._plugin_findings(draft)
        return Reviewed(place=place, occurrences=dates, findings=tuple(findings))

    def review_remote(self, draft: Draft, *, now: datetime) -> Reviewed:
        """Return the same of an offer of another city, whose place is what that city says it is."""
        findings: list[Finding] = []
        place = draft.place
        if place is not None and place.lat_deg is not None and place.lon_deg is not None:
            usable = abs(place.lat_deg) <= 90 and abs(place.lon_deg) <= 180
            place = place if usable else replace(place, lat_deg=None, lon_deg=None)
        dates = self._dates(draft, now, findings)
        findings += _content_findings(draft, place)
        findings += self._plugin_findings(draft)
        # Parts of other cities are not among those that one looks for here.
        return Reviewed(
            place=replace(place, district=None) if place is not None else None,
            occurrences=dates,
            findings=tuple(findings),
        )

    def _place(self, place: Place | None, findings: list[Finding]) -> Place | None:
        if place is None or place == Place():
            return None
        if place.lat_deg is None or place.lon_deg is None:
            venue = self._gazetteer.find(place)
            if venue is None:
                findings.append(_note("no-coordinates", "The place is not known, so it is not on the map.", "place"))
                return replace(place, lat_deg=None, lon_deg=None)
            place = replace(
                place,
                lat_deg=venue.lat_deg,
                lon_deg=venue.lon_deg,
                address=place.address or venue.address,
                district=place.district or venue.district,
            )
        elif not self._config.bbox.contains(place.lat_deg, place.lon_deg):
            place = self._outside(place, place.lat_deg, place.lon_deg, findings)
        return self._with_district(place)

    def _outside(self, place: Place, lat_deg: float, lon_deg: float, findings: list[Finding]) -> Place:
        if self._config.bbox.contains(lon_deg, lat_deg):
            text = "Latitude and longitude were swapped; they were turned round."
            findings.append(Finding(code="swapped-coordinates", message=text, severity=Severity.HOLD, field="place"))
            return replace(place, lat_deg=lon_deg, lon_deg=lat_deg)
        venue = self._gazetteer.find(place)
        if venue is not None and abs(lat_deg) < 0.01 and abs(lon_deg) < 0.01:
            findings.append(_note("zero-coordinates", "The coordinates were 0, 0; the known venue was taken.", "place"))
            return replace(place, lat_deg=venue.lat_deg, lon_deg=venue.lon_deg)
        text = f"The place ({lat_deg:.5f}, {lon_deg:.5f}) lies outside the city."
        findings.append(Finding(code="outside-city", message=text, severity=Severity.HOLD, field="place"))
        usable = abs(lat_deg) <= 90 and abs(lon_deg) <= 180 and (lat_deg, lon_deg) != (0, 0)
        return place if usable else replace(place, lat_deg=None, lon_deg=None)

    def _with_district(self, place: Place) -> Place:
        if place.lat_deg is None or place.lon_deg is None:
            return place
        venue = self._gazetteer.at(place.lat_deg, place.lon_deg)
        known = place.district if place.district in self._districts.names else None
        district = known or (venue.district if venue else None) or self._districts.of(place.lat_deg, place.lon_deg)
        return replace(place, district=district)

    def _dates(self, draft: Draft, now: datetime, findings: list[Finding]) -> tuple[Occurrence, ...]:
        if draft.schedule is None:
            return ()
        try:
            dates = occurrences.expand(draft.schedule, now=now, until=now + HORIZON)
        except ColError as error:
            findings.append(
                Finding(code="unusable-dates", message=str(error), severity=Severity.HOLD, field="schedule")
            )
            return ()
        if len(dates) == occurrences.MOST_OCCURRENCES:
            text = f"It has so many dates that only {len(dates)} are known at a time; more come as these pass."
            findings.append(_note("many-dates", text, "schedule"))
        return dates

    def _zone_findings(self, draft: Draft, place: Place | None) -> Sequence[Finding]:
        """A programme set to another zone shows 18:00 here as midnight: nobody would notice but the visitors."""
        schedule = draft.schedule
        if schedule is None or schedule.all_day or place is None or schedule.timezone in ("UTC", self._config.timezone):
            return ()
        try:
            there, here = (schedule.start.replace(tzinfo=ZoneInfo(name)).utcoffset() for name in
                           (schedule.timezone, self._config.timezone))  # fmt: skip
        except (ZoneInfoNotFoundError, OSError, ValueError, OverflowError):
            return ()
        if there == here:
            return ()
        text = f"It takes place here, and its times are those of {schedule.timezone}."
        return [Finding(code="other-time-zone", message=text, severity=Severity.HOLD, field="schedule")]

    def _plugin_findings(self, draft: Draft) -> Sequence[Finding]:
        if self._plugins is None:
            return ()
        plugins = self._plugins
        found: list[Finding] = []
        for name, result in plugins.plugins.call_each(
            "col_review_opportunity", lambda plugin: {"draft": draft, "city": plugins.city_for(plugin)}
        ):
            if isinstance(result, PluginError):
                text = f"Plugin {name!r} could not look at it, so a person must."
                found.append(Finding(code="review-failed", message=text, severity=Severity.HOLD))
            else:
                found += result
        return found


def _content_findings(draft: Draft, place: Place | None) -> list[Finding]:
    found: list[Finding] = []
    if not any(text.strip() for text in draft.title.values()):
        found.append(Finding(code="no-title", message="It has no title.", severity=Severity.HOLD, field="title"))
    if draft.ages.min is not None and draft.ages.max is not None and draft.ages.min > draft.ages.max:
        text = "The lower age is above the upper one."
        found.append(Finding(code="ages-crossed", message=text, severity=Severity.HOLD, field="ages"))
    if draft.image is not None and not any(text.strip() for text in draft.image.alt.values()):
        text = "The picture has no description for people who cannot see it, so it is not shown."
        found.append(_note("image-without-alt", text, "image"))
    minors = draft.ages.min is not None and draft.ages.min < ADULT_AGE
    if minors and draft.safeguarding is None and draft.registration.mode is RegistrationMode.INTERNAL:
        text = "Minors can register, and no safeguarding contact is named."
        found.append(_note("no-safeguarding-contact", text, "safeguarding"))
    if place is None and not draft.online and draft.online_url is None:
        found.append(_note("no-place", "Neither a place nor an online address is known.", "place"))
    return found


def _note(code: str, message: str, field: str) -> Finding:
    return Finding(code=code, message=message, field=field)
