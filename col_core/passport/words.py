"""What a badge says of somebody in plain words, for a CV: in each language in which it says something."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from col_core.badges.achievements.records import Achievement
from col_core.badges.checking.showing import markdown
from col_core.badges.credentials.records import Told
from col_core.base.formats import local
from col_core.base.html import plain_text
from col_core.base.i18n import Translator, text_in
from col_core.passport.records import Held

_LONGEST_CRITERIA = 600
_SENTENCE_ENDS = (".", "!", "?", "…", ":", ";")


@dataclass(frozen=True, kw_only=True, slots=True)
class CvWords:
    """The words of one badge in one language. `text` is all of it, to be copied at once."""

    language: str
    name: str
    facts: str
    abilities: Sequence[str]
    criteria: str
    text: str


def languages_of(told: Told, offered: Sequence[str]) -> Sequence[str]:
    """Return those of `offered` in which a badge says something; its own language, where it is none of them."""
    said = {*told.names, *told.abilities, *([told.language] if told.language else [])}
    found = [each for each in offered if each in said]
    return found or offered[:1]


def cv_words(held: Held, achievement: Achievement | None, words: Translator, *, zone: str) -> CvWords:
    """Return what to write of a badge in the language of `words`. `achievement` is what one of this city stands for."""
    told = held.told
    assert told is not None
    language = words.tag
    name = told.names.get(language) or told.name
    abilities = told.abilities.get(language, ())
    criteria = _criteria(told, achievement, language)
    day = words.date(local(told.issued, zone).date()) if told.issued is not None else ""
    facts = ", ".join(each for each in (told.issuer_name, day) if each)
    lines = [f"{name} ({facts})" if facts else name]
    if abilities:
        lines += [f"• {each}" for each in abilities]
    elif criteria:
        lines.append(criteria)
    return CvWords(
        language=language, name=name, facts=facts, abilities=abilities, criteria=criteria, text="\n".join(lines)
    )


def _criteria(told: Told, achievement: Achievement | None, language: str) -> str:
    said: Mapping[str, str] = achievement.content.criteria if achievement is not None else {}
    if language in said:
        found = text_in(said, language)
    elif told.language in (None, language):
        found = told.criteria
    else:
        return ""
    lines = plain_text(str(markdown(found))).splitlines()
    plain = " ".join(each if each.endswith(_SENTENCE_ENDS) else f"{each};" for each in lines).removesuffix(";")
    return plain if len(plain) <= _LONGEST_CRITERIA else f"{plain[:_LONGEST_CRITERIA].rsplit(' ', 1)[0]} …"
