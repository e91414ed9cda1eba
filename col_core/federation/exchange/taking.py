"""Making offers of what a partner's feed says: what it says of other hosts, or cannot say, is refused one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from col_core.base import bulk
from col_core.base.clock import Clock
from col_core.base.settings import CityConfig, SourceConfig
from col_core.catalogue import admission, decisions, documents, pictures, store, withdrawn
from col_core.catalogue.admission import Refused, admitted, packed
from col_core.catalogue.exchange import jsonld_network_in
from col_core.catalogue.exchange.jsonld_in import Defaults
from col_core.catalogue.exchange.jsonld_network_in import Offered
from col_core.catalogue.gathering import runs
from col_core.catalogue.gathering.review import Reviewer
from col_core.catalogue.hooks import SearchIndex
from col_core.catalogue.records import Draft, Origin, Query, Registration
from col_core.catalogue.sharing import LICENCE
from col_core.catalogue.store import Known, Prepared
from col_core.catalogue.vocabulary import RegistrationMode, Status
from col_core.federation import peers
from col_core.federation.exchange import filters
from col_core.federation.exchange.records import Held, Item
from col_core.federation.exchange.tables import RemoteOfferRow
from col_core.federation.records import Peer

# A partner that offers more than this is not believed.
MOST_OFFERS = 200_000
_LONGEST_REASON = 300
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What came of some items: how many changed something, and how many were refused."""

    changed: int = 0
    refused: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Before:
    """What was known of an item."""

    opportunity_id: str | None
    modified: int
    held: Held
    twin: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """An item that became an offer."""

    item: Item
    offered: Offered
    draft: Draft
    fingerprint: str


