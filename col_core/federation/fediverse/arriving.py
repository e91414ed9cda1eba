"""Events of servers that are no cities: taken in as drafts that wait for a person, changed and taken back by their own.

The source of an event is `fediverse:` and its server's host, so admission, review and moderation are those of every
source. What was taken back stays so, whatever comes late.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from col_core.base import outbox
from col_core.base.errors import FetchError, InvalidInput
from col_core.base.jobs import Job
from col_core.base.settings import SourceConfig
from col_core.catalogue import decisions, store
from col_core.catalogue.records import Draft, Fetched, RawItem, Rejected
from col_core.catalogue.vocabulary import Status
from col_core.federation.fediverse import drafts, subscriptions
from col_core.federation.fediverse.actors import Actors
from col_core.federation.fediverse.documents import ACTIVITY
from col_core.federation.fediverse.records import LONGEST_ID, SOURCE, Actor, Document
from col_core.federation.fediverse.tables import ItemRow
from col_core.federation.ground import Ground
from col_core.federation.peers import host_of, is_on, standing_of

STORE_JOB, FETCH_JOB = "fediverse.store", "fediverse.fetch"
_MOST_OWNERS = 10
_log = structlog.get_logger()


class Arriving:
    """Takes in what those say whom the city follows."""

    def __init__(self, ground: Ground, actors: Actors) -> None:
        self._ground, self._actors = ground, actors

    def jobs(self) -> list[Job]:
        return [
            Job(name=STORE_JOB, run=self._store_job, lease_s=120, outside=False),
            Job(name=FETCH_JOB, run=self._fetch_job, lease_s=60, waits=True, outside=False),
        ]

    def take(self, session: Session, actor: Actor, activity: Document) -> None:
        """Write down what is to be done about an activity whose sender is known and whose origin is right."""
        kind, said = activity["type"], activity.get("object")
        id_ = id_of(said)
        if id_ is None:
            return
        row = session.get(ItemRow, id_)
        if kind == "Delete":
            self._take_back(session, actor, id_, row)
        elif row is not None and row.gone is not None:
            return
        elif kind == "Announce":
            self._enqueue(session, FETCH_JOB, {"url": id_, "via": actor.id})
        elif not isinstance(said, Mapping) or said.get("type") != "Event":
            if isinstance(said, str):
                self._enqueue(session, FETCH_JOB, {"url": id_, "via": actor.id})
        elif row is None and kind == "Update":
            # It is known only to those who heard of it in the beginning; what is there now is what counts.
            self._enqueue(session, FETCH_JOB, {"url": id_, "via": actor.id})
        elif actor.id in owners_of(said) and (row is None or actor.id in json.loads(row.owners)):
            self._enqueue(session, STORE_JOB, {"object": dict(said), "owners": owners_of(said), "via": actor.id})
        else:
            _log.info("fediverse.not_the_owner", host=actor.host, kind=kind)

    def shut_out(self, session: Session, host: str) -> None:
        """Show no longer what came from `host`."""
        source_id = SOURCE + host
        ids = select(ItemRow.id).where(ItemRow.host == host)
        known = store.known(session, source_id, list(session.scalars(ids)))
        shown = {each.id: each.status for each in known.values() if each.status is not Status.WITHDRAWN}
        moved = store.set_status(session, list(shown), Status.DRAFT, index=self._ground.index, clock=self._ground.clock)
        told = decisions.events((each.id, Status.DRAFT, shown[each.id]) for each in moved)
        outbox.publish_many(session, told, clock=self._ground.clock)

    def _enqueue(self, session: Session, job: str, payload: Mapping[str, Any]) -> None:
        outbox.enqueue(session, job, payload, clock=self._ground.clock)

    def _take_back(self, session: Session, actor: Actor, id_: str, row: ItemRow | None) -> None:
        now = self._ground.clock.now()
        if row is None:
            # It may come late: what was taken back before it arrived does not appear then.
            if subscriptions.is_followed(session, actor.id):
                owners = json.dumps([actor.id])
                session.add(ItemRow(id=id_, host=actor.host, owners=owners, gone=now, seen=now))
            return
        if row.gone is not None or actor.id not in json.loads(row.owners):
            return
        row.gone = now
        self._withdraw(session, id_, actor.host)

    def _withdraw(self, session: Session, id_: str, host: str) -> None:
        known = store.known(session, SOURCE + host, [id_]).get(id_)
        if known is None:
            return
        moved = store.set_status(
            session, [known.id], Status.WITHDRAWN, index=self._ground.index, clock=self._ground.clock
        )
        told = decisions.events((each.id, Status.WITHDRAWN, known.status) for each in moved)
        outbox.publish_many(session, told, clock=self._ground.clock)

    def _fetch_job(self, payload: Mapping[str, Any]) -> None:
        url, via = str(payload["url"]), str(payload["via"])
        if not self._is_heard(via):
            return
        try:
            document = self._actors.fetch(url)
        except (InvalidInput, FetchError) as error:
            if isinstance(error, FetchError) and not error.permanent:
                raise
            _log.info("fediverse.not_fetched", host=host_of(url), reason=str(error))
            return
        if document.get("type") == "Event" and host_of(str(document["id"])) == host_of(via):
            owners = owners_of(document)
            self._store(document, owners)

    def _store_job(self, payload: Mapping[str, Any]) -> None:
        if self._is_heard(str(payload["via"])):
            self._store(payload["object"], payload["owners"])

    def _is_heard(self, via: str) -> bool:
        with self._ground.database.read() as session:
            config, now = self._ground.config.federation, self._ground.clock.now()
            return not standing_of(session, host_of(via), config, now=now).is_refused

    def _store(self, event: Document, owners: Sequence[str]) -> None:
        id_ = str(event["id"])
        host = host_of(id_)
        if not owners or not self._is_news(id_, host, owners, event):
            return
        config = self._ground.config
        source = SourceConfig(
            id=SOURCE + host,
            plugin="fediverse",
            name={config.default_language: host},
            homepage=f"https://{host}/",
            publish="review",
        )
        said = _Said(source.id, event, language=config.default_language, timezone=config.timezone)
        run = self._ground.gathering.bring(said, source)
        if run.rejected:
            _log.info("fediverse.not_usable", host=host, reason=run.errors[0].reason if run.errors else "")
        with self._ground.database.write() as session:
            row = session.get(ItemRow, id_)
            if row is not None and row.gone is not None:
                self._withdraw(session, id_, host)

    def _is_news(self, id_: str, host: str, owners: Sequence[str], event: Document) -> bool:
        """Note that `event` came; False where what came before is newer, or it is gone."""
        updated = drafts.instant(event.get("updated")) or drafts.instant(event.get("published"))
        with self._ground.database.write() as session:
            row = session.get(ItemRow, id_, with_for_update=True)
            if row is None:
                row = ItemRow(id=id_, host=host, seen=self._ground.clock.now(), owners="[]")
                session.add(row)
            if row.gone is not None or _is_older(updated, row.updated):
                return False
            row.updated, row.owners = updated or row.updated, json.dumps(list(owners))
            return True


class _Said:
    """One event, as a source that brings nothing else."""

    def __init__(self, id_: str, event: Document, *, language: str, timezone: str) -> None:
        self.id = id_
        self._event, self._language, self._timezone = event, language, timezone

    def fetch(self, *, since: datetime | None, cursor: str | None) -> Fetched:  # noqa: ARG002 (as every source)
        id_ = str(self._event["id"])
        body = json.dumps(self._event, ensure_ascii=False).encode()
        return Fetched(items=(RawItem(external_id=id_, body=body, media_type=ACTIVITY, address=id_),), complete=False)

    def normalise(self, raw: RawItem) -> Draft | Rejected:
        try:
            return drafts.draft(self._event, language=self._language, timezone=self._timezone)
        except ValueError as error:
            return Rejected(external_id=raw.external_id, reason=str(error), where=raw.address)


def id_of(said: Any) -> str | None:
    """Return the id of what stands in an activity as itself or by its id; None where that is none that we take."""
    id_ = said.get("id") if isinstance(said, Mapping) else said
    return id_ if isinstance(id_, str) and 0 < len(id_) <= LONGEST_ID else None


def owners_of(event: Document) -> list[str]:
    """Return who may change `event`: those it is attributed to, on its own server."""
    host = host_of(str(event.get("id")))
    said = event.get("attributedTo")
    named = [*(said if isinstance(said, list) else [said]), event.get("actor")][:_MOST_OWNERS]
    ids = [id_ for each in named if (id_ := id_of(each)) is not None]
    if not all(is_on(each, host) for each in ids):
        return []
    return list(dict.fromkeys(ids))


def is_known(session: Session, id_: str) -> bool:
    """Tell whether an event came in, or was taken back, under that id."""
    return session.get(ItemRow, id_) is not None


def _is_older(updated: datetime | None, before: datetime | None) -> bool:
    return updated is not None and before is not None and updated < before
