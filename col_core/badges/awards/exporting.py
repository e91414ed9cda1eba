"""A badge as a file: JSON, JWT, baked into its picture, or on paper.

The signed bytes are taken as they are; a picture or a paper is made around them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from col_core.badges.achievements import reading
from col_core.badges.achievements.depicting import Depicting
from col_core.badges.achievements.drawing import png
from col_core.badges.achievements.elements import Element, elements
from col_core.badges.achievements.records import Achievement, MicroCredentialTerms
from col_core.badges.awards import background, papers, store
from col_core.badges.awards.making import address
from col_core.badges.awards.office import Office
from col_core.badges.awards.records import Award, Document
from col_core.badges.credentials import baking_png, baking_svg
from col_core.badges.hooks import BadgeIssuer
from col_core.badges.keyring.identities import CITY, Identity
from col_core.base.errors import NotFound
from col_core.base.i18n import Translator, text_in
from col_core.web.house import House

# The ending of a badge's address, and what is served there.
MEDIA_TYPES = {
    "json": "application/vc",
    "jwt": "application/vc+jwt",
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
}
_LIST_MARK = re.compile(r"^[-*] ", re.MULTILINE)
_SIGNED = {"json": "application/vc", "jwt": "application/vc+jwt"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """A file of a badge."""

    body: bytes
    media_type: str


class Exporting:
    """Makes files of the badges of one city."""

    def __init__(self, house: House, office: Office, *, depicting: Depicting) -> None:
        self._house, self._office, self._depicting = house, office, depicting

    @property
    def endings(self) -> Sequence[str]:
        """The endings of the files that this city makes of a badge."""
        issued = {each.media_type for each in self._office.making.formats.values()}
        return [each for each in MEDIA_TYPES if _SIGNED.get(each, _SIGNED["json"]) in issued]

    def exported(self, award: Award, suffix: str, *, format_: str | None = None) -> Exported:
        """Return the file of `award` with that ending, in the city's first format of that kind or the one named.

        Raises NotFound for a form that this city does not issue, Unavailable for one that is being made.
        """
        match suffix:
            case "json" | "jwt":
                body = self._signed(award, suffix, format_).body
            case "png":
                picture = png(self._drawn(award, self._achievement(award)))
                body = baking_png.bake(picture, self._signed(award, "json", format_).body.decode())
            case "svg":
                drawing = self._drawn(award, self._achievement(award)).encode()
                body = baking_svg.bake(drawing, self._signed(award, "json", format_).body.decode())
            case "pdf":
                body = self._paper(award)
            case _:
                raise NotFound("A badge has no such form.")
        return Exported(body=body, media_type=MEDIA_TYPES[suffix])

    def sheet(self, achievement_id: str, *, codes: Sequence[tuple[str, str]], language: str) -> bytes:
        """Return a sheet to cut (PDF) with `codes`: each as it is written, and the address that it opens."""
        words, config = self._house.i18n.translator(language), self._house.config
        with self._house.database.read() as session:
            achievement = reading.current(session, achievement_id)
            if achievement is None:
                raise NotFound(f"There is no badge {achievement_id!r}.")
            issuer = self._office.identities.of(session, achievement.content.organiser_id or CITY)
        name = text_in(achievement.content.name, language)
        data = {
            "title": name,
            "language": language.partition("-")[0],
            "badge": name,
            "issuer": issuer.issuer.name if issuer is not None else "",
            "how": words.gettext("Scan this and keep your badge, or type in the code:"),
            "where": f"{config.base_url.partition('://')[2]}/{language}/claim",
            "footer": words.gettext("City of Learning, %(city)s", city=config.city_name(language)),
            "codes": [{"written": written, "qr": papers.qr_svg(opens)} for written, opens in codes],
        }
        return papers.printed("sheet", data)

    def _signed(self, award: Award, suffix: str, format_: str | None) -> Document:
        back_end = self._back_end(suffix, format_)
        with self._house.database.read() as session:
            found = store.document(session, award.id, back_end.format)
        if found is not None:
            return found
        if background.is_in_background(back_end) and award.state.holds:
            # It may be from before the city had this service.
            with self._house.database.write() as session:
                background.ask_for(session, [award.id], back_end.format, clock=self._office.clock)
        with self._house.database.write() as session:
            return self._office.making.document(session, award, back_end.format)

    def _back_end(self, suffix: str, format_: str | None) -> BadgeIssuer:
        """Return what makes the named format, or the first of that kind, which does not depend on others if it can."""
        formats = [each for each in self._office.making.formats.values() if each.media_type == _SIGNED[suffix]]
        if format_ is not None:
            formats = [each for each in formats if each.format == format_]
        if not formats:
            raise NotFound("This city issues no badges in this form.")
        return min(formats, key=background.is_in_background)

    def _achievement(self, award: Award) -> Achievement:
        with self._house.database.read() as session:
            found = reading.version(session, award.achievement_id, award.achievement_version)
        assert found is not None
        return found

    def _drawn(self, award: Award, achievement: Achievement) -> str:
        with self._house.database.read() as session:
            issuer = self._office.identities.of(session, award.issuer)
        return self._depicting.svg(achievement, issuer=_organisation(issuer))

    def _paper(self, award: Award) -> bytes:
        achievement, language = self._achievement(award), award.language
        words, config = self._house.i18n.translator(language), self._house.config
        zone, content = ZoneInfo(config.timezone), achievement.content
        order = (language, config.default_language, *config.languages)
        with self._house.database.read() as session:
            issuer = self._office.identities.of(session, award.issuer)
        here = address(config.base_url, award.id)
        data = {
            "language": language.partition("-")[0],
            "name": text_in(content.name, language),
            "issuer": issuer.issuer.name if issuer is not None else "",
            "example": words.gettext("Example: this badge is a demonstration.") if content.example else None,
            "picture": self._depicting.svg(achievement, issuer=_organisation(issuer)),
            "description": text_in(content.description, language),
            "abilities": list(content.abilities.get(language) or next(iter(content.abilities.values()), ())),
            "narrative": award.narrative,
            # Markdown's marks of a list, as paper has them.
            "criteria": _LIST_MARK.sub("• ", text_in(content.criteria, language)),
            "skills": [text_in(each.label, language) for each in content.skills],
            "issued": words.date(award.valid_from.astimezone(zone)),
            "until": words.date(award.valid_until.astimezone(zone)) if award.valid_until else None,
            "micro": [(each.name, each.value) for each in _elements(content.micro_credential, words, order)],
            "qr": papers.qr_svg(here) if award.public else None,
            "id": here,
            "footer": words.gettext("City of Learning, %(city)s", city=config.city_name(language)),
            "words": {
                "badge": words.gettext("Badge"),
                "abilities": words.gettext("What I can do now"),
                "narrative": words.gettext("What was done"),
                "criteria": words.gettext("What it takes to earn it"),
                "skills": words.gettext("Skills"),
                "issued": words.gettext("Issued"),
                "until": words.gettext("Good until"),
                "micro": words.gettext("Micro-credential"),
                "check": words.gettext("The signed file that comes with this paper can be checked by anyone."),
            },
        }
        return papers.printed("certificate", data)


def _organisation(issuer: Identity | None) -> str | None:
    return issuer.organiser.name if issuer is not None and issuer.organiser is not None else None


def _elements(terms: MicroCredentialTerms | None, words: Translator, order: Sequence[str]) -> Iterator[Element]:
    return elements(terms, words, order) if terms is not None else iter(())
