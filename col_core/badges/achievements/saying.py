"""What a badge says of an achievement, in one language."""

from collections.abc import Mapping

from col_core.badges.achievements.labels import COMPETENCES
from col_core.badges.achievements.records import Achievement, KeyCompetence, MicroCredentialTerms
from col_core.badges.credentials.records import Achieved, Alignment, Issuer, MicroCredential, Words
from col_core.base.i18n import Translator, pick

ESCO = "ESCO"
KEY_COMPETENCES = "Key competences for lifelong learning (2018/C 189/01)"
# The recommendation itself: its competences have no addresses of their own.
KEY_COMPETENCES_URL = "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:32018H0604(01)"
_ESCO_PREFIX = "http://data.europa.eu/esco/"


def address(base_url: str, id_: str) -> str:
    """Return the address of an achievement, which badges hold as its id."""
    return f"{base_url}/achievements/{id_}"


def picture_address(base_url: str, id_: str, version: int, suffix: str = "png") -> str:
    """Return the address of the picture that a version has for ever."""
    return f"{address(base_url, id_)}/image.{suffix}?version={version}"


def achieved(
    achievement: Achievement,
    *,
    language: str,
    base_url: str,
    issuer: Issuer,
    words: Translator,
    fall_back: tuple[str, ...] = ("en",),
) -> Achieved:
    """Return `achievement` as a badge in `language` says it; `words` are those of that language.

    Each text falls back by itself to the first of `fall_back` that it is written in, then to any.
    """
    content = achievement.content
    order = (language, *fall_back)
    return Achieved(
        id=address(base_url, achievement.id),
        language=language,
        name=_text(content.name, order),
        description=_text(content.description, order),
        criteria=_text(content.criteria, order),
        criteria_url=f"{base_url}/{language}/badges/{achievement.id}",
        kind=content.kind,
        version=str(achievement.version),
        image=picture_address(base_url, achievement.id, achievement.version),
        image_alt=_text(content.image_alt, order) or None,
        creator=issuer,
        alignments=(
            *(
                Alignment(target=each.uri, name=_text(each.label, order), framework=_framework(each.uri))
                for each in content.skills
                if each.uri is not None
            ),
            *(_competence(each, words) for each in content.competences),
        ),
        tags=content.tags,
        names=content.name,
        abilities=content.abilities,
        related={tag: f"{address(base_url, achievement.id)}?language={tag}" for tag in content.name if tag != language},
        micro_credential=_micro_credential(content.micro_credential, order),
    )


def _text(texts: Words, order: tuple[str, ...]) -> str:
    found = pick(texts, order)
    return found.text if found is not None else ""


def _framework(uri: str) -> str:
    return ESCO if uri.startswith(_ESCO_PREFIX) else uri.split("/")[2]


def _competence(competence: KeyCompetence, words: Translator) -> Alignment:
    return Alignment(
        target=KEY_COMPETENCES_URL,
        name=words.pgettext(*COMPETENCES[competence]),
        framework=KEY_COMPETENCES,
        code=competence.value,
    )


def _micro_credential(terms: MicroCredentialTerms | None, order: tuple[str, ...]) -> MicroCredential | None:
    if terms is None:
        return None
    stated: Mapping[str, str | None] = {
        key: _text(getattr(terms, key), order) or None
        for key in ("prerequisites", "supervision", "grade", "stackability", "further_information")
    }
    return MicroCredential(
        country=terms.country,
        workload_h=terms.workload_h,
        ects=terms.ects,
        eqf_level=terms.eqf_level,
        assessment=_text(terms.assessment, order),
        participation=_text(terms.participation, order),
        quality_assurance=_text(terms.quality_assurance, order),
        **stated,
    )
