"""The elements of a micro-credential as a page shows them, in the order of Annex I (2022/C 243/02)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from col_core.badges.achievements.records import MicroCredentialTerms
from col_core.badges.credentials.records import Words
from col_core.base.i18n import Translator, pick
from col_core.base.messages import NP_

_TEXTS: Mapping[str, tuple[str, str]] = {
    "assessment": NP_("micro-credential", "How it is assessed"),
    "participation": NP_("micro-credential", "How one takes part"),
    "quality_assurance": NP_("micro-credential", "Quality assurance"),
    "prerequisites": NP_("micro-credential", "What one needs before"),
    "supervision": NP_("micro-credential", "Supervision and identity check"),
    "grade": NP_("micro-credential", "Grade"),
    "stackability": NP_("micro-credential", "What it counts towards"),
    "further_information": NP_("micro-credential", "Further information"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """A line of the table. `lang` is the language of `value`, "" where that is the page's."""

    name: str
    value: str
    lang: str = ""


def elements(terms: MicroCredentialTerms, words: Translator, order: Sequence[str]) -> Iterator[Element]:
    """Give what a micro-credential states; of the optional elements, those that it states."""
    none = words.pgettext("micro-credential", "does not apply")
    yield Element(name=words.pgettext("micro-credential", "Country"), value=words.country_name(terms.country))
    yield Element(name=words.pgettext("micro-credential", "Workload"), value=words.hours(terms.workload_h))
    yield Element(
        name=words.pgettext("micro-credential", "Credit points (ECTS)"),
        value=words.number(terms.ects) if terms.ects is not None else none,
    )
    yield Element(
        name=words.pgettext("micro-credential", "Level (European Qualifications Framework, 1 to 8)"),
        value=words.number(terms.eqf_level) if terms.eqf_level is not None else none,
    )
    for key, label in _TEXTS.items():
        texts: Words = getattr(terms, key)
        said = pick(texts, order)
        if said is not None:
            yield Element(name=words.pgettext(*label), value=said.text, lang=said.lang)
