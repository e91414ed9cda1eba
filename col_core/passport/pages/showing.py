"""Badges of a passport, made ready for people: as objects on a wall, and one with everything that it says."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from col_core.badges.achievements import saying
from col_core.badges.achievements.labels import COMPETENCES
from col_core.badges.achievements.records import Achievement, KeyCompetence
from col_core.badges.awards.records import Award
from col_core.badges.checking.service import Checking
from col_core.badges.checking.showing import markdown
from col_core.badges.credentials.records import Verdict
from col_core.badges.reason_words import SUSPENDED, VERDICTS, city_word, recognition
from col_core.base.formats import local
from col_core.base.i18n import LocalText, Translator, pick
from col_core.base.messages import NP_
from col_core.passport.records import Held, Standing
from col_core.web.site import Site

# Each has a shape of its own, so that nobody needs its colour; the same as on the page that checks badges.
_ICONS: Mapping[Standing, str] = {
    Standing.VALID: "badge-check",
    Standing.INVALID: "octagon-x",
    Standing.REVOKED: "ban",
    Standing.SUSPENDED: "circle-pause",
    Standing.EXPIRED: "hourglass",
    Standing.UNKNOWN: "circle-question-mark",
    Standing.GONE: "ban",
}
# translators: the issuer called a badge back, since it had gone to the wrong person
_RECALLED = NP_("verdict", "Recalled")
_MOST_SKILL_FILTERS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A badge as an object. `picture` is None where it has none; `initials` stand there then.

    `recognition` is what the network of cities says of the issuer of one from elsewhere, in short pieces.
    """

    id: str
    name: LocalText
    issuer: str
    day: str
    year: int
    picture: str | None
    initials: str
    standing: Standing
    standing_word: str
    standing_icon: str
    is_foreign: bool
    is_public: bool
    recognition: Sequence[str]
    issuer_city: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """A way to narrow the wall. `kind` is the parameter of the address."""

    kind: str
    value: str
    label: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """What a badge of this city stands for, in the reader's language where it is said in it."""

    name: LocalText
    description: LocalText | None
    criteria: Markup
    criteria_lang: str
    abilities: Sequence[str]
    abilities_lang: str
    competences: Sequence[str]
    skills: Sequence[str]
    picture: str
    picture_alt: str
    is_example: bool


def shown(site: Site, held: Held, *, picture: str | None = None, checking: Checking | None = None) -> Shown:
    """Return a badge as an object; `picture` is where that of an imported one stands.

    With `checking` it tells what the network says of its issuer now, if the badge was confirmed when it was checked.
    """
    told, words = held.told, site.translator
    standing = held.standing(site.house.clock.now())
    names = {**told.names, **({} if told.language in told.names else {told.language or "": told.name})} if told else {}
    name = site.pick(names) or LocalText(
        text=(told.name if told else "") or words.gettext("A badge without a name"), lang=site.language
    )
    when = (told.issued if told is not None else None) or held.added
    zone = site.house.config.timezone
    day = local(when, zone).date()
    network = None
    if checking is not None and told is not None and held.verdict is Verdict.VALID:
        network = checking.recognition(told.issuer_id)
    pieces = recognition(network, words, zone=zone) if network is not None else ()
    return Shown(
        id=held.id,
        name=LocalText(text=name.text, lang=name.lang or site.language),
        issuer=told.issuer_name if told is not None else "",
        day=words.date(day, "medium"),
        year=day.year,
        picture=_picture(held, picture),
        initials="".join(each[0] for each in name.text.split()[:2]).upper(),
        standing=standing,
        standing_word=standing_word(standing, words),
        standing_icon=_ICONS[standing],
        is_foreign=held.is_foreign,
        is_public=held.award is not None and held.award.public,
        recognition=pieces,
        issuer_city=city_word(network, words) if network is not None and pieces else "",
    )


def standing_word(standing: Standing, words: Translator) -> str:
    """Return how a badge stands, in a word or two."""
    if standing is Standing.GONE:
        return words.pgettext(*_RECALLED)
    if standing is Standing.SUSPENDED:
        return words.pgettext(*SUSPENDED)
    return words.pgettext(*VERDICTS[Verdict(standing.value)])


def meaning(site: Site, achievement: Achievement) -> Meaning:
    """Return what a badge stands for."""
    content, words = achievement.content, site.translator
    order = (site.language, site.house.config.default_language, "en")
    criteria = pick(content.criteria, order)
    abilities_lang = next((tag for tag in (*order, *content.abilities) if content.abilities.get(tag)), "")
    skills = [found.text for each in content.skills if (found := pick(each.label, order)) is not None]
    name = pick(content.name, order)
    alt = pick(content.image_alt, order)
    return Meaning(
        name=name or LocalText(text=achievement.id, lang=""),
        description=pick(content.description, order),
        criteria=markdown(criteria.text) if criteria is not None else Markup(""),
        criteria_lang=criteria.lang if criteria is not None else "",
        abilities=content.abilities.get(abilities_lang, ()),
        abilities_lang=abilities_lang,
        competences=[words.pgettext(*COMPETENCES[each]) for each in content.competences],
        skills=skills,
        picture=achievement_picture(achievement.id, achievement.version),
        picture_alt=alt.text if alt is not None else "",
        is_example=content.example,
    )


def achievement_picture(id_: str, version: int) -> str:
    """Return where the picture of a badge of this city stands."""
    return saying.picture_address("", id_, version, "svg")


def award_picture(award: Award) -> str:
    """Return where the picture of an award stands."""
    return achievement_picture(award.achievement_id, award.achievement_version)


def own_picture(held: Held) -> str:
    """Return where the holder's browser finds the picture of an imported badge."""
    return url_for("passport_files.picture", id_=held.id)


def filters(held: Sequence[Held], words: Translator) -> Sequence[Filter]:
    """Return by which key competences and skills a wall can be narrowed."""
    competences: Counter[str] = Counter()
    skills: Counter[str] = Counter()
    names: dict[str, str] = {}
    for each in held:
        for kind, value, name in _marks(each):
            (competences if kind == "competence" else skills)[value] += 1
            names.setdefault(value, name)
    found = [
        Filter(kind="competence", value=each.value, label=words.pgettext(*COMPETENCES[each]), count=competences[each])
        for each in KeyCompetence
        if competences[each]
    ]
    return [
        *found,
        *(
            Filter(kind="skill", value=value, label=names[value], count=count)
            for value, count in skills.most_common(_MOST_SKILL_FILTERS)
        ),
    ]


def narrowed(held: Sequence[Held], kind: str, value: str) -> list[Held]:
    """Return those of `held` that lead to a key competence or a skill."""
    return [each for each in held if any((mark, of) == (kind, value) for mark, of, _ in _marks(each))]


def _marks(held: Held) -> Sequence[tuple[str, str, str]]:
    """Return what a badge leads to: kind, value and name of each."""
    found: dict[tuple[str, str], str] = {}
    for each in held.told.alignments if held.told is not None else ():
        if each.framework == saying.KEY_COMPETENCES and each.code in set(KeyCompetence):
            found["competence", each.code or ""] = each.name
        elif each.target.startswith(("http://", "https://")):
            found["skill", each.target] = each.name
    return [(kind, value, name) for (kind, value), name in found.items()]


def _picture(held: Held, own: str | None) -> str | None:
    if held.award is not None:
        return award_picture(held.award)
    return own if held.has_picture else None
