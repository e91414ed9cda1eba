"""What pages show of translations: what is of the original as it is now, and what a person has the word over."""

from collections.abc import Mapping, Sequence

from col_core.base.database import Database
from col_core.catalogue.records import Opportunity, Translation
from col_core.federation.translating import originals, store
from col_core.federation.translating.records import Kept


class ShownTranslations:
    """Answers the pages of one city; `OfferTranslations` of the catalogue is the protocol that it keeps."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, offers: Sequence[Opportunity], language: str) -> Mapping[str, Translation]:
        remote = {one.id: one for one in offers if one.origin is not None and originals.lacking(one.content, language)}
        if not remote:
            return {}
        with self._database.read() as session:
            kept = store.of_offers(session, list(remote), language=language)
        found = {id_: shown(remote[id_], each[language]) for id_, each in kept.items()}
        return {id_: each for id_, each in found.items() if each is not None}


def shown(one: Opportunity, kept: Kept) -> Translation | None:
    """Return what visitors see of a translation now; None where they see none of it.

    What a translator made of an original that has changed is not shown: it may say what no longer holds. What a person
    checked is, and says so.
    """
    original = originals.original(one.content, kept.language, kept.source_language)
    is_outdated = original.digest != kept.source_digest
    lacking = originals.lacking(one.content, kept.language)
    texts = {name: text for name, text in kept.texts.items() if name in lacking}
    if kept.removed is not None or not texts or (is_outdated and not kept.is_of_a_person):
        return None
    return Translation(
        language=kept.language,
        source_language=kept.source_language,
        texts=texts,
        translator=kept.translator,
        is_checked=kept.edited is not None,
        is_outdated=is_outdated,
    )
