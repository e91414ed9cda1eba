"""What came of checking a badge, made ready for people: the answer first, then what the badge says, then each check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markupsafe import Markup

from col_core.badges.credentials.reasons import Reason
from col_core.badges.credentials.records import Aspect, Check, MicroCredential, Outcome, Told, Verdict, Verification
from col_core.badges.reason_words import (
    READING,
    as_of,
    aspect_word,
    check_sentence,
    outcome_word,
    recognition,
    sentence,
    verdict_word,
)
from col_core.base.formats import Zone, local
from col_core.base.html import clean_html, visible
from col_core.base.i18n import Translator
from col_core.base.messages import NP_

# Each answer has a shape of its own, so that nobody needs its colour.
_ICONS: Mapping[str, str] = {
    "valid": "badge-check",
    "invalid": "octagon-x",
    "revoked": "ban",
    "suspended": "circle-pause",
    "expired": "hourglass",
    "unknown": "circle-question-mark",
    "nothing": "badge-question-mark",
}
# Nobody needs to read about what was not asked.
_UNASKED = frozenset({Reason.NOT_CHECKED, Reason.RECIPIENT_NOT_ASKED, Reason.NETWORK_NOT_ASKED})
_OUTCOME_ICONS = {
    Outcome.PASSED: "circle-check",
    Outcome.FAILED: "circle-x",
    Outcome.UNKNOWN: "circle-question-mark",
    Outcome.ABSENT: "circle-minus",
}
_LONGEST_MARKDOWN = 8_000
_SHOWN_EVIDENCE = 20
_MICRO: Mapping[str, tuple[str, str]] = {
    # translators: what a micro-credential says, in front of its value
    "country": NP_("micro-credential", "Country"),
    "workload_h": NP_("micro-credential", "Workload in hours"),
    "ects": NP_("micro-credential", "Credit points (ECTS)"),
    "eqf_level": NP_("micro-credential", "European level (EQF)"),
    "assessment": NP_("micro-credential", "How it was assessed"),
    "participation": NP_("micro-credential", "How one took part"),
    "quality_assurance": NP_("micro-credential", "How quality is assured"),
    "prerequisites": NP_("micro-credential", "What one needed before"),
    "supervision": NP_("micro-credential", "Supervision and identity"),
    "grade": NP_("micro-credential", "Grade"),
    "stackability": NP_("micro-credential", "What it counts towards"),
    "further_information": NP_("micro-credential", "More"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckLine:
    """One check in words. `missing` names what a program would look for, as the standard calls it."""

    icon: str
    outcome: str
    title: str
    word: str
    sentence: str
    missing: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Skill:
    """Where a badge leads to. `url` is None where it is no web address."""

    name: str
    framework: str
    url: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """Evidence as it is shown."""

    name: str
    narrative: str
    url: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """`kind` is the verdict, `suspended` or `nothing`. `lang` is the language of the badge's own words, or "".

    `recognition` is what the network of cities says of the issuer, in short pieces; `as_of` how old what is known is,
    "" where it is of now.

    `is_confirmed` says that what the badge says was really said by its issuer, whatever holds of it by now.
    """

    kind: str
    icon: str
    word: str
    sentence: str
    is_confirmed: bool
    told: Told | None
    picture: str | None
    lang: str
    name_here: str
    abilities: Sequence[str]
    abilities_lang: str
    issued: str
    valid_until: str
    issuer_place: str
    issuer_url: str | None
    criteria: Markup
    criteria_url: str | None
    skills: Sequence[Skill]
    evidence: Sequence[Proof]
    micro: Sequence[tuple[str, str]]
    checks: Sequence[CheckLine]
    recognition: Sequence[str]
    as_of: str


def show(verification: Verification, words: Translator, *, zone: Zone, picture: str | None) -> Shown:
    """Return `verification` in the language of `words`, its days as in `zone`."""
    told = seen(verification.told)
    kind = _kind(verification)
    abilities_lang = "" if told is None else _best(told.abilities, words.tag, told.language)
    return Shown(
        kind=kind,
        icon=_ICONS[kind],
        word=verdict_word(verification.verdict, verification.reason, words),
        sentence=sentence(verification.reason, words),
        is_confirmed=verification.verdict == Verdict.VALID or _is_authentic(verification.checks),
        told=told,
        picture=picture,
        lang=(told.language or "") if told else "",
        name_here=_name_here(told, words.tag),
        abilities=told.abilities.get(abilities_lang, ()) if told else (),
        abilities_lang=abilities_lang,
        issued=_day(told.issued, words, zone) if told else "",
        valid_until=_day(told.valid_until, words, zone) if told else "",
        issuer_place=place_of(told.issuer_id) if told else "",
        issuer_url=web_address(told.issuer_url) or web_address(told.issuer_id) if told else None,
        criteria=markdown(told.criteria) if told else Markup(""),
        criteria_url=web_address(told.criteria_url) if told else None,
        skills=_skills(told),
        evidence=_evidence(told),
        micro=_micro(told.micro_credential if told else None, words),
        checks=[
            _line(aspect, check, words, zone)
            for aspect, check in verification.checks.items()
            if told is not None and check.reason not in _UNASKED
        ],
        recognition=recognition(verification.checks[Aspect.NETWORK], words, zone=zone),
        as_of=as_of(verification.as_of, words, zone=zone, in_doubt=verification.in_doubt),
    )


def seen(told: Told | None) -> Told | None:
    """Return what a badge tells without characters that no reader sees, or that turn the direction of what follows."""
    if told is None:
        return None
    return replace(
        told,
        name=visible(told.name),
        description=visible(told.description),
        criteria=visible(told.criteria),
        issuer_id=visible(told.issuer_id),
        issuer_name=visible(told.issuer_name),
        narrative=visible(told.narrative) if told.narrative is not None else None,
    )


def place_of(issuer_id: str) -> str:
    """Return where an issuer is at home on the web, "" where it is a key or nothing that people know.

    Letters beyond ASCII are written as DNS has them, so that no name looks like another.
    """
    method, _, rest = issuer_id.removeprefix("did:").partition(":")
    if issuer_id.startswith("did:"):
        return unquote(rest.partition(":")[0]).partition("#")[0] if method == "web" else ""
    host = (urlsplit(issuer_id).hostname or "") if web_address(issuer_id) else ""
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return ""


def web_address(text: str | None) -> str | None:
    """Return `text` if a link may lead there."""
    try:
        parts = urlsplit(text or "")
        return text if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def markdown(text: str) -> Markup:
    """Return the words of a stranger as safe HTML: no pictures, no scripts, small headings."""
    if not text.strip():
        return Markup("")
    reader = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable("image")
    return Markup(clean_html(reader.render(text[:_LONGEST_MARKDOWN])))  # noqa: S704 (clean)


def _kind(verification: Verification) -> str:
    if verification.reason in READING:
        return "nothing"
    return "suspended" if verification.reason == Reason.SUSPENDED else verification.verdict.value


def _is_authentic(checks: Mapping[Aspect, Check]) -> bool:
    return all(checks[each].outcome == Outcome.PASSED for each in (Aspect.PROOF, Aspect.ISSUER, Aspect.SCHEMA))


def _name_here(told: Told | None, language: str) -> str:
    """Return the name in the visitor's language, where it is another than the badge's own."""
    if told is None or told.language is None or told.language == language:
        return ""
    name = told.names.get(language, "")
    return "" if name == told.name else name


def _best(texts: Mapping[str, Sequence[str]], wanted: str, original: str | None) -> str:
    return next((tag for tag in (wanted, original, *texts) if tag and texts.get(tag)), "")


def _day(instant: datetime | None, words: Translator, zone: Zone) -> str:
    try:
        return words.date(local(instant, zone).date()) if instant is not None else ""
    except OverflowError:
        return ""


def _skills(told: Told | None) -> Sequence[Skill]:
    return [
        Skill(name=each.name, framework=each.framework, url=web_address(each.target))
        for each in (told.alignments if told else ())
    ]


def _evidence(told: Told | None) -> Sequence[Proof]:
    return [
        Proof(
            name=each.name or each.narrative or each.url or "",
            narrative=each.narrative or "",
            url=web_address(each.url),
        )
        for each in (told.evidence if told else ())[:_SHOWN_EVIDENCE]
    ]


def _micro(micro: MicroCredential | None, words: Translator) -> Sequence[tuple[str, str]]:
    if micro is None:
        return ()
    values = [(label, getattr(micro, field)) for field, label in _MICRO.items()]
    said = [(label, words.number(value) if isinstance(value, int | float) else value or "") for label, value in values]
    country = words.country_name(micro.country) if micro.country else ""
    return [
        (words.pgettext(*label), country if label == _MICRO["country"] else value) for label, value in said if value
    ]


def _line(aspect: Aspect, check: Check, words: Translator, zone: Zone) -> CheckLine:
    return CheckLine(
        icon=_OUTCOME_ICONS[check.outcome],
        outcome=check.outcome.value,
        title=aspect_word(aspect, words),
        word=outcome_word(check, words),
        sentence=check_sentence(check, words, zone=zone),
        missing=check.details.get("missing", "")[:300],
    )
