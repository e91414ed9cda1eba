"""Telling followers what changed: what was said of each offer is remembered, so that each is new once and gone once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from col_core.badges.credentials.records import KeyKind
from col_core.base.outbox import Event
from col_core.catalogue import sharing
from col_core.catalogue.records import Opportunity
from col_core.federation.fediverse import activities, context, letters, proofs, saying
from col_core.federation.fediverse.identity import Identity
from col_core.federation.fediverse.records import Document
from col_core.federation.fediverse.tables import ToldRow
from col_core.federation.ground import Ground

PER_PAGE = 20


class Telling:
    """Says what is shared of the catalogue, now and whenever it changes."""

    def __init__(self, ground: Ground, identity: Identity) -> None:
        self._ground, self._identity = ground, identity

    def hear(self, event: Event) -> None:
        """Tell followers what became of an offer. Hearing of the same thing twice tells them once."""
        with self._ground.database.read() as session:
            one = _shared(session, event.subject)
            if not self._said(one, event.subject, told=session.get(ToldRow, event.subject)):
                return
        # Signing takes a key, which may have to be made first.
        signer = self._identity.signer(KeyKind.ED25519)
        clock = self._ground.clock
        with self._ground.database.write() as session:
            told = session.get(ToldRow, event.subject, with_for_update=True)
            one = _shared(session, event.subject)
            for said in self._said(one, event.subject, told=told):
                proven = proofs.sign(self._with_context(said), signer, created=clock.now())
                letters.post(session, proven, letters.inboxes_of_followers(session), clock=clock)
            self._note(session, one, event.subject, told)

    def event(self, id_: str) -> tuple[Document | None, Document | None]:
        """Return an offer as it is shown now, or what stands in its place; neither for what was never shared."""
        with self._ground.database.read() as session:
            shared, told = sharing.one(session, id_), _told(session, id_)
        if shared is not None and shared.opportunity is not None:
            return self._with_context(self._document(shared.opportunity)), None
        if told is not None:
            kind, gone = told.kind, told.gone or self._ground.clock.now()
        elif shared is not None:
            kind, gone = saying.EVENT, shared.updated
        else:
            return None, None
        return None, self._with_context(activities.tombstone(id_, kind=kind, gone=gone, identity=self._identity))

    def activity(self, kind: str, id_: str, version: int) -> Document | None:
        """Return what was said of an offer at a version of it, as it is true today; None where that was never said."""
        with self._ground.database.read() as session:
            one, told = _shared(session, id_), _told(session, id_)
        if kind == activities.DELETE:
            if told is None or told.gone is None or one is not None:
                return None
            return self._with_context(
                activities.delete(id_, kind=told.kind, gone=told.gone, identity=self._identity, version=version)
            )
        if one is None:
            return None
        first = told.version if told is not None else one.version
        fits = version == one.version if kind == activities.UPDATE else version == first
        make = {
            activities.CREATE: activities.create,
            activities.ANNOUNCE: activities.announce,
            activities.UPDATE: activities.update,
        }
        if not fits or kind not in make:
            return None
        made = make[kind](self._document(one), identity=self._identity, id_=id_, version=version)
        return self._with_context(made)

    def count(self) -> int:
        """Return how many offers are shared."""
        with self._ground.database.read() as session:
            return sharing.count(session)

    def page(self, *, before: int | None) -> tuple[Sequence[Document], int | None]:
        """Return a page of what was said of what is shared now, the newest first; and what the next one is before."""
        with self._ground.database.read() as session:
            found = sharing.newest(session, before_pk=before, limit=PER_PAGE + 1)
            versions = {
                row.opportunity: row.version
                for row in session.scalars(select(ToldRow).where(ToldRow.opportunity.in_([one.id for _, one in found])))
            }
        items: list[Document] = []
        for _, one in found[:PER_PAGE]:
            event, version = self._document(one), versions.get(one.id, one.version)
            for make in (activities.announce, activities.create):
                items.append(make(event, identity=self._identity, id_=one.id, version=version))
        return items, found[PER_PAGE - 1][0] if len(found) > PER_PAGE else None

    def _said(self, one: Opportunity | None, id_: str, *, told: ToldRow | None) -> list[dict[str, Any]]:
        """Return what followers have to hear of an offer now; `one` is it, if it is shared."""
        is_told = told is not None and told.gone is None
        if one is None:
            if not is_told or told is None:
                return []
            now = self._ground.clock.now()
            return [activities.delete(id_, kind=told.kind, gone=now, identity=self._identity, version=told.version)]
        event = self._document(one)
        if is_told:
            return [activities.update(event, identity=self._identity, id_=id_, version=one.version)]
        return [
            activities.create(event, identity=self._identity, id_=id_, version=one.version),
            activities.announce(event, identity=self._identity, id_=id_, version=one.version),
        ]

    def _note(self, session: Session, one: Opportunity | None, id_: str, told: ToldRow | None) -> None:
        now = self._ground.clock.now()
        if one is None:
            if told is not None:
                told.gone = now
        elif told is None:
            session.add(ToldRow(opportunity=id_, kind=saying.kind(one), version=one.version, created=now))
        elif told.gone is not None:
            told.gone, told.version, told.kind = None, one.version, saying.kind(one)

    def _document(self, one: Opportunity) -> dict[str, Any]:
        ground = self._ground
        return saying.document(one, identity=self._identity, config=ground.config, now=ground.clock.now())

    def _with_context(self, said: Document) -> Document:
        return {"@context": context.of_what_is_said(), **said}


def counts(session: Session) -> int:
    """Return how many offers followers were told of."""
    return session.scalar(select(func.count()).select_from(ToldRow).where(ToldRow.gone.is_(None))) or 0


def _shared(session: Session, id_: str) -> Opportunity | None:
    """Return an offer if it is shared now."""
    found = sharing.one(session, id_)
    return found.opportunity if found is not None else None


def _told(session: Session, id_: str) -> ToldRow | None:
    row = session.get(ToldRow, id_) if "\0" not in id_ and len(id_) <= 40 else None
    if row is not None:
        session.expunge(row)
    return row
