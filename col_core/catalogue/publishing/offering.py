"""What an organisation does with its own offers through a program: hand in, change, withdraw, look at all of them.

The same admission, review and events as for what sources bring. What a program changes on an offer that a source
brought is an edit, which the next fetch does not undo; what a person of the city decided stands above it.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.orm import Session

from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import Conflict, InvalidInput, NotFound, PreconditionFailed
from col_core.base.settings import CityConfig, SourceConfig
from col_core.catalogue import decisions, documents, own, pictures, store, withdrawn
from col_core.catalogue.admission import VERSION, packed
from col_core.catalogue.exchange import wire
from col_core.catalogue.exchange.submissions import Present, Submission, faults, read
from col_core.catalogue.gathering import runs
from col_core.catalogue.gathering.gathering import DUPLICATES_JOB
from col_core.catalogue.gathering.review import Reviewer
from col_core.catalogue.hooks import SearchIndex
from col_core.catalogue.own import Locked, Own, Page
from col_core.catalogue.publishing import withdrawals
from col_core.catalogue.publishing.change import Change
from col_core.catalogue.records import Draft, Opportunity
from col_core.catalogue.store import Known, Prepared
from col_core.catalogue.vocabulary import Reach, Status
from col_core.organisers import directory
from col_core.organisers.records import Organiser

_UNKNOWN = "There is no such opportunity of this organisation."
# Programs hand in many at a time; looking for doubles can wait until they are through.
_DOUBLES_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What came of handing something in. `is_new` is False where it was there already."""

    own: Own
    is_new: bool