class Taker:
    """Stores what partners offer. `most` says how many of one partner there may be."""

    def __init__(
        self, config: CityConfig, *, clock: Clock, index: SearchIndex, reviewer: Reviewer, most: int = MOST_OFFERS
    ) -> None:
        self._config, self._clock, self._index, self._reviewer, self._most = config, clock, index, reviewer, most
        self._defaults = Defaults(language="en", timezone=config.timezone, currency=config.currency)

    def take(
        self, session: Session, peer: Peer, items: Sequence[Item], *, asked: Query, pass_number: int, kept: int
    ) -> Taken:
        """Store what `items` of the feed of `peer` say, in the caller's transaction.

        `kept` is how many of its offers there are before. What an older change says of an item than was read already
        changes nothing.
        """
        runs.state(session, _as_source(peer, self._config), self._config.default_language)
        before = _known(session, peer.host, [each.id for each in items])
        fresh = [each for each in items if _says_something(each, before.get(each.id))]
        read, refused = self._read(peer, fresh, asked, room=max(0, self._most - kept))
        rows = [_row(peer, each.item, Held.KEPT, pass_number, status=each.offered.status.value) for each in read]
        rows += [_row(peer, each, Held.REFUSED, pass_number, reason=reason) for each, reason in refused]
        gone = [each for each in fresh if each.data is None]
        rows += [_row(peer, each, Held.GONE, pass_number) for each in gone]
        ids = self._store(session, peer, read, before)
        self._withdraw(session, [*gone, *(each for each, _ in refused)], before)
        now = self._clock.now()
        for row in rows:
            known = before.get(row["external_id"])
            own = ids.get(row["external_id"]) or (known.opportunity_id if known else None)
            row |= {"opportunity_id": own, "twin": known.twin if known else None, "changed": now}
        _write(session, rows, {each for each, known in before.items() if known is not None})
        written = {row["external_id"] for row in rows}
        _mark(session, peer.host, [each.id for each in items if each.id not in written], pass_number)
        return Taken(changed=len(read) + len(gone), refused=len(refused))

    def refuse(self, session: Session, peer: Peer, item: Item, reason: str, *, pass_number: int) -> None:
        """Note that an item could not be stored; what was shown of it before is withdrawn."""
        before = _known(session, peer.host, [item.id])
        self._withdraw(session, [item], before)
        known = before.get(item.id)
        row = _row(peer, item, Held.REFUSED, pass_number, reason=reason)
        row |= {"opportunity_id": known.opportunity_id if known else None, "twin": None, "changed": self._clock.now()}
        _write(session, [row], set(before))

    def withdraw_missing(self, session: Session, peer_host: str, ids: Sequence[str]) -> None:
        """Withdraw what is no longer in the feed, by its ids there."""
        before = _known(session, peer_host, ids)
        self._withdraw(session, [Item(id=each, modified=0, data=None) for each in ids], before)
        session.execute(
            update(RemoteOfferRow)
            .where(RemoteOfferRow.host == peer_host, RemoteOfferRow.external_id.in_(ids))
            .values(held=Held.GONE.value, changed=self._clock.now())
            .execution_options(synchronize_session=False)
        )

    def _read(
        self, peer: Peer, items: Sequence[Item], asked: Query, *, room: int
    ) -> tuple[list[_Read], list[tuple[Item, str]]]:
        read: list[_Read] = []
        refused: list[tuple[Item, str]] = []
        for each in items:
            if each.data is None:
                continue
            try:
                if len(read) >= room:
                    raise Refused(f"The partner has more than {self._most} offers.")
                read.append(self._offer(peer, each, each.data, asked))
            except (Refused, ValueError, OverflowError, RecursionError, ArithmeticError) as error:
                refused.append((each, str(error)[:_LONGEST_REASON] or type(error).__name__))
        return read, refused

    def _offer(self, peer: Peer, item: Item, data: Mapping[str, Any], asked: Query) -> _Read:
        """Return the offer that an item is. Raises Refused, ValueError."""
        offered = jsonld_network_in.offered(data, self._defaults)
        own, named = offered.url, data.get("@id")
        for url in (own,) if named in (own, None) else (own, named):
            if not peers.is_on(url, peer.host):
                raise Refused(f"It is of another server: {str(url)[:120]}.")
        draft = admitted(packed(_as_here(offered)), currency=self._config.currency)
        if not filters.matches(asked, draft, draft.place):
            raise Refused("It is not what this city asks for.")
        document = packed(draft)
        said = f"{admission.VERSION} {offered.status.value} {peer.key} {offered.url}"
        return _Read(item=item, offered=offered, draft=draft, fingerprint=documents.fingerprint(document, said))

    def _store(
        self, session: Session, peer: Peer, read: Sequence[_Read], before: Mapping[str, _Before]
    ) -> dict[str, str]:
        """Store offers; return the id of each here by its id there."""
        if not read:
            return {}
        now = self._clock.now()
        ids = [each.item.id for each in read]
        known = store.known(session, peer.source_id, ids)
        by_person = withdrawn.among(session, peer.source_id, ids)
        prepared = []
        for each in read:
            present = known.get(each.item.id)
            twin = before[each.item.id].twin if each.item.id in before else None
            if present is not None and present.source_hash == each.fingerprint and _stands(present, each, twin):
                continue
            made = self._prepared(peer, each, present, twin=twin, now=now)
            gone = each.item.id in by_person
            prepared.append(replace(made, status=Status.WITHDRAWN) if gone else made)
        stored = store.write_many(session, prepared, index=self._index, clock=self._clock)
        pictures.want(session, [one for _, one in stored], clock=self._clock)
        found = {external_id: each.id for external_id, each in known.items()}
        return found | {str(each.external_id): one.id for each, (_, one) in zip(prepared, stored, strict=True)}

    def _prepared(self, peer: Peer, each: _Read, present: Known | None, *, twin: str | None, now: datetime) -> Prepared:
        before = None if present is None else documents.draft_of(present.document)
        content = each.draft
        if present is not None and before is not None:
            content = decisions.with_edits(content, before, present.provenance)
        reviewed = self._reviewer.review_remote(content, now=now)
        held = decisions.must_be_seen(reviewed.findings, present)
        status = each.offered.status
        if twin is not None:
            status = Status.DRAFT
        elif held and status is Status.PUBLISHED:
            status = Status.REVIEW
        provenance = present.provenance if present else {}
        return Prepared(
            content=content,
            status=status,
            place=reviewed.place,
            occurrences=reviewed.occurrences,
            findings=reviewed.findings,
            source_id=peer.source_id,
            external_id=each.item.id,
            source_hash=each.fingerprint,
            provenance=decisions.without_approval(provenance) if held else provenance,
            image_key=store.kept_image(present, before, content),
            origin=Origin(city=peer.key, host=peer.host, name=dict(peer.names), url=each.offered.url),
            known=present,
        )

    def _withdraw(self, session: Session, items: Sequence[Item], before: Mapping[str, _Before]) -> None:
        known = [before[each.id].opportunity_id for each in items if each.id in before]
        ids = [each for each in known if each is not None]
        if ids:
            store.set_status(session, ids, Status.WITHDRAWN, index=self._index, clock=self._clock)


