"""One row as a draft."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from col_core.plugin import (
    Access,
    Ages,
    Category,
    Contact,
    Draft,
    Host,
    Image,
    OpportunityType,
    Place,
    Price,
    Registration,
    RegistrationMode,
    Schedule,
    Signal,
    Skill,
    Status,
    clean_html,
    plain_line,
)
from col_plugin_csv import ages, dates
from col_plugin_csv.columns import is_text

_Word = TypeVar("_Word", bound=StrEnum)
_Value = TypeVar("_Value")
_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
# fmt: off
_FREE = frozenset((
    "brezplačno", "brezplacno", "zastonj", "prost vstop", "vstop prost", "nemokamai", "nemokama", "nemokamas",
    "laisvas įėjimas", "free", "free of charge", "gratis",
))
# fmt: on
_NUMBER = r"(\d{1,3}(?:[ .\u00a0]\d{3})+|\d{1,7})(?:[.,](\d{1,2}))?"
_AMOUNT = re.compile(rf"(?:€|eur)?\s*{_NUMBER}\s*(?:€|eur|eurov|eurai|eurų)?", re.IGNORECASE)
_LONGEST_TITLE, _LONGEST_SUMMARY = 300, 1_000


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """What holds where a row says nothing; `words` maps words of the file, in small letters, to ours."""

    timezone: str
    language: str
    currency: str
    month_first: bool
    words: Mapping[str, str]
    zones: Mapping[str, str]


class RowReader:
    """Reads the cells of one row; each fault names its column. Raises ValueError."""

    def __init__(self, cells: Mapping[str, str], defaults: Defaults) -> None:
        self._cells = {name: text.strip() for name, text in cells.items() if text.strip()}
        self._defaults = defaults

    def draft(self) -> Draft:
        title = self._texts("title", lambda text: plain_line(text, max_chars=_LONGEST_TITLE))
        if not title:
            raise ValueError("it has no title")
        online_url = self._address("online_url")
        return Draft(
            title=title,
            summary=self._texts("summary", lambda text: plain_line(text, max_chars=_LONGEST_SUMMARY)),
            description=self._texts("description", clean_html),
            outcome=self._texts("outcome", lambda text: plain_line(text, max_chars=_LONGEST_SUMMARY)),
            bring=self._texts("bring", lambda text: plain_line(text, max_chars=_LONGEST_SUMMARY)),
            travel=self._texts("travel", lambda text: plain_line(text, max_chars=_LONGEST_SUMMARY)),
            type=next(iter(self._words("type", OpportunityType)), OpportunityType.EVENT),
            categories=self._words("categories", Category),
            skills=self._skills(),
            badges=self._badges(),
            organiser=self._line("organiser"),
            hosts=tuple(Host(name=name) for name in self._list("hosts")),
            place=self._place(),
            online=online_url is not None,
            online_url=online_url,
            schedule=self._schedule(),
            ages=self._ages(),
            price=self._price(),
            languages=self._languages(),
            accessibility=self._words("accessibility", Access),
            signals=self._words("signals", Signal),
            capacity=self._whole("capacity"),
            registration=self._registration(),
            image=self._image(),
            safeguarding=self._contact(),
            url=self._address("url"),
            cancelled=Status.CANCELLED in self._words("status", Status),
        )

    def is_offered(self) -> bool:
        """Whether the row is meant for the public; one with a word that is not known is left to `draft` to refuse."""
        status = self._meaning(self._cells.get("status", ""))
        return status not in (Status.DRAFT, Status.REVIEW, Status.WITHDRAWN, Status.CLOSED)

    def _named(self, name: str, read: Callable[[str], _Value]) -> _Value | None:
        text = self._cells.get(name)
        if text is None:
            return None
        try:
            return read(text)
        except (ValueError, InvalidOperation, OverflowError) as error:
            raise ValueError(f"{name}: {error}") from error

    def _line(self, name: str) -> str | None:
        return plain_line(self._cells.get(name, ""), max_chars=300) or None

    def _list(self, name: str) -> list[str]:
        return [part.strip() for part in re.split(r"[,;|\n]", self._cells.get(name, "")) if part.strip()]

    def _texts(self, field: str, clean: Callable[[str], str]) -> dict[str, str]:
        found = {}
        for name, text in self._cells.items():
            column = is_text(name)
            if column is not None and column[0] == field and (cleaned := clean(text)):
                found[column[1] or self._defaults.language] = cleaned
        return found

    def _meaning(self, word: str) -> str:
        return self._defaults.words.get(word.strip().casefold(), word.strip().lower())

    def _words(self, name: str, known: type[_Word]) -> tuple[_Word, ...]:
        found = {}
        for word in self._list(name):
            try:
                found[known(self._meaning(word))] = True
            except ValueError as error:
                raise ValueError(
                    f'{name}: "{word[:60]}" is not one of: {", ".join(known)}; [sources.words] may say which it is'
                ) from error
        return tuple(found)

    def _whole(self, name: str) -> int | None:
        def read(text: str) -> int:
            match = re.fullmatch(r"(\d{1,6})(?:[.,]0+)?\s*\+?", text)
            if match is None:
                raise ValueError(f'"{text[:60]}" is not a whole number')
            return int(match[1])

        return self._named(name, read)

    def _date(self, text: str) -> tuple[datetime, bool]:
        return dates.read(text, month_first=self._defaults.month_first)

    def _ages(self) -> Ages:
        both = self._named("age", ages.read) or Ages()
        least, most = self._whole("age_min"), self._whole("age_max")
        return Ages(min=both.min if least is None else least, max=both.max if most is None else most)

    def _degrees(self, name: str, most: float) -> float | None:
        def read(text: str) -> float:
            match = re.fullmatch(r"[+-]?\d{1,3}(?:[.,]\d{1,15})?", text)
            if match is None or abs(degrees := float(text.replace(",", "."))) > most:
                raise ValueError(f'"{text[:60]}" is not degrees from -{most:g} to {most:g}')
            return degrees if not text.startswith("-") else -degrees

        return self._named(name, read)

    def _address(self, name: str) -> str | None:
        def read(text: str) -> str:
            whole = f"https://{text}" if text.lower().startswith("www.") else text
            if not re.fullmatch(r"https?://[^\s<>\"']{3,1990}", whole):
                raise ValueError(f'"{text[:60]}" is not a web address')
            return whole

        return self._named(name, read)

    def _languages(self) -> tuple[str, ...]:
        tags = [self._meaning(word) for word in self._list("languages")]
        wrong = next((tag for tag in tags if not _TAG.fullmatch(tag)), None)
        if wrong is not None:
            raise ValueError(f'languages: "{wrong[:60]}" is not a language tag such as "sl"')
        return tuple(dict.fromkeys(tags))

    def _skills(self) -> tuple[Skill, ...]:
        return tuple(
            Skill(uri=each, label={})
            if each.startswith(("https://", "http://"))
            else Skill(label={self._defaults.language: plain_line(each, max_chars=200)})
            for each in self._list("skills")
        )

    def _badges(self) -> tuple[str, ...]:
        found = tuple(each.lower() for each in self._list("badges"))
        wrong = next((each for each in found if not re.fullmatch(r"[a-z0-9-]{3,60}", each)), None)
        if wrong is not None:
            raise ValueError(f'badges: "{wrong[:60]}" is not the id of a badge such as "first-aid"')
        return found

    def _place(self) -> Place | None:
        lat, lon = self._degrees("lat", 90), self._degrees("lon", 180)
        if (lat is None) != (lon is None):
            raise ValueError(f"{'lat' if lat is None else 'lon'}: it is missing beside the other coordinate")
        name, address, district = self._line("venue"), self._line("address"), self._line("district")
        if name is None and address is None and district is None and lat is None:
            return None
        return Place(name=name, address=address, district=district, lat_deg=lat, lon_deg=lon)

    def _zone(self) -> str:
        def read(text: str) -> str:
            if text.lower() not in self._defaults.zones:
                raise ValueError(f'"{text[:60]}" is not a time zone such as "Europe/Vilnius"')
            return self._defaults.zones[text.lower()]

        return self._named("timezone", read) or self._defaults.timezone

    def _schedule(self) -> Schedule | None:
        if "end" not in self._cells and (span := dates.cut(self._cells.get("start", ""))):
            self._cells["start"], self._cells["end"] = span
        begun = self._named("start", self._date)
        if begun is None:
            if "end" in self._cells or "rrule" in self._cells:
                raise ValueError("start: it is missing beside end or rrule")
            return None
        zone = self._zone()
        start, has_time = _wall(begun[0], zone), begun[1]
        return Schedule(
            start=start,
            end=self._end(start, has_time, zone),
            timezone=zone,
            all_day=not has_time,
            rrule=self._cells.get("rrule", "").upper().removeprefix("RRULE:").strip() or None,
            exdates=tuple(self._exdate(each, start, zone) for each in self._list("exdates")),
        )

    def _end(self, start: datetime, has_time: bool, zone: str) -> datetime | None:
        text = self._cells.get("end")
        if text is None:
            return None if has_time else start + timedelta(days=1)
        clock = dates.read_time(text) if has_time else None
        if clock is not None:
            end = datetime.combine(start.date(), clock)
            return end if end > start else end + timedelta(days=1)
        ended = self._named("end", self._date)
        assert ended is not None
        # A day as the end is meant whole.
        return _wall(ended[0], zone) if ended[1] and has_time else _midnight_after(_wall(ended[0], zone))

    def _exdate(self, text: str, start: datetime, zone: str) -> datetime:
        try:
            moment, has_time = self._date(text)
        except ValueError as error:
            raise ValueError(f"exdates: {error}") from error
        return _wall(moment, zone) if has_time else datetime.combine(moment.date(), start.time())

    def _price(self) -> Price:
        currency = self._cells.get("currency", self._defaults.currency).upper()
        if not re.fullmatch(r"[A-Z]{3}", currency):
            raise ValueError(f'currency: "{currency[:60]}" is not three letters such as "EUR"')
        text = self._cells.get("price", "")
        net = self._named("net_price", _amount)
        if text.casefold() in _FREE or self._meaning(text) == "free":
            return Price(free=True, currency=currency)
        try:
            amount = _amount(text) if text else None
        except ValueError:
            note = plain_line(text, max_chars=200)
            return Price(currency=currency, note={self._defaults.language: note}, net_amount=net)
        return Price(amount=amount or None, free=amount == 0, currency=currency, net_amount=net)

    def _registration(self) -> Registration:
        url = self._address("registration_url")
        until = self._named("registration_deadline", self._date)
        deadline = None
        if until is not None:
            wall = _wall(until[0], self._defaults.timezone)
            wall = wall if until[1] else wall.replace(hour=23, minute=59)
            deadline = wall.replace(tzinfo=ZoneInfo(self._defaults.timezone)).astimezone(UTC)
        mode = RegistrationMode.EXTERNAL if url is not None else RegistrationMode.NONE
        if url is None and "drop-in" in [self._meaning(word) for word in self._list("signals")]:
            mode = RegistrationMode.DROP_IN
        return Registration(mode=mode, url=url, deadline=deadline)

    def _image(self) -> Image | None:
        url = self._address("image_url")
        if url is None:
            return None
        alt = self._line("image_alt")
        return Image(
            url=url,
            alt={} if alt is None else {self._defaults.language: alt},
            credit=self._line("image_credit"),
            licence=self._line("image_licence"),
        )

    def _contact(self) -> Contact | None:
        name, email, phone = (self._line(f"safeguarding_{each}") for each in ("name", "email", "phone"))
        return Contact(name=name, email=email, phone=phone) if name or email or phone else None


def _wall(moment: datetime, zone: str) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _midnight_after(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), datetime.min.time()) + timedelta(days=1)


def _amount(text: str) -> Decimal:
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'"{text[:60]}" is not an amount of money')
    return Decimal(re.sub(r"\D", "", match[1]) + (f".{match[2]}" if match[2] else ""))
