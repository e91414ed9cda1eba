"""What a badge tells people, from whatever format and however oddly it is written. Nothing is checked here.

Sources: Open Badges 3.0 (appendix B), Open Badges 2.0 (section 5).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from col_core.badges.credentials.building import EQF_LEVEL, has_our_terms
from col_core.badges.credentials.records import Alignment, Document, Evidence, MicroCredential, Told
from col_core.badges.credentials.shapes import day, first_object, id_of, listed, objects, text, words

_MAX_NAMES = 8
_EQF_LEVELS = frozenset("12345678")
_DURATION = re.compile(r"PT(?:(\d{1,6}(?:\.\d{1,4})?)H)?(?:(\d{1,6}(?:\.\d{1,4})?)M)?", re.ASCII)


def told(document: Document, *, format: str) -> Told:
    """Return what an Open Badge 3.0 tells, or one in the older shape of VC 1.1."""
    subject = first_object(document.get("credentialSubject"))
    achievements = objects(subject.get("achievement"))
    first = first_object(achievements)
    language = _language(first.get("inLanguage")) or _language(document.get("inLanguage"))
    issuer = first_object(document.get("issuer"))
    ours = first if has_our_terms(document) else {}
    name = _joined(achievements, "name", language) or text(document.get("name"), language)
    return Told(
        id=id_of(document),
        format=format,
        name=name,
        description=_joined(achievements, "description", language) or text(document.get("description"), language),
        criteria="\n\n".join(
            each for one in achievements if (each := text(first_object(one.get("criteria")).get("narrative"), language))
        ),
        criteria_url=id_of(first.get("criteria")),
        issuer_id=id_of(document.get("issuer")) or "",
        issuer_name=text(issuer.get("name"), language),
        issuer_url=text(issuer.get("url")) or None,
        issued=day(document.get("validFrom") or document.get("issuanceDate")),
        valid_until=day(document.get("validUntil") or document.get("expirationDate")),
        language=language,
        kind=text(first.get("achievementType")) or None,
        image=id_of(first.get("image")) or id_of(document.get("image")),
        achievement_id=id_of(first),
        recipient_id=id_of(subject),
        narrative=text(subject.get("narrative"), language) or None,
        alignments=[each for one in achievements for each in alignments(one.get("alignment"), language)],
        evidence=evidence(document.get("evidence"), language),
        names={tag: each for tag, each in words(ours.get("names")).items() if _language(tag)},
        abilities=_abilities(ours.get("abilities")),
        micro_credential=_micro_credential(ours),
    )


def alignments(value: Any, language: str | None) -> Sequence[Alignment]:
    """Return where an achievement leads to; the older standard has other names for the same."""
    found = []
    for each in objects(value):
        target = text(each.get("targetUrl")) or text(each.get("url")) or id_of(each) or ""
        name = text(each.get("targetName"), language) or text(each.get("name"), language) or target
        if name:
            framework = text(each.get("targetFramework"), language) or text(each.get("framework"), language)
            code = text(each.get("targetCode")) or None
            found.append(Alignment(target=target, name=name, framework=framework, code=code))
    return found


def evidence(value: Any, language: str | None) -> Sequence[Evidence]:
    """Return what shows the achievement."""
    found = []
    for each in listed(value):
        said = each if isinstance(each, Mapping) else {"id": each}
        url = id_of(said)
        narrative = text(said.get("narrative"), language) or text(said.get("description"), language)
        name = text(said.get("name"), language)
        if url or narrative or name:
            found.append(Evidence(name=name, narrative=narrative or None, url=url))
    return found


def _joined(achievements: Sequence[Document], key: str, language: str | None) -> str:
    texts = [found for each in achievements[:_MAX_NAMES] if (found := text(each.get(key), language))]
    return (", " if key == "name" else "\n\n").join(texts)


def _language(value: Any) -> str | None:
    tag = text(value)
    return tag if tag and len(tag) <= 35 and tag.replace("-", "").isalnum() and tag.isascii() else None


def _abilities(value: Any) -> Mapping[str, Sequence[str]]:
    found: dict[str, Sequence[str]] = {}
    for tag, said in list(value.items())[:50] if isinstance(value, Mapping) else ():
        texts = [each for each in listed(said) if isinstance(each, str) and each.strip()]
        if _language(tag) and texts:
            found[tag] = texts
    return found


def _micro_credential(achievement: Document) -> MicroCredential | None:
    said = first_object(achievement.get("microCredential"))
    if not said:
        return None
    ects = achievement.get("creditsAvailable")
    level = text(said.get("eqfLevel")).removeprefix(EQF_LEVEL)
    return MicroCredential(
        country=text(said.get("country")),
        workload_h=_hours(text(said.get("workload"))),
        ects=float(ects) if isinstance(ects, int | float) and not isinstance(ects, bool) else None,
        eqf_level=int(level) if level in _EQF_LEVELS else None,
        assessment=text(said.get("assessment")),
        participation=text(said.get("participation")),
        quality_assurance=text(said.get("qualityAssurance")),
        prerequisites=text(said.get("prerequisites")) or None,
        supervision=text(said.get("supervision")) or None,
        grade=text(said.get("grade")) or None,
        stackability=text(said.get("stackability")) or None,
        further_information=text(said.get("furtherInformation")) or None,
    )


def _hours(duration: str) -> float:
    """Return the hours of a duration (ISO 8601, "PT25H30M"), 0 where it says none."""
    found = _DURATION.fullmatch(duration)
    return round(float(found[1] or 0) + float(found[2] or 0) / 60, 2) if found else 0
