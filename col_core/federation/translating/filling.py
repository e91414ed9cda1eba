"""Having translated what is missing: only what is shown here, only into the city's own languages, nothing twice.

What a person checked or changed is never replaced; what a person took away does not come back for the same original. A
translator that fails costs its own offers and this work alone, which has bounds.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic

import structlog

from col_core.base.errors import FetchError, PluginError
from col_core.catalogue import store as catalogue
from col_core.catalogue.records import Opportunity
from col_core.federation.ground import Ground
from col_core.federation.translating import originals, store
from col_core.federation.translating.asking import AskedTranslator, Translators
from col_core.federation.translating.records import Kept, Look, Original

RUN_S = 200.0
# A translator that fails so often in a row is left alone until the next run.
RESTS_AFTER = 3
_BATCH = 250
_FIRST_RETRY, _LONGEST_RETRY = timedelta(minutes=10), timedelta(days=1)
_LONGEST_ERROR = 300
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """What one run did: translations made (or known from the same texts), offers that failed, whether all was seen."""

    made: int
    failed: int
    is_done: bool


class Filling:
    """Fills in translations. `run_s` bounds one run."""

    def __init__(self, ground: Ground, translators: Translators, *, run_s: float = RUN_S) -> None:
        self._ground, self._translators, self._run_s = ground, translators, run_s
        names = [each.name for each in translators.all]
        said = json.dumps([list(ground.config.languages), names])
        self._plan = hashlib.sha256(said.encode()).hexdigest()

    def run(self) -> Filled:
        """Look through what is shown of other cities, and have translated what is missing."""
        run = _Run(until=monotonic() + self._run_s)
        after = ("", 0)
        while True:
            with self._ground.database.read() as session:
                rows = catalogue.published_remote(session, after=after, limit=_BATCH)
                due = self._due(store.looks(session, [id_ for _, id_, _ in rows]), rows)
                offers = catalogue.get_many(session, due)
                present = store.of_offers(session, list(due))
            if not rows:
                return run.filled(is_done=True)
            looked = []
            for one in offers.values():
                if monotonic() >= run.until:
                    break
                looked.append(self._look(run, one, present.get(one.id, {}), due[one.id]))
            with self._ground.database.write() as session:
                store.note(session, [each for each in looked if each is not None])
            if len(looked) < len(offers):
                return run.filled(is_done=False)
            after = rows[-1][0]

    def _due(self, looks: Mapping[str, Look], rows: Sequence[tuple[object, str, int]]) -> dict[str, Look | None]:
        """Return the ids of those that must be looked at, with what is noted of the same version."""
        now = self._ground.clock.now()
        due: dict[str, Look | None] = {}
        for _, id_, version in rows:
            look = looks.get(id_)
            if look is None or look.version != version or look.plan != self._plan:
                due[id_] = None
            elif look.error is not None and (look.retry is None or look.retry <= now):
                due[id_] = look
        return due

    def _look(self, run: "_Run", one: Opportunity, present: Mapping[str, Kept], before: Look | None) -> Look | None:
        """Have translated what one offer lacks; return what to note of it, None to look again in the next run."""
        look = Look(opportunity_id=one.id, version=one.version, plan=self._plan)
        if one.is_past(self._ground.clock.now()):
            return look
        error = None
        for language in self._ground.config.languages:
            kept = present.get(language)
            if kept is not None and (kept.is_of_a_person or _is_of(kept, one)):
                continue
            chosen = self._chosen(one, language)
            if chosen is None:
                continue
            translator, original = chosen
            if run.is_resting(translator):
                return None
            try:
                self._translate(one, language, translator, original, kept)
            except (FetchError, PluginError) as problem:
                if isinstance(problem, FetchError) and not problem.permanent:
                    run.rest(translator)
                    _log.warning("translating.no_answer", translator=translator.name, reason=str(problem))
                    return None
                error = str(problem)
                run.failed(translator)
            else:
                run.made(translator)
        if error is None:
            return look
        failures = before.failures + 1 if before is not None else 1
        wait = min(_LONGEST_RETRY, _FIRST_RETRY * 2 ** min(failures - 1, 10))
        _log.warning("translating.failed", opportunity=one.id, reason=error)
        return replace(look, failures=failures, retry=self._ground.clock.now() + wait, error=error[:_LONGEST_ERROR])

    def _chosen(self, one: Opportunity, language: str) -> tuple[AskedTranslator, Original] | None:
        """Return who translates what of an offer; None where nothing is missing, or nobody can."""
        for source in originals.sources(one.content, language):
            translator = self._translators.between(source, language)
            if translator is not None:
                return translator, originals.original(one.content, language, source)
        return None

    def _translate(
        self, one: Opportunity, language: str, translator: AskedTranslator, original: Original, before: Kept | None
    ) -> None:
        """Store a translation; nothing is locked while the translator is asked. Raises FetchError, PluginError."""
        with self._ground.database.read() as session:
            known = store.same(session, original.digest, language, translator.name)
        texts = known.texts if known is not None else translator.translate(original, language)
        made = Kept(
            opportunity_id=one.id,
            language=language,
            source_language=original.language,
            source_digest=original.digest,
            texts=texts,
            translator=translator.name,
            made=self._ground.clock.now(),
        )
        with self._ground.database.write() as session:
            # What a person did meanwhile stands.
            if store.get(session, one.id, language, locked=True) == before:
                store.keep(session, made)


class _Run:
    def __init__(self, *, until: float) -> None:
        self.until = until
        self._made = self._failed = 0
        self._failures: dict[str, int] = {}

    def made(self, translator: AskedTranslator) -> None:
        self._made += 1
        self._failures[translator.name] = 0

    def failed(self, translator: AskedTranslator) -> None:
        self._failed += 1
        self._failures[translator.name] = self._failures.get(translator.name, 0) + 1

    def rest(self, translator: AskedTranslator) -> None:
        self._failures[translator.name] = RESTS_AFTER

    def is_resting(self, translator: AskedTranslator) -> bool:
        return self._failures.get(translator.name, 0) >= RESTS_AFTER

    def filled(self, *, is_done: bool) -> Filled:
        return Filled(made=self._made, failed=self._failed, is_done=is_done)


def _is_of(kept: Kept, one: Opportunity) -> bool:
    """Tell whether a translation, or its removal, is of what the offer says now."""
    return originals.original(one.content, kept.language, kept.source_language).digest == kept.source_digest
