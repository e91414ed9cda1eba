"""The word of a person over translations: what there is, changing it, checking it, taking it away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy.orm import Session

from col_core.base.clock import Clock
from col_core.base.errors import InvalidInput, NotFound
from col_core.base.html import visible
from col_core.base.settings import CityConfig
from col_core.catalogue import store as catalogue
from col_core.catalogue.admission import TIDY
from col_core.catalogue.records import Opportunity
from col_core.federation.translating import originals, showing, store
from col_core.federation.translating.records import Kept

_BATCH = 250


class State(StrEnum):
    """How a translation stands. `OUTDATED`: a person checked it, and the original has changed since; `WAITING`: the
    original has changed, and it is translated anew; `UNUSED`: its offer is not shown, or no longer lacks the language.
    """

    AUTOMATIC = "automatic"
    CHECKED = "checked"
    OUTDATED = "outdated"
    WAITING = "waiting"
    UNUSED = "unused"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A translation with the offer that it is of, and how it stands."""

    offer: Opportunity
    kept: Kept
    state: State


def listing(session: Session, *, language: str | None = None) -> Iterator[Listed]:
    """Yield every translation, by offer and language; `language` asks for one alone."""
    after = ("", "")
    while kept := store.listing(session, after=after, limit=_BATCH):
        offers = catalogue.get_many(session, [each.opportunity_id for each in kept])
        for each in kept:
            one = offers.get(each.opportunity_id)
            if one is not None and language in (None, each.language):
                yield Listed(offer=one, kept=each, state=state_of(one, each))
        after = (kept[-1].opportunity_id, kept[-1].language)


def state_of(one: Opportunity, kept: Kept) -> State:
    """Return how a translation of `one` stands."""
    if kept.removed is not None:
        return State.REMOVED
    if not one.status.is_public or not originals.lacking(one.content, kept.language):
        return State.UNUSED
    seen = showing.shown(one, kept)
    if seen is None:
        return State.WAITING
    if seen.is_outdated:
        return State.OUTDATED
    return State.CHECKED if seen.is_checked else State.AUTOMATIC


def find(session: Session, opportunity_id: str, language: str) -> tuple[Opportunity, Kept]:
    """Return an offer and its translation into `language`. Raises NotFound."""
    kept = store.get(session, opportunity_id, language) if "\0" not in opportunity_id + language else None
    one = catalogue.get(session, opportunity_id)
    if one is None or kept is None:
        raise NotFound(
            f"There is no translation of {opportunity_id[:60]!r} into {language[:60]!r}; "
            "`col translations list` shows those there are."
        )
    return one, kept


def edit(
    session: Session, opportunity_id: str, language: str, texts: Mapping[str, str], *, config: CityConfig, clock: Clock
) -> Kept:
    """Put `texts`, by field, into a translation; it counts as checked by a person against the original as it is now.

    One that is not there yet is made of them, and without any, what there is holds as it is. Raises NotFound for what
    is no offer of another city, InvalidInput for texts that the offer does not lack, or that cannot be stored.
    """
    one = catalogue.get(session, opportunity_id)
    if one is None or one.origin is None:
        raise NotFound(f"There is no offer {opportunity_id[:60]!r} of another city here.")
    if language not in config.languages:
        raise InvalidInput(f"{config.id} does not speak {language[:60]!r}; it speaks {', '.join(config.languages)}.")
    tidied = {name: _tidied(one, language, name, text) for name, text in texts.items()}
    kept = store.get(session, opportunity_id, language, locked=True)
    if kept is None and not tidied:
        raise NotFound(f"There is no translation of {opportunity_id!r} into {language!r} that could be checked.")
    source = kept.source_language if kept is not None else ""
    known = originals.sources(one.content, language)
    if source not in known:
        if not known:
            raise InvalidInput(f"Its own city wrote all of it in {language!r}; nothing is left to translate.")
        source = known[0]
    now = clock.now()
    digest = originals.original(one.content, language, source).digest
    # What a translator made of an older original does not become checked because one of its texts was corrected.
    is_stale = kept is not None and kept.edited is None and kept.source_digest != digest
    before = kept.texts if kept is not None and not (is_stale and tidied) else {}
    made = Kept(
        opportunity_id=one.id,
        language=language,
        source_language=source,
        source_digest=digest,
        texts={**before, **tidied},
        translator=kept.translator if kept is not None else None,
        made=kept.made if kept is not None else now,
        edited=now,
    )
    store.keep(session, made)
    return made


def remove(session: Session, opportunity_id: str, language: str, *, again: bool, clock: Clock) -> None:
    """Take a translation away: for as long as the original stays as it is, or, `again`, to have it translated anew.

    Raises NotFound.
    """
    one, kept = find(session, opportunity_id, language)
    if again:
        store.forget(session, one.id, language)
        return
    # It is taken away for what the original says now, also where the words were made for an older one.
    original = originals.original(one.content, language, kept.source_language)
    store.keep(session, replace(kept, removed=clock.now(), source_digest=original.digest))


def _tidied(one: Opportunity, language: str, name: str, text: str) -> str:
    """Return `text` as it can be stored. Raises InvalidInput."""
    if name not in originals.FIELDS:
        raise InvalidInput(f"There is no text {name[:60]!r}; there are: {', '.join(originals.FIELDS)}.")
    if name not in originals.lacking(one.content, language):
        said = getattr(one.content, name)
        why = f"Its own city wrote its {name} in {language!r}" if said else f"The offer has no {name}"
        raise InvalidInput(f"{why}; there is nothing to translate.")
    tidied = TIDY[name](text)
    if not tidied:
        raise InvalidInput(f"The {name} is empty; `col translations remove` takes a translation away.")
    if name != "description" and len(" ".join(tidied.split())) < len(" ".join(visible(text).split())):
        raise InvalidInput(
            f"The {name} is too long, or holds markup: of {len(text)} characters {len(tidied)} are left."
        )
    return tidied
