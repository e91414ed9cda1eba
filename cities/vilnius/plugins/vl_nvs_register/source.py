"""The register's export: one JSON document, a programme an entry, as data.gov.lt publishes such registers."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from marshmallow import fields

from col_core.plugin import (
    Ages,
    City,
    Contact,
    Draft,
    Fetched,
    FetchError,
    Host,
    Loaded,
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
from vl_nvs_register import timetable, words
from vl_nvs_register.voucher import Voucher

Entry = Mapping[str, object]
_Word = TypeVar("_Word")


class Settings(PluginSchema):
    """The table `[plugins.vl_nvs_register]` of city.toml."""

    voucher = fields.Decimal(
        load_default=Decimal(20),
        metadata={"description": "What the voucher pays a month, in the city's currency."},
    )
    voucher_special_needs = fields.Decimal(
        load_default=Decimal(30),
        metadata={"description": "What it pays a month for a pupil with special educational needs."},
    )


class RegisterSource:
    """Programmes of non-formal education, with what a family pays after the voucher."""

    def __init__(self, city: City, config: SourceConfig) -> None:
        self.id = config.id
        self._city = city
        self._url = config.url
        self._voucher = Voucher(
            amount=city.settings["voucher"], special_needs_amount=city.settings["voucher_special_needs"]
        )

    def fetch(self, *, since: datetime | None, cursor: str | None) -> Fetched:  # noqa: ARG002 (protocol)
        """Load the export. An entry without `_id` cannot be followed over time: an error."""
        if self._url is None:
            raise FetchError(f'Source "{self.id}" needs a url: the address of the register.')
        loaded = self._city.load(self._url, cursor)
        if loaded.unchanged:
            return Fetched(unchanged=True, cursor=loaded.cursor)
        items: dict[str, RawItem] = {}
        errors = []
        for number, entry in enumerate(_entries(loaded)):
            code = str(entry.get("_id") or "") if isinstance(entry, dict) else ""
            if not code or code in items:
                reason = f"_id {code} stands twice" if code else "it has no _id"
                errors.append(Rejected(external_id=None, reason=reason, where=f"{loaded.address}, _data[{number}]"))
                continue
            items[code] = RawItem(
                external_id=code,
                body=json.dumps(entry, ensure_ascii=False, sort_keys=True).encode("utf-8", errors="replace"),
                media_type="application/json",
                address=f"{loaded.address}#{code}",
            )
        return Fetched(items=tuple(items.values()), errors=tuple(errors), cursor=loaded.cursor)

    def normalise(self, raw: RawItem) -> Draft | Rejected:
        """Turn one programme into a draft; what cannot be understood is rejected with a reason."""
        try:
            return self._draft(cast(Entry, json.loads(raw.body)))
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            return Rejected(external_id=raw.external_id, reason=reason, where=raw.address)

    def _draft(self, entry: Entry) -> Draft:
        if not isinstance(entry, dict):
            raise ValueError("it is not an object")
        title = _texts(entry, "pavadinimas")
        if not title:
            raise ValueError("it has no pavadinimas")
        type_ = _meaning(words.TYPES, _text(entry, "forma") or "", "forma")
        remote = entry.get("nuotoliniu_budu") is True
        url = _text(entry, "nuoroda")
        return Draft(
            title=title,
            summary=_texts(entry, "trumpai"),
            description={tag: clean_html(text) for tag, text in _texts(entry, "aprasymas").items()},
            outcome=_texts(entry, "ko_ismoksi"),
            bring=_texts(entry, "ka_atsinesti"),
            type=type_,
            categories=_meanings(words.CATEGORIES, entry, "kryptys"),
            skills=tuple(
                Skill(uri=each.get("esco"), label={"lt": each["pavadinimas"]})
                for each in cast(Sequence[Mapping[str, str]], entry.get("kompetencijos") or ())
            ),
            organiser=_text(entry, "teikejas"),
            hosts=tuple(Host(name=name) for name in _strings(entry, "partneriai")),
            place=_place(entry),
            online=remote,
            online_url=url if remote else None,
            schedule=timetable.read(
                cast(Sequence[timetable.Slot], entry.get("tvarkarastis") or ()),
                _text(entry, "pradzia"),
                _text(entry, "pabaiga"),
                cast(Sequence[timetable.Slot], entry.get("atostogos") or ()),
                self._city.timezone,
            ),
            ages=Ages(min=_number(entry, "amzius_nuo"), max=_number(entry, "amzius_iki")),
            price=self._price(entry),
            languages=tuple(_strings(entry, "kalbos")) or ("lt",),
            accessibility=_meanings(words.ACCESS, entry, "pritaikymas"),
            signals=_meanings(words.SIGNALS, entry, "kviecia"),
            capacity=_number(entry, "vietos"),
            registration=self._registration(entry),
            safeguarding=_contact(entry),
            url=url,
            reach=Reach.NETWORK if entry.get("tinklui") is True else Reach.LOCAL,
            cancelled=entry.get("busena") == "atšaukta",
        )

    def _price(self, entry: Entry) -> Price:
        text = _text(entry, "kaina_men")
        if text is None:
            return Price(currency=self._city.currency)
        return self._voucher.price(
            Decimal(text.replace(",", ".")),
            currency=self._city.currency,
            accepted=entry.get("nvs_krepselis") is True,
        )

    def _registration(self, entry: Entry) -> Registration:
        url, until = _text(entry, "registracija"), _text(entry, "registracija_iki")
        deadline = None
        if until is not None:
            last_moment = datetime.combine(date.fromisoformat(until), time(23, 59))
            deadline = last_moment.replace(tzinfo=ZoneInfo(self._city.timezone)).astimezone(UTC)
        if url is not None:
            return Registration(mode=RegistrationMode.EXTERNAL, url=url, deadline=deadline)
        free_entry = "be registracijos" in _strings(entry, "kviecia")
        return Registration(mode=RegistrationMode.DROP_IN if free_entry else RegistrationMode.NONE)


def _entries(loaded: Loaded) -> list[object]:
    try:
        entries = json.loads(loaded.body)["_data"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FetchError(f"{loaded.address} is not the JSON of a register: it has no list `_data`.") from error
    if not isinstance(entries, list):
        raise FetchError(f"{loaded.address} is not the JSON of a register: `_data` is not a list.")
    return entries


def _text(entry: Entry, key: str) -> str | None:
    value = entry.get(key)
    return str(value).strip() or None if value is not None else None


def _number(entry: Entry, key: str) -> int | None:
    value = entry.get(key)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError(f"{key} is not a whole number")


def _texts(entry: Entry, key: str) -> dict[str, str]:
    """Read `key` as Lithuanian, `key@en` and `key@sl` as its translations."""
    found = {tag: _text(entry, key if tag == "lt" else f"{key}@{tag}") for tag in ("lt", "en", "sl")}
    return {tag: text for tag, text in found.items() if text is not None}


def _strings(entry: Entry, key: str) -> list[str]:
    return [str(each) for each in cast(Sequence[object], entry.get(key) or ())]


def _meaning(known: Mapping[str, _Word], text: str, key: str) -> _Word:
    if text.strip().lower() not in known:
        raise ValueError(f'{key} "{text}" is not one of: {", ".join(known)}')
    return known[text.strip().lower()]


def _meanings(known: Mapping[str, _Word], entry: Entry, key: str) -> tuple[_Word, ...]:
    return tuple(dict.fromkeys(_meaning(known, text, key) for text in _strings(entry, key)))


def _place(entry: Entry) -> Place | None:
    name, address = _text(entry, "vieta"), _text(entry, "adresas")
    district = words.district(_text(entry, "seniunija"))
    if name is None and address is None and district is None:
        return None
    lat, lon = entry.get("platuma"), entry.get("ilguma")
    located = isinstance(lat, float) and isinstance(lon, float)
    return Place(
        name=name,
        address=address,
        district=district,
        lat_deg=cast(float, lat) if located else None,
        lon_deg=cast(float, lon) if located else None,
    )


def _contact(entry: Entry) -> Contact | None:
    who, email = _text(entry, "saugumas_kas"), _text(entry, "saugumas_el_pastas")
    return Contact(name=who, email=email) if who is not None or email is not None else None