def kept(session: Session, host: str) -> Mapping[Held, int]:
    """Return how many items of a partner were kept, refused, and are gone."""
    rows = session.execute(
        select(RemoteOfferRow.held, func.count()).where(RemoteOfferRow.host == host).group_by(RemoteOfferRow.held)
    )
    found = {str(row[0]): int(row[1]) for row in rows}
    return {each: found.get(each.value, 0) for each in Held}


def forget_numbers(session: Session, host: str) -> None:
    """Let every item of a partner be read as if it were new: its numbers count from elsewhere now."""
    chosen = update(RemoteOfferRow).where(RemoteOfferRow.host == host).values(modified=-1)
    session.execute(chosen.execution_options(synchronize_session=False))


def _as_here(offered: Offered) -> Draft:
    """Return what is stored of an offer: one registers at home."""
    said, registration = offered.draft, offered.draft.registration
    leads_home = registration.mode in (
        RegistrationMode.INTERNAL,
        RegistrationMode.EXTERNAL,
        RegistrationMode.RESTRICTED,
    )
    mode = registration.mode
    if mode is RegistrationMode.INTERNAL:
        mode = RegistrationMode.EXTERNAL
    home = Registration(mode=mode, url=offered.url if leads_home else None, deadline=registration.deadline)
    return replace(said, registration=home, safeguarding=None)


def _stands(present: Known, each: _Read, twin: str | None) -> bool:
    """Whether an unchanged offer also stands as it should: one that was gone and is there again does not."""
    if present.status is Status.WITHDRAWN:
        return False
    wanted = Status.DRAFT if twin is not None else each.offered.status
    return present.status in (wanted, Status.REVIEW)


def _says_something(item: Item, before: _Before | None) -> bool:
    if before is None:
        return True
    if before.held is not Held.KEPT and item.data is not None:
        # It was not what was asked for then, was missing, or was refused by a city that knew less. What its own city
        # took back stands under the number of that change, which is a later one than any in which it was there.
        return item.modified >= before.modified
    return item.modified > before.modified


def _as_source(peer: Peer, config: CityConfig) -> SourceConfig:
    names = peer.names or {config.default_language: peer.host}
    return SourceConfig(
        id=peer.source_id, plugin="", name=names, homepage=peer.base_url, licence=LICENCE, reach="network"
    )


def _known(session: Session, host: str, ids: Sequence[str]) -> dict[str, _Before]:
    table: Any = RemoteOfferRow.__table__
    columns = (table.c.external_id, table.c.opportunity_id, table.c.modified, table.c.held, table.c.twin)
    chosen = select(*columns).where(table.c.host == host, bulk.among(session, table.c.external_id, ids))
    return {
        row.external_id: _Before(
            opportunity_id=row.opportunity_id, modified=row.modified, held=Held(row.held), twin=row.twin
        )
        for row in session.connection().execute(chosen)
    }


def _row(
    peer: Peer, item: Item, held: Held, pass_number: int, *, status: str | None = None, reason: str | None = None
) -> dict[str, Any]:
    return {
        "host": peer.host,
        "external_id": item.id,
        "modified": item.modified,
        "held": held.value,
        "status": status,
        "reason": reason,
        "pass_number": pass_number,
    }


def _write(session: Session, rows: Sequence[dict[str, Any]], there: set[str]) -> None:
    table: Any = RemoteOfferRow.__table__
    fresh = [row | {"opened": 0, "shown_as": None} for row in rows if row["external_id"] not in there]
    bulk.insert_many(session, table, fresh)
    replaced = [row for row in rows if row["external_id"] in there]
    if replaced:
        names = [name for name in replaced[0] if name not in ("host", "external_id")]
        statement = (
            update(table)
            .where(table.c.host == bindparam("at_host"), table.c.external_id == bindparam("at_id"))
            .values({name: bindparam(name) for name in names})
        )
        values = [
            {"at_host": row["host"], "at_id": row["external_id"], **{name: row[name] for name in names}}
            for row in replaced
        ]
        session.connection().execute(statement, values)


def _mark(session: Session, host: str, ids: Sequence[str], pass_number: int) -> None:
    """Note that these were seen in this run through the feed."""
    if not ids:
        return
    chosen = update(RemoteOfferRow).where(
        RemoteOfferRow.host == host,
        bulk.among(session, RemoteOfferRow.external_id, ids),
        RemoteOfferRow.pass_number != pass_number,
    )
    session.execute(chosen.values(pass_number=pass_number).execution_options(synchronize_session=False))
