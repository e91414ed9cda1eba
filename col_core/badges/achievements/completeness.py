"""What an achievement must say before anybody can earn it.

Source: Council Recommendation of 16 June 2022 on micro-credentials, 2022/C 243/02, Annex I, mandatory elements.
Learner, awarding body and date are the award's own; country, workload and the rest are the achievement's.
"""

from collections.abc import Iterator, Mapping, Sequence

from col_core.badges.achievements.records import MICRO_CREDENTIAL, Draft, Lack, MicroCredentialTerms

# Element of Annex I → the key that says it, what it is, what stands there.
_TEXTS = (
    ("assessment", "the type of assessment", "how it is judged what one learned, such as a project shown to a panel"),
    ("participation", "the form of participation", "on site, online or both"),
    ("quality_assurance", "the type of quality assurance", "who looks after the quality, and how"),
)


def lacks(draft: Draft) -> list[Lack]:
    """Return everything that `draft` still lacks, in the order in which it is read; nothing where it is complete."""
    return [*_common(draft), *_micro_credential(draft)]


def _common(draft: Draft) -> Iterator[Lack]:
    for key, texts in (("name", draft.name), ("description", draft.description), ("criteria", draft.criteria)):
        if not texts:
            yield Lack(path=(key,), what=f"the {key}", expected="a text in at least one language")
    if draft.picture.own_key is not None and not draft.image_alt:
        yield Lack(
            path=("image_alt",),
            what="what the picture shows, in words",
            expected="a sentence for those who do not see the picture",
        )


def _micro_credential(draft: Draft) -> Iterator[Lack]:
    terms = draft.micro_credential
    if terms is None:
        if draft.kind == MICRO_CREDENTIAL:
            yield Lack(
                path=("micro_credential",),
                what="what a micro-credential says",
                expected='the table [micro_credential], or another kind than "MicroCredential"',
            )
        return
    if draft.kind != MICRO_CREDENTIAL:
        yield Lack(
            path=("kind",), what="the kind", expected='"MicroCredential", since there is a table [micro_credential]'
        )
    yield from _figures(terms)
    # A reader of one edition must find every element in it.
    for tag in draft.name:
        for key, texts in (("description", draft.description), ("criteria", draft.criteria)):
            if tag not in texts:
                yield _in_language((key,), tag, f"the {key}", "a text, as the name has one")
        if not draft.abilities.get(tag):
            yield _in_language(("abilities",), tag, "the learning outcomes", 'sentences "I can …" in a list')
        for key, what, expected in _TEXTS:
            stated: Mapping[str, str] = getattr(terms, key)
            if tag not in stated:
                yield _in_language(("micro_credential", key), tag, what, expected)


def _figures(terms: MicroCredentialTerms) -> Iterator[Lack]:
    if not terms.workload_h > 0:
        yield Lack(
            path=("micro_credential", "workload_h"),
            what="the notional workload",
            expected="how many hours it takes to learn this, such as 25",
        )
    if not terms.country:
        yield Lack(
            path=("micro_credential", "country"), what="the country of the issuer", expected='its code, such as "SI"'
        )


def _in_language(path: Sequence[str], tag: str, what: str, expected: str) -> Lack:
    return Lack(path=(*path, tag), what=f"{what} in {tag!r}", expected=expected)
