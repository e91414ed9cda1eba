"""Reading a partner's feed on from where it stopped: the place is committed with what the page held.

A partner that is slow, lies, or never comes to an end costs its own run, which has bounds; the others are read beside
it. Nothing here believes the partner's clock.
"""

import random
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from time import monotonic

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from col_core.base import outbox
from col_core.base.errors import ColError, FetchError
from col_core.catalogue.gathering import gathering
from col_core.federation import peers
from col_core.federation.exchange import digests, fetching, filters, subscriptions, taking
from col_core.federation.exchange.fetching import Lying
from col_core.federation.exchange.records import Digest, FeedPage, Held, Item, Subscription
from col_core.federation.exchange.tables import RemoteOfferRow
from col_core.federation.exchange.taking import Taker
from col_core.federation.ground import HARVEST_JOB, Ground, harvest_key
from col_core.federation.records import Peer

TWINS_JOB = "exchange.twins"
MOST_PAGES, RUN_S, WARY_RUN_S = 400, 60.0, 15.0
# What a partner brings in one run through its whole feed, at most.
MOST_ITEMS = 400_000
_FIRST_RETRY_S, _LONGEST_RETRY_S, _LONGEST_ASKED_S = 5, 60, 3_600
# After so many failures in a row one small question goes before the reading.
BREAKS_AFTER = 5
_PROBE_S = 10.0
_COLLAPSE_BELOW, _SMALL = 0.5, 5
_WHOLE_EVERY, _AFTER_LONG, _DOUBT_EVERY, _COMPARE_EVERY = (
    timedelta(hours=24),
    timedelta(days=7),
    timedelta(hours=1),
    timedelta(minutes=10),
)
_MOST_BUCKETS, _MOST_SINGLE = 8, 50
_BATCH = 250
_Coming = Future[tuple[FeedPage | None, str | None]]
_log = structlog.get_logger()


class Ended(StrEnum):
    """How a run ended. `UP_TO_DATE`: everything of the partner is here. `MORE`: it goes on in the next run."""

    UP_TO_DATE = "up-to-date"
    MORE = "more"
    NOT_NOW = "not-now"
    NO_PARTNER = "no-partner"
    FAILED = "failed"
    COLLAPSED = "collapsed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Harvested:
    """What one run did: pages read, items that changed something, items refused; `error` says what went wrong."""

    host: str
    ended: Ended
    pages: int = 0
    changed: int = 0
    refused: int = 0
    error: str | None = None


