"""The contract of sources: what every plugin that brings opportunities must do."""

import random
from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest

from col_core.base import time_zones
from col_core.catalogue.hooks import OpportunitySource
from col_core.catalogue.records import Draft, Fetched, RawItem, Rejected, Schedule
from col_core.testing.cities import NOW

_LONGEST_ID = 500


class SourceContract:
    """What every source of opportunities must do. Its sample must hold at least one item that becomes a draft."""

    @pytest.fixture
    def source(self) -> OpportunitySource:
        """Return a source over a sample of what it reads. To be filled in."""
        raise NotImplementedError("a contract suite needs a `source` fixture")

    @pytest.fixture
    def fetched(self, source: OpportunitySource) -> Fetched:
        return source.fetch(since=None, cursor=None)

    def test_it_is_a_source(self, source: OpportunitySource) -> None:
        assert isinstance(source, OpportunitySource)
        assert source.id

    def test_every_item_can_be_followed_over_time(self, fetched: Fetched) -> None:
        assert isinstance(fetched, Fetched)
        assert fetched.items, "the sample holds no item"
        ids = [each.external_id for each in fetched.items]
        assert all(0 < len(each) <= _LONGEST_ID for each in ids)
        assert len(set(ids)) == len(ids), "two items have the same external_id"
        assert all(isinstance(each.body, bytes) and each.media_type and each.address for each in fetched.items)

    def test_the_sample_becomes_drafts_that_can_be_stored(self, source: OpportunitySource, fetched: Fetched) -> None:
        results = [source.normalise(each) for each in fetched.items]
        assert all(isinstance(each, Draft | Rejected) for each in results)
        drafts = [each for each in results if isinstance(each, Draft)]
        assert drafts, f"every item was rejected: {results[0]}"
        for draft in drafts:
            assert list(problems(draft)) == []
            assert msgspec.json.decode(msgspec.json.encode(draft), type=Draft) == draft

    def test_a_rejection_says_why(self, source: OpportunitySource, fetched: Fetched) -> None:
        results = [*fetched.errors, *(source.normalise(each) for each in fetched.items)]
        assert all(each.reason.strip() for each in results if isinstance(each, Rejected))

    def test_normalising_twice_gives_the_same(self, source: OpportunitySource, fetched: Fetched) -> None:
        for each in fetched.items:
            assert source.normalise(each) == source.normalise(each)

    def test_an_item_that_was_kept_needs_nothing_else(self, source: OpportunitySource, fetched: Fetched) -> None:
        for each in fetched.items:
            kept = RawItem(
                external_id=each.external_id,
                body=bytes(each.body),
                media_type=str(each.media_type),
                address=str(each.address),
            )
            assert source.normalise(kept) == source.normalise(each)

    def test_fetching_again_brings_the_same_or_says_unchanged(
        self, source: OpportunitySource, fetched: Fetched
    ) -> None:
        again = source.fetch(since=NOW, cursor=fetched.cursor)
        assert again.unchanged or [each.external_id for each in again.items] == [
            each.external_id for each in fetched.items
        ]

    def test_a_broken_item_is_rejected_and_raises_nothing(self, source: OpportunitySource, fetched: Fetched) -> None:
        for each in fetched.items[:20]:
            for body in broken(each.body):
                assert isinstance(source.normalise(replace(each, body=body)), Draft | Rejected)


def broken(body: bytes) -> Iterator[bytes]:
    """Yield what may become of `body` on its way: cut, emptied, overwritten, doubled."""
    chance = random.Random(body)
    yield from (b"", b"\0", b"null", b"[]", b"{}", b"<a/>", b"\xff\xfe", body[: len(body) // 2], body + body)
    for _ in range(20):
        damaged = bytearray(body)
        for _ in range(chance.randint(1, 5)):
            if damaged:
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        yield bytes(damaged)


def problems(draft: Draft) -> Iterator[str]:
    """Yield what keeps `draft` from being stored as it is."""
    if not any(text.strip() for text in draft.title.values()):
        yield "it has no title"
    for name in ("title", "summary", "description", "outcome", "bring", "travel"):
        for tag, text in getattr(draft, name).items():
            if not tag or not isinstance(text, str) or not text.strip():
                yield f"{name} holds an empty text for {tag!r}; leave it out"
    for name in ("url", "online_url"):
        address = getattr(draft, name)
        if address is not None and not address.startswith(("https://", "http://")):
            yield f"{name} {address!r} is not a web address"
    deadline = draft.registration.deadline
    if deadline is not None and deadline.tzinfo is None:
        yield "the deadline is not aware"
    if draft.schedule is not None:
        yield from _schedule_problems(draft.schedule)
    if draft.place is not None and (draft.place.lat_deg is None) != (draft.place.lon_deg is None):
        yield "one coordinate is missing"


def _schedule_problems(schedule: Schedule) -> Iterator[str]:
    if schedule.timezone not in time_zones.names():
        yield f"{schedule.timezone!r} is not a time zone"
    times = [schedule.start, schedule.end, *schedule.exdates, *schedule.rdates]
    times += [each.original_start for each in schedule.overrides]
    times += [moment for each in schedule.overrides for moment in (each.start, each.end)]
    if any(each is not None and each.tzinfo is not None for each in times):
        yield "a time of the schedule is aware; it must be the wall-clock time in the schedule's zone"
