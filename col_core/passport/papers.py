"""Badges on paper, several at once, with words for a CV."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from col_core.badges.achievements import reading
from col_core.badges.achievements.records import Achievement
from col_core.badges.awards import papers
from col_core.base.formats import local
from col_core.base.i18n import Translator
from col_core.passport import words as passport_words
from col_core.passport.records import Held
from col_core.web.house import House

Draw = Callable[[Achievement], str]
_LONGEST_NAME = 50


class Papers:
    """Makes the papers of one city's holders. `drawn` gives the picture of an achievement as SVG."""

    def __init__(self, house: House, *, drawn: Draw) -> None:
        self._house, self._drawn = house, drawn

    def portfolio(self, held: Sequence[Held], *, language: str) -> bytes:
        """Return `held` as PDF, each with what it says in words for a CV in `language`."""
        words, config = self._house.i18n.translator(language), self._house.config
        data = {
            "language": language.partition("-")[0],
            "title": words.gettext("My badges"),
            "badges": [self._printed(each, words) for each in held if each.told is not None],
            "footer": words.gettext("City of Learning, %(city)s", city=config.city_name(language)),
            "words": {
                "abilities": words.gettext("What I can do now"),
                "criteria": words.gettext("What it takes to earn it"),
                "check": words.gettext("The signed file that comes with this paper can be checked by anyone."),
            },
        }
        return papers.printed("portfolio", data)

    def drawing(self, held: Held) -> str | None:
        """Return the picture of a badge of this city as SVG; None for one from elsewhere."""
        achievement = self._achievement(held)
        return self._drawn(achievement) if achievement is not None else None

    def facts(self, held: Held, words: Translator) -> str:
        """Return who gave a badge, and when."""
        told = held.told
        if told is None:
            return ""
        zone = self._house.config.timezone
        day = words.date(local(told.issued, zone).date()) if told.issued is not None else ""
        return ", ".join(each for each in (told.issuer_name, day) if each)

    def _printed(self, held: Held, words: Translator) -> dict[str, object]:
        achievement = self._achievement(held)
        said = passport_words.cv_words(held, achievement, words, zone=self._house.config.timezone)
        public = held.award is not None and held.award.public
        return {
            "name": said.name,
            "facts": said.facts,
            "abilities": list(said.abilities),
            "criteria": said.criteria,
            "picture": self._drawn(achievement) if achievement is not None else None,
            "address": f"{self._house.config.base_url}/credentials/{held.award.id}" if public and held.award else None,
        }

    def _achievement(self, held: Held) -> Achievement | None:
        if held.award is None:
            return None
        with self._house.database.read() as session:
            return reading.version(session, held.award.achievement_id, held.award.achievement_version)


def file_name(held: Held) -> str:
    """Return a name for the files of a badge: letters that every system takes."""
    name = held.told.name if held.told is not None else ""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_NAME].strip("-") or "badge"