class Harvest:
    """Reads the feeds of partners. `most_pages` and `run_s` bound one run."""

    def __init__(self, ground: Ground, *, most_pages: int = MOST_PAGES, run_s: float = RUN_S) -> None:
        self._ground, self._most_pages, self._run_s = ground, most_pages, run_s
        self._taker = Taker(ground.config, clock=ground.clock, index=ground.index, reviewer=ground.gathering.reviewer)
        # Nothing secret: only so that not everybody comes back at the same moment.
        self._dice = random.Random()  # noqa: S311

    def run(self, host: str, *, at_once: bool = False, accept_fewer: bool = False) -> Harvested:
        """Read the feed of `host` on; a fault of the partner is in what is returned, not raised.

        `at_once` does not wait for the time that was set after a failure. `accept_fewer` says that a person knows why
        the partner has much less than before.
        """
        found = self._ready(host, at_once=at_once)
        if isinstance(found, Harvested):
            return found
        peer, subscription = found
        run = _Run(peer=peer, subscription=subscription)
        try:
            if subscription.failures >= BREAKS_AFTER:
                # Whoever does not answer a small question is not asked a large one.
                fetching.digest(self._ground.http, peer, subscription.filter, deadline_s=_PROBE_S)
            ended = self._read_on(run)
            if ended is Ended.UP_TO_DATE:
                ended = self._at_end(run, accept_fewer=accept_fewer)
        except FetchError as error:
            return self._failed(run, error)
        self._after(run, ended)
        return run.harvested(ended)

    def _ready(self, host: str, *, at_once: bool) -> tuple[Peer, Subscription] | Harvested:
        ground, now = self._ground, self._ground.clock.now()
        with ground.database.write() as session:
            subscription, peer = subscriptions.get(session, host), peers.get(session, host)
            if subscription is None or peer is None:
                return Harvested(host=host, ended=Ended.NO_PARTNER)
            if not peers.standing(peer, ground.config.federation, now=now).is_partner:
                return Harvested(host=host, ended=Ended.NO_PARTNER)
            if subscription.retry is not None and now < subscription.retry <= now + _AFTER_LONG and not at_once:
                self._later(session, host, subscription.retry - now)
                return Harvested(host=host, ended=Ended.NOT_NOW)
            if _is_due_whole(subscription, now):
                row = subscriptions.locked(session, host)
                assert row is not None
                subscriptions.begin_anew(row)
                session.flush()
                subscription = subscriptions.get(session, host) or subscription
        return peer, subscription

    def _read_on(self, run: "_Run") -> Ended:
        """Read pages until the end, or until the bounds of a run."""
        # The partner makes its next page while the one before it is stored.
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="harvest") as ahead:
            return self._read_pages(run, ahead)

    def _read_pages(self, run: "_Run", ahead: ThreadPoolExecutor) -> Ended:
        one = run.subscription
        wary = one.failures > 0
        until = monotonic() + (min(self._run_s, WARY_RUN_S) if wary else self._run_s)
        seen: set[str] = set()
        coming: _Coming | None = None
        while True:
            url = one.next_url or subscriptions.start_of(run.peer, one)
            if url in seen:
                raise Lying(f"{one.host} leads in a circle.")
            seen.add(url)
            if coming is not None:
                page, etag = coming.result()
                coming = None
            else:
                page, etag = fetching.page(self._ground.http, run.peer, url, etag=one.etag)
            if page is None:
                return Ended.UP_TO_DATE
            run.pages += 1
            if self._counts_from_elsewhere(one, page):
                one = run.subscription = self._anew(run, "The numbers of its feed count from elsewhere now.")
                seen.clear()
                continue
            goes_on = run.pages < self._most_pages and monotonic() <= until
            if goes_on and not page.is_last and page.next not in seen:
                coming = ahead.submit(fetching.page, self._ground.http, run.peer, page.next, etag=None)
            following = self._take(run, page, etag if page.is_last else None)
            if following is None:
                return Ended.MORE
            one = run.subscription = following
            if page.is_last:
                return Ended.UP_TO_DATE
            if not goes_on:
                return Ended.MORE

    def _counts_from_elsewhere(self, one: Subscription, page: FeedPage) -> bool:
        if one.next_url is None:
            return False
        went_back = bool(page.items) and page.items[0].modified < one.place
        return went_back or bool(one.epoch and page.epoch and page.epoch != one.epoch)

    def _anew(self, run: "_Run", reason: str) -> Subscription:
        """Begin from the first page, after doubt; a partner that gives reasons all the time waits."""
        ground, host, now = self._ground, run.peer.host, self._ground.clock.now()
        with ground.database.write() as session:
            row = subscriptions.locked(session, host)
            if row is None:
                raise Lying(f"{host} is not followed any more.")
            if row.doubted is not None and timedelta() <= now - row.doubted < _DOUBT_EVERY:
                raise Lying(f"{host}: {reason} That was so within the last hour, too.")
            row.doubted, row.epoch = now, ""
            subscriptions.begin_anew(row)
            taking.forget_numbers(session, host)
            session.flush()
            found = subscriptions.get(session, host)
        assert found is not None
        _log.warning("exchange.anew", host=host, reason=reason)
        return found

    def _take(self, run: "_Run", page: FeedPage, etag: str | None) -> Subscription | None:
        """Store a page and the place after it in one transaction; None where another run was there first."""
        try:
            with self._ground.database.write() as session:
                return self._take_in(session, run, page, etag, items=page.items)
        except ColError:
            raise
        except Exception:
            _log.exception("exchange.page_failed", host=run.peer.host, items=len(page.items))
        for each in page.items:
            self._take_single(run, each)
        with self._ground.database.write() as session:
            return self._take_in(session, run, page, etag, items=())

    def _take_in(
        self, session: Session, run: "_Run", page: FeedPage, etag: str | None, *, items: Sequence[Item]
    ) -> Subscription | None:
        before, now = run.subscription, self._ground.clock.now()
        row = subscriptions.locked(session, run.peer.host)
        if row is None or (row.next_url, row.pass_number) != (before.next_url, before.pass_number):
            return None
        present = peers.get(session, run.peer.host)
        if present is None or not peers.standing(present, self._ground.config.federation, now=now).is_partner:
            return None
        if items:
            counts = taking.kept(session, run.peer.host)
            if run.items + len(items) > MOST_ITEMS:
                raise Lying(f"{run.peer.host} brings more than {MOST_ITEMS} items in one go.")
            taken = self._taker.take(
                session,
                present,
                items,
                asked=filters.of_text(before.filter),
                pass_number=before.pass_number,
                kept=counts[Held.KEPT],
            )
            run.changed += taken.changed
            run.refused += taken.refused
            run.items += len(items)
        if page.broken:
            run.refused += len(page.broken)
            run.broken = page.broken[0]
        row.next_url, row.etag, row.read = page.next, etag, now
        row.epoch = page.epoch or row.epoch
        if page.items:
            row.place = page.items[-1].modified
        row.failures, row.retry, row.error = 0, None, run.broken
        session.flush()
        return subscriptions.get(session, run.peer.host)

    def _take_single(self, run: "_Run", item: Item) -> None:
        """Store one item alone, so that one that cannot be stored costs only itself."""
        one = run.subscription
        try:
            with self._ground.database.write() as session:
                taken = self._taker.take(
                    session,
                    run.peer,
                    [item],
                    asked=filters.of_text(one.filter),
                    pass_number=one.pass_number,
                    kept=0,
                )
        except ColError:
            raise
        except Exception as error:
            reason = f"It could not be stored ({type(error).__name__})."
            with self._ground.database.write() as session:
                self._taker.refuse(session, run.peer, item, reason, pass_number=one.pass_number)
            run.refused += 1
        else:
            run.changed += taken.changed
            run.refused += taken.refused

    def _at_end(self, run: "_Run", *, accept_fewer: bool) -> Ended:
        """Withdraw what the whole feed no longer holds, and compare what both sides counted."""
        host, now = run.peer.host, self._ground.clock.now()
        if run.subscription.whole:
            collapse = None if accept_fewer else self._collapse(run)
            if collapse is not None:
                with self._ground.database.write() as session:
                    subscriptions.note(session, host, error=collapse, doubted=now, **subscriptions.begins_anew())
                    subscriptions.note(session, host, retry=now + _DOUBT_EVERY)
                run.broken = collapse
                return Ended.COLLAPSED
            self._withdraw_missing(run)
            with self._ground.database.write() as session:
                subscriptions.note(session, host, whole=False, whole_synced=now)
        with self._ground.database.write() as session:
            subscriptions.note(session, host, synced=now, failures=0, retry=None, error=run.broken)
        compared = run.subscription.compared
        is_long_ago = compared is None or not timedelta() <= now - compared < _COMPARE_EVERY
        if run.changed or run.subscription.whole or run.subscription.equal is not True or is_long_ago:
            self._compare(run)
        return Ended.UP_TO_DATE

    def _missing(self, run: "_Run") -> tuple[int, int]:
        """Return how many of the kept offers were not in this run through the feed, and how many there are."""
        one = run.subscription
        with self._ground.database.read() as session:
            chosen = select(func.count()).where(RemoteOfferRow.host == one.host, RemoteOfferRow.held == Held.KEPT.value)
            missing = session.scalar(chosen.where(RemoteOfferRow.pass_number != one.pass_number)) or 0
            return missing, session.scalar(chosen) or 0

    def _collapse(self, run: "_Run") -> str | None:
        """Return why a run through the whole feed is not to be believed, or None."""
        missing, before = self._missing(run)
        there = before - missing
        if (before and not there) or (before > _SMALL and there < before * _COLLAPSE_BELOW):
            return (
                f"Its feed held {there} offers instead of about {before}; nothing was withdrawn. If that is right: "
                f"col peers sync {run.peer.host} --accept-fewer"
            )
        return None

    def _withdraw_missing(self, run: "_Run") -> None:
        one = run.subscription
        chosen = (
            select(RemoteOfferRow.external_id)
            .where(
                RemoteOfferRow.host == one.host,
                RemoteOfferRow.held != Held.GONE.value,
                RemoteOfferRow.pass_number != one.pass_number,
            )
            .order_by(RemoteOfferRow.external_id)
            .limit(_BATCH)
        )
        while True:
            with self._ground.database.write() as session:
                ids = list(session.scalars(chosen))
                if not ids:
                    return
                self._taker.withdraw_missing(session, one.host, ids)
                run.changed += len(ids)

    def _compare(self, run: "_Run") -> None:
        """Compare what both sides hold at the same place, and mend what differs; with much, everything is read anew."""
        one, ground = run.subscription, self._ground
        theirs = fetching.digest(ground.http, run.peer, one.filter)
        if theirs is None or theirs.epoch != one.epoch:
            return
        differing = self._differing(one, theirs)
        if theirs.place > self._place(one):
            # It went on meanwhile; the next run compares.
            return
        if differing and len(differing) <= _MOST_BUCKETS:
            self._mend(run, differing)
            differing = self._differing(one, theirs)
        now = ground.clock.now()
        with ground.database.write() as session:
            row = subscriptions.locked(session, one.host)
            if row is None:
                return
            row.equal, row.compared = not differing, now
            if differing and (row.doubted is None or not timedelta() <= now - row.doubted < _DOUBT_EVERY):
                _log.warning("exchange.unequal", host=one.host, buckets=len(differing))
                row.doubted = now
                subscriptions.begin_anew(row)
                row.equal = False
                subscriptions.hint(session, one.host, clock=ground.clock)

    def _place(self, one: Subscription) -> int:
        with self._ground.database.read() as session:
            found = subscriptions.get(session, one.host)
        return found.place if found is not None else 0

    def _differing(self, one: Subscription, theirs: Digest) -> list[int]:
        ours = digests.sums(self._held(one).items())
        return [number for number, (a, b) in enumerate(zip(ours, theirs.sums, strict=True)) if a != b]

    def _held(self, one: Subscription) -> dict[str, int]:
        with self._ground.database.read() as session:
            rows = session.execute(
                select(RemoteOfferRow.external_id, RemoteOfferRow.modified).where(
                    RemoteOfferRow.host == one.host, RemoteOfferRow.held != Held.GONE.value
                )
            )
            return {row.external_id: row.modified for row in rows}

    def _mend(self, run: "_Run", buckets: list[int]) -> None:
        """Ask for the items in which a few buckets differ."""
        one, http = run.subscription, self._ground.http
        ours, asked = self._held(one), 0
        for number in buckets:
            theirs = fetching.bucket(http, run.peer, one.filter, number)
            mine = {id_: modified for id_, modified in ours.items() if digests.bucket_of(id_) == number}
            gone = sorted(mine.keys() - theirs.keys())
            wanted = sorted(id_ for id_, modified in theirs.items() if mine.get(id_) != modified)
            asked += len(gone) + len(wanted)
            if asked > _MOST_SINGLE:
                return
            for id_ in wanted:
                self._take_single(run, fetching.item(http, run.peer, one.filter, id_))
            if gone:
                with self._ground.database.write() as session:
                    self._taker.withdraw_missing(session, one.host, gone)
                    run.changed += len(gone)

    def _after(self, run: "_Run", ended: Ended) -> None:
        """Write down what follows from a run."""
        clock = self._ground.clock
        with self._ground.database.write() as session:
            if ended is Ended.MORE:
                subscriptions.hint(session, run.peer.host, clock=clock)
            if run.changed:
                outbox.enqueue(session, TWINS_JOB, {}, clock=clock, key=TWINS_JOB)
                outbox.enqueue(session, gathering.DUPLICATES_JOB, {}, clock=clock, key=gathering.DUPLICATES_JOB)

    def _failed(self, run: "_Run", error: FetchError) -> Harvested:
        """Note a failure, and when to try again: soon at first, then once a minute, or when the partner says."""
        host, now = run.peer.host, self._ground.clock.now()
        failures = run.subscription.failures + 1
        wait_s = min(_FIRST_RETRY_S * 2 ** min(failures - 1, 10), _LONGEST_RETRY_S) * self._dice.uniform(0.5, 1.0)
        if error.retry_after_s is not None:
            wait_s = max(wait_s, min(error.retry_after_s, _LONGEST_ASKED_S))
        retry = now + timedelta(seconds=wait_s)
        _log.warning("exchange.failed", host=host, reason=str(error), failures=failures)
        with self._ground.database.write() as session:
            subscriptions.note(session, host, failures=failures, retry=retry, error=str(error)[:500])
            self._later(session, host, retry - now)
        self._after(run, Ended.FAILED)
        return run.harvested(Ended.FAILED, str(error))

    def _later(self, session: Session, host: str, wait: timedelta) -> None:
        clock = self._ground.clock
        when = clock.now() + wait
        outbox.enqueue(session, HARVEST_JOB, {"host": host}, clock=clock, key=harvest_key(host), not_before=when)


@dataclass(kw_only=True)
class _Run:
    """One run, as it goes."""

    peer: Peer
    subscription: Subscription
    pages: int = 0
    items: int = 0
    changed: int = 0
    refused: int = 0
    broken: str | None = None

    def harvested(self, ended: Ended, error: str | None = None) -> Harvested:
        return Harvested(
            host=self.peer.host,
            ended=ended,
            pages=self.pages,
            changed=self.changed,
            refused=self.refused,
            error=error or self.broken,
        )


def _is_due_whole(one: Subscription, now: datetime) -> bool:
    """Whether everything is to be read anew: each night, and after a time for which tombstones may be forgotten."""
    if one.whole:
        return False
    synced, whole = one.synced, one.whole_synced
    if synced is None or whole is None:
        return True
    return not timedelta() <= now - whole < _WHOLE_EVERY or now - synced > _AFTER_LONG
