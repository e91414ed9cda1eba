"""The file of researched activities, row by row."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from col_core.plugin import (
    Category,
    City,
    Draft,
    Fetched,
    FetchError,
    Host,
    OpportunityType,
    Place,
    RawItem,
    Rejected,
    Skill,
    SourceConfig,
)
from col_plugin_researched import facts

Row = Mapping[str, object]

# Part of an activity's own text, hence in the language of that activity and not of the reader.
_WORDS = {
    "sl": {
        "when": "Kdaj: {}.",
        "since": "Začetek po navedbi strani: {}.",
        "who": "Za koga: {}.",
        "undated": "Stran, s katere je podatek, ne navaja datuma. Preveri pri organizatorju.",
        "origin": "Povzeto z javne strani organizatorja ali partnerja; podatki so se lahko spremenili.",
    },
    "lt": {
        "when": "Kada: {}.",
        "since": "Pradžia, kaip nurodyta puslapyje: {}.",
        "who": "Kam: {}.",
        "undated": "Puslapyje, iš kurio paimta, data nenurodyta. Pasitikslink pas organizatorių.",
        "origin": "Perpasakota pagal viešą organizatoriaus ar partnerio puslapį; duomenys galėjo keistis.",
    },
    "en": {
        "when": "When: {}.",
        "since": "Started, as the page says: {}.",
        "who": "For: {}.",
        "undated": "The page this comes from states no date. Ask the organiser.",
        "origin": "Retold from a public page of the organiser or a partner; details may have changed.",
    },
}


class ResearchedSource:
    """Activities as people wrote them down from public pages: real, and never with an invented date."""

    def __init__(self, city: City, config: SourceConfig) -> None:
        self.id = config.id
        self._city = city
        self._url = config.url

    def fetch(self, *, since: datetime | None, cursor: str | None) -> Fetched:  # noqa: ARG002 (protocol)
        """Load the whole file; it is small and always complete."""
        if self._url is None:
            raise FetchError(f'Source "{self.id}" needs a url: the file with the activities.')
        loaded = self._city.load(self._url, cursor)
        if loaded.unchanged:
            return Fetched(unchanged=True, cursor=loaded.cursor)
        try:
            items = {
                str(row["id"]): RawItem(
                    external_id=str(row["id"]),
                    body=json.dumps(row, ensure_ascii=False, sort_keys=True).encode("utf-8", errors="replace"),
                    media_type="application/json",
                    address=f"{loaded.address}#{row['id']}",
                )
                for row in json.loads(loaded.body)["activities"]
            }
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise FetchError(f"{loaded.address} is not a JSON file with `activities`, each with an id.") from error
        return Fetched(items=tuple(items.values()), cursor=loaded.cursor)

    def normalise(self, raw: RawItem) -> Draft | Rejected:
        """Turn one row into a draft. Its address becomes the offer's page; its date is kept, or unknown."""
        try:
            return self._draft(cast(Row, json.loads(raw.body)))
        except KeyError as error:
            return Rejected(external_id=raw.external_id, reason=f"{error} is missing", where=raw.address)
        except (TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
            return Rejected(external_id=raw.external_id, reason=f"it cannot be read: {error}", where=raw.address)

    def _draft(self, row: Row) -> Draft:
        language = str(row["language"])
        type_ = OpportunityType(str(row["type"]))
        start, end, when = (_text(row, key) for key in ("start", "end", "when"))
        lasting = facts.is_lasting(type_, start, end)
        schedule = None if lasting else facts.schedule(start, end, when, self._city.timezone)
        names = [name.strip() for name in (_text(row, "organiser") or "").split(";") if name.strip()]
        words = _WORDS[language]
        lines = [words["since"].format(start)] if lasting else []
        lines += [words["when"].format(when.rstrip("."))] if when else []
        lines += [words["who"].format(who.rstrip("."))] if (who := _text(row, "ages")) else []
        lines += [words["undated"]] if schedule is None and not lasting else []
        summary = str(row["summary"])
        return Draft(
            title={language: str(row["title"])},
            summary={language: summary},
            description={language: "\n\n".join([summary, *lines, words["origin"]])},
            type=type_,
            categories=tuple(Category(each) for each in _strings(row, "categories")),
            skills=tuple(
                Skill(uri=each["uri"], label={language: each["label"]})
                for each in cast(Sequence[Mapping[str, str]], row["skills"])
            ),
            organiser=names[0] if names else None,
            hosts=tuple(Host(name=name) for name in names[1:]),
            place=_place(row),
            online=type_ is OpportunityType.DIGITAL,
            schedule=schedule,
            ages=facts.ages(_text(row, "ages")),
            price=facts.price(_text(row, "price"), language),
            languages=tuple(_strings(row, "languages")),
            url=_text(row, "url"),
        )


def _place(row: Row) -> Place | None:
    name, address = _text(row, "venue"), _text(row, "address")
    if name is None and address is None:
        return None
    lat, lon = row["lat"], row["lon"]
    located = isinstance(lat, float) and isinstance(lon, float)
    return Place(
        name=name,
        address=address,
        lat_deg=cast(float, lat) if located else None,
        lon_deg=cast(float, lon) if located else None,
    )


def _text(row: Row, key: str) -> str | None:
    value = row[key]
    return None if value is None else str(value)


def _strings(row: Row, key: str) -> list[str]:
    return [str(each) for each in cast(Sequence[object], row[key] or ())]