class Offering:
    """Organisations' own offers in one city."""

    def __init__(
        self, config: CityConfig, *, database: Database, clock: Clock, index: SearchIndex, reviewer: Reviewer
    ) -> None:
        self._config, self._database, self._clock = config, database, clock
        self._index, self._reviewer = index, reviewer

    def organiser(self, organisation_id: str) -> Organiser:
        """Return an organisation by its id. Raises NotFound for one that is not there any more."""
        with self._database.read() as session:
            return _organiser(session, organisation_id)

    def get(self, organisation_id: str, id_: str) -> Own | None:
        """Return the organisation's own offer `id_` in whatever state but withdrawn, or None."""
        with self._database.read() as session:
            return own.get(session, organisation_id, id_)

    def listing(self, organisation_id: str, *, statuses: Collection[Status], page: int, per_page: int) -> Page:
        """Return the organisation's own offers in `statuses` (all but withdrawn where that is empty), newest first."""
        with self._database.read() as session:
            return own.listing(session, organisation_id, statuses=statuses, page=page, per_page=per_page)

    def hand_in(self, organisation_id: str, body: object, *, under_review: bool, repeat_key: str | None = None) -> Kept:
        """Store an offer; one with the same `external_id` as before changes that.

        `under_review`: it waits for a person before it is public. What comes again under the same `repeat_key` changes
        nothing. Raises InvalidInput, and Conflict for what the city took away.
        """
        with self._database.write() as session:
            organiser = _organiser(session, organisation_id)
            source_id = self._source(session, organiser)
            said = self._reaching(read(body, config=self._config, organiser=organiser.name, slug=organiser.slug))
            external_id = said.external_id
            if external_id is None and repeat_key is not None:
                external_id = _repeated(session, source_id, repeat_key, body)
            before = store.known(session, source_id, [external_id]).get(external_id) if external_id else None
            fingerprint = _fingerprint(said)
            gone = withdrawn.among(session, source_id, [external_id] if external_id and before is None else [])
            if gone or (before is not None and before.status is Status.WITHDRAWN):
                # What the organisation withdraws gives its name free: this one the city took away.
                raise Conflict("The city took this offer away; write to it if that should be otherwise.")
            if before is not None and (said.external_id is None or before.source_hash == fingerprint):
                return Kept(own=_found(session, organiser, before.id), is_new=False)
            content = said.content
            if before is not None:
                present = documents.draft_of(before.document)
                content = decisions.with_edits(content, present, before.provenance)
            prepared = self._prepared(
                content,
                said.status or Status.PUBLISHED,
                organiser,
                before,
                under_review=under_review,
                is_ours=True,
                source=(source_id, external_id, fingerprint),
            )
            stored = self._write(session, prepared)
            return Kept(own=_found(session, organiser, stored.id), is_new=before is None)

    def change(
        self, organisation_id: str, id_: str, body: object, *, under_review: bool, versions: Collection[int] | None
    ) -> Own:
        """Put what `body` says in the place of the offer `id_`.

        Raises NotFound, InvalidInput, and PreconditionFailed where `versions` are given and it is at none of them.
        """
        with self._database.write() as session:
            organiser = _organiser(session, organisation_id)
            before = _locked(session, organisation_id, id_, versions)
            opportunity = _found(session, organiser, id_).opportunity
            item = wire.item(opportunity, config=self._config, now=self._clock.now())
            present = Present(content=opportunity.content, item=item)
            said = self._reaching(
                read(body, config=self._config, organiser=organiser.name, slug=organiser.slug, present=present),
                opportunity.content.reach,
            )
            external_id = self._external_id(session, said, before)
            is_ours = before.was_handed_in_by(organiser.id)
            asked = said.status or opportunity.status
            prepared = self._prepared(
                said.content,
                asked,
                organiser,
                before.known,
                under_review=under_review,
                is_ours=is_ours,
                source=(before.source_id, external_id, _fingerprint(said) if is_ours else before.known.source_hash),
            )
            self._write(session, prepared)
            return _found(session, organiser, id_)

    def withdraw(self, organisation_id: str, id_: str, *, versions: Collection[int] | None) -> None:
        """Take the offer `id_` away for good. Raises as `change` does."""
        with self._database.write() as session:
            organiser = _organiser(session, organisation_id)
            before = _locked(session, organisation_id, id_, versions)
            withdrawals.by_organisation(session, organiser.id, before, index=self._index, clock=self._clock)
            self._tell(session, id_, Status.WITHDRAWN, before.known.status)

    def _reaching(self, said: Submission, before: Reach | None = None) -> Submission:
        """Return what was handed in with its reach: where it says none, as `before`, or as the city has it."""
        reach = said.content.reach or before or Reach(self._config.federation.reach)
        return replace(said, content=replace(said.content, reach=reach))

    def _source(self, session: Session, organiser: Organiser) -> str:
        """Return the source that stands for what this organisation hands in, locked until the commit."""
        language = self._config.default_language
        source = SourceConfig(id=own.source_id(organiser.id), plugin="api", name={language: organiser.name})
        runs.state(session, source, language)
        runs.lock(session, source.id)
        return source.id

    def _external_id(self, session: Session, said: Submission, before: own.Locked) -> str | None:
        present = before.known.external_id or None
        if said.external_id in (None, present):
            return present
        if present is not None and not present.startswith(own.REPEATED):
            raise faults({"/external_id": [f"Is {present!r} and stays so."]})
        assert said.external_id is not None
        if before.source_id is None or store.known(session, before.source_id, [said.external_id]):
            raise faults({"/external_id": ["Another offer has it already."]})
        return said.external_id

    def _prepared(
        self,
        content: Draft,
        asked: Status,
        organiser: Organiser,
        before: Known | None,
        *,
        under_review: bool,
        is_ours: bool,
        source: tuple[str | None, str | None, str],
    ) -> Prepared:
        reviewed = self._reviewer.review(content, now=self._clock.now())
        for finding in reviewed.findings:
            if finding.code == "unusable-dates":
                raise faults({"/rrule": [finding.message]})
        present = documents.draft_of(before.document) if before is not None else None
        change = Change(
            content=content,
            asked=asked,
            before=before,
            present=present,
            is_ours=is_ours,
            under_review=under_review,
            held=decisions.must_be_seen(reviewed.findings, before),
        )
        source_id, external_id, fingerprint = source
        return Prepared(
            content=content,
            status=change.status,
            organiser=store.organiser_ref(organiser),
            place=reviewed.place,
            occurrences=reviewed.occurrences,
            findings=reviewed.findings,
            source_id=source_id,
            external_id=external_id,
            source_hash=fingerprint,
            provenance=change.provenance,
            image_key=store.kept_image(before, present, content),
            known=before,
        )

    def _write(self, session: Session, prepared: Prepared) -> Opportunity:
        ((_, stored),) = store.write_many(session, [prepared], index=self._index, clock=self._clock)
        before = prepared.known.status if prepared.known else None
        self._tell(session, stored.id, stored.status, before)
        pictures.want(session, [stored], clock=self._clock)
        later = self._clock.now() + _DOUBLES_AFTER
        outbox.enqueue(session, DUPLICATES_JOB, {}, clock=self._clock, key=DUPLICATES_JOB, not_before=later)
        return stored

    def _tell(self, session: Session, id_: str, status: Status, before: Status | None) -> None:
        outbox.publish_many(session, decisions.events([(id_, status, before)]), clock=self._clock)


def _locked(session: Session, organisation_id: str, id_: str, versions: Collection[int] | None) -> Locked:
    """Return the offer for changing it. Raises NotFound, and PreconditionFailed where it is at none of `versions`."""
    found = own.locked(session, organisation_id, id_)
    if found is None:
        raise NotFound(_UNKNOWN)
    if versions is not None and found.known.version not in versions:
        raise PreconditionFailed("It was changed since it was read. Read it again, and put your change into that.")
    return found


def _organiser(session: Session, organisation_id: str) -> Organiser:
    found = directory.by_ids(session, [organisation_id]).get(organisation_id)
    if found is None:
        raise NotFound("The organisation of this token is not here any more.")
    return found


def _found(session: Session, organiser: Organiser, id_: str) -> Own:
    found = own.get(session, organiser.id, id_)
    assert found is not None
    return found


def _fingerprint(said: Submission) -> str:
    status = said.status.value if said.status else ""
    return documents.fingerprint(packed(said.content), f"{VERSION} {status}")


def _repeated(session: Session, source_id: str, key: str, body: object) -> str:
    """Return the id that stands for this request. Raises InvalidInput where `key` was sent with another one."""
    prefix = f"{own.REPEATED}{_digest(key)}:"
    whole = prefix + _digest(json.dumps(body, sort_keys=True))
    if own.repeated_otherwise(session, source_id, prefix=prefix, whole=whole):
        raise InvalidInput("Idempotency-Key was sent before, with another body. Take a new one for a new offer.")
    return whole


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()
