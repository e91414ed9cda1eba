"""The programme export: one XML document with the centres and their activities."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError, tostring
from zoneinfo import ZoneInfo

from defusedxml.ElementTree import fromstring
from marshmallow import fields

from col_core.plugin import (
    Ages,
    City,
    Concession,
    Contact,
    Draft,
    Fetched,
    FetchError,
    Host,
    Place,
    PluginSchema,
    Price,
    RawItem,
    Reach,
    Registration,
    RegistrationMode,
    Rejected,
    Skill,
    SourceConfig,
    clean_html,
)
from lj_youth_centres import dates, words

_Word = TypeVar("_Word")
_AMOUNT = re.compile(r"(\d+(?:,\d{1,2})?) ?€")


class Settings(PluginSchema):
    """The table `[plugins.lj_youth_centres]` of city.toml."""

    goals = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        load_default=dict,
        metadata={"description": "Goals of the city's youth strategy: code in the export, and name."},
    )


class ProgrammeSource:
    """Activities of the youth centres. Each inherits place, access and safety contact of its centre."""

    def __init__(self, city: City, config: SourceConfig) -> None:
        self.id = config.id
        self._city = city
        self._url = config.url
        self._goals: Mapping[str, str] = city.settings.get("goals", {})

    def fetch(self, *, since: datetime | None, cursor: str | None) -> Fetched:  # noqa: ARG002 (protocol)
        """Load the export. Each item is kept with its centre, so that it can be read alone."""
        if self._url is None:
            raise FetchError(f'Source "{self.id}" needs a url: the address of the export.')
        loaded = self._city.load(self._url, cursor)
        if loaded.unchanged:
            return Fetched(unchanged=True, cursor=loaded.cursor)
        try:
            programme = fromstring(loaded.body)
        except (ParseError, ValueError) as error:
            raise FetchError(f"{loaded.address} is not the XML of a programme: {error}.") from error
        centres = {each.get("oznaka"): each for each in programme.iterfind("center")}
        items: dict[str, RawItem] = {}
        errors = []
        for number, activity in enumerate(programme.iterfind("dejavnost"), start=1):
            code = (activity.get("sifra") or "").strip()
            if not code or code in items:
                where = f"{loaded.address}, dejavnost {number}"
                reason = f"sifra {code} stands twice" if code else "it has no sifra"
                errors.append(Rejected(external_id=None, reason=reason, where=where))
                continue
            item = Element("postavka")
            item.append(activity)
            centre = centres.get(activity.get("center"))
            if centre is not None:
                item.append(centre)
            items[code] = RawItem(
                external_id=code,
                body=tostring(item, encoding="utf-8"),
                media_type="application/xml",
                address=f"{loaded.address}#{code}",
            )
        return Fetched(items=tuple(items.values()), errors=tuple(errors), cursor=loaded.cursor)

    def normalise(self, raw: RawItem) -> Draft | Rejected:
        """Turn one activity into a draft; what cannot be understood is rejected with the element at fault."""
        try:
            item = fromstring(raw.body)
            return self._draft(item.find("dejavnost"), item.find("center"))
        except ParseError:
            return Rejected(external_id=raw.external_id, reason="it is not whole XML", where=raw.address)
        except (ValueError, OverflowError) as error:
            return Rejected(external_id=raw.external_id, reason=str(error), where=raw.address)

    def _draft(self, activity: Element | None, centre: Element | None) -> Draft:
        if activity is None:
            raise ValueError("the item holds no dejavnost")
        title = _texts(activity, "naziv", str.strip)
        if not title:
            raise ValueError("it has no naziv")
        links = [text for text in _all(activity, "povezava") if text.startswith(("https://", "http://"))]
        termin = activity.findtext("termin")
        return Draft(
            title=title,
            summary=_texts(activity, "kratko", str.strip),
            description=_texts(activity, "opis", clean_html),
            outcome=_texts(activity, "pridobis", str.strip),
            bring=_texts(activity, "prinesi", str.strip),
            type=_meaning(words.TYPES, activity.get("zvrst", ""), "zvrst"),
            categories=_meanings(words.CATEGORIES, activity, "podrocje"),
            skills=tuple(
                Skill(uri=each.get("esco"), label={"sl": each.text.strip()})
                for each in activity.iterfind("kompetenca")
                if each.text
            ),
            organiser=centre.get("naziv") if centre is not None else None,
            hosts=tuple(Host(name=name) for name in _all(activity, "partner")),
            place=_place(activity, centre),
            online=activity.get("zvrst") == "na spletu",
            online_url=links[0] if links and activity.get("zvrst") == "na spletu" else None,
            schedule=dates.read(termin, self._city.timezone) if termin else None,
            ages=_ages(activity.findtext("starost")),
            price=self._price(activity),
            languages=tuple(_all(activity, "jezik")) or ("sl",),
            accessibility=_access(activity, centre),
            signals=_meanings(words.SIGNALS, activity, "dobrodosli"),
            capacity=int(places) if (places := activity.findtext("mest")) else None,
            registration=self._registration(activity),
            safeguarding=_contact(centre),
            url=links[0] if links else None,
            goals=tuple(goal for goal in _all(activity, "cilj") if goal in self._goals),
            reach=Reach.NETWORK if activity.get("doseg") == "mreža" else Reach.LOCAL,
            cancelled=activity.get("stanje") == "odpovedano",
        )

    def _price(self, activity: Element) -> Price:
        text = (activity.findtext("cena") or "").strip()
        if not text:
            return Price(currency=self._city.currency)
        concessions = tuple(
            Concession(label={"sl": each.get("za", "")}, amount=_amount(each.text or ""))
            for each in activity.iterfind("popust")
        )
        if text == "brezplačno":
            return Price(free=True, currency=self._city.currency, concessions=concessions)
        return Price(amount=_amount(text), currency=self._city.currency, concessions=concessions)

    def _registration(self, activity: Element) -> Registration:
        element = activity.find("prijava")
        if element is None:
            return Registration()
        mode = _meaning(words.REGISTRATION, element.get("nacin", ""), "prijava")
        url = (element.text or "").strip() or None
        if mode is RegistrationMode.EXTERNAL and url is None:
            raise ValueError("prijava with nacin obrazec names no address of the form")
        deadline = None
        if text := element.get("do"):
            last_moment = datetime.combine(dates.read_date(text), time(23, 59))
            deadline = last_moment.replace(tzinfo=ZoneInfo(self._city.timezone)).astimezone(UTC)
        return Registration(mode=mode, url=url, deadline=deadline)


def _texts(activity: Element, tag: str, clean: Callable[[str], str]) -> dict[str, str]:
    found = {each.get("jezik", "sl"): clean(each.text or "") for each in activity.iterfind(tag)}
    return {language: text for language, text in found.items() if text}


def _all(activity: Element, tag: str) -> list[str]:
    return [text for each in activity.iterfind(tag) if (text := (each.text or "").strip())]


def _meaning(known: Mapping[str, _Word], text: str, tag: str) -> _Word:
    if text.strip().lower() not in known:
        raise ValueError(f'{tag} "{text}" is not one of: {", ".join(known)}')
    return known[text.strip().lower()]


def _meanings(known: Mapping[str, _Word], activity: Element, tag: str) -> tuple[_Word, ...]:
    return tuple(dict.fromkeys(_meaning(known, text, tag) for text in _all(activity, tag)))


def _access(activity: Element, centre: Element | None) -> tuple[words.Access, ...]:
    own = _meanings(words.ACCESS, activity, "dostopnost")
    house = _meanings(words.ACCESS, centre, "dostopnost") if centre is not None else ()
    return own or house


def _place(activity: Element, centre: Element | None) -> Place | None:
    element = activity.find("kraj")
    if element is None:
        element = centre if activity.get("zvrst") != "na spletu" else None
    if element is None:
        return None
    lat, lon = element.get("sirina"), element.get("dolzina")
    return Place(
        name=element.get("naziv"),
        address=element.get("naslov"),
        district=words.district(element.get("cetrt")),
        lat_deg=float(lat) if lat and lon else None,
        lon_deg=float(lon) if lat and lon else None,
    )


def _ages(text: str | None) -> Ages:
    if not text:
        return Ages()
    if found := re.fullmatch(r"(\d{1,2})\s*[–-]\s*(\d{1,2})", text.strip()):
        return Ages(min=int(found[1]), max=int(found[2]))
    if found := re.fullmatch(r"(\d{1,2})\+", text.strip()):
        return Ages(min=int(found[1]))
    raise ValueError(f'starost "{text}" is not understood; write 15–29 or 15+')


def _amount(text: str) -> Decimal:
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise ValueError(f'"{text}" is not an amount like 12,50 €')
    return Decimal(found[1].replace(",", "."))


def _contact(centre: Element | None) -> Contact | None:
    element = centre.find("varnost") if centre is not None else None
    if element is None:
        return None
    return Contact(name=element.get("kdo"), email=element.get("eposta"), phone=element.get("telefon"))
