import sys
import threading
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import event, update

from col_core.base.errors import FetchError
from col_core.catalogue import store
from col_core.catalogue.gathering import runs
from col_core.catalogue.gathering.runs import Outcome
from col_core.catalogue.gathering.source_runner import MAX_ITEM_BYTES, SourceRunner
from col_core.catalogue.records import (
    Ages,
    Draft,
    Fetched,
    Host,
    Place,
    Price,
    RawItem,
    Registration,
    Rejected,
    Schedule,
)
from col_core.catalogue.tables import OpportunityRow, RawItemRow
from col_core.testing.fakes import RememberingIndex
from col_core.testing.processes import until


def raw(id_="a", body=b"a", media_type="text/plain", address="list"):
    return RawItem(external_id=id_, body=body, media_type=media_type, address=address)


class Odd:
    """A source that does what a test says."""

    id = "library"

    def __init__(self, fetched=None, normalise=None):
        self._fetched = fetched
        self._normalise = normalise or (lambda item: Draft(title={"sl": item.external_id}))

    def fetch(self, *, since, cursor):
        return self._fetched() if callable(self._fetched) else self._fetched

    def normalise(self, item):
        return self._normalise(item)


def raising(error):
    def function(*_):
        raise error

    return function


def run(house, source, *, config=None, **how):
    return house.ingest.sync(source, config or house.config, default_language="sl", **how)


@pytest.mark.parametrize(
    "error", [ValueError("x"), SystemExit(3), KeyboardInterrupt(), RecursionError(), MemoryError(), GeneratorExit()]
)
def test_a_source_that_raises_anything_costs_only_its_run(house, error):
    done = run(house, Odd(raising(error)))
    assert (done.outcome, type(error).__name__ in done.message) == (Outcome.FAILED, True)


@pytest.mark.parametrize("lie", [None, [], "items", 7, Fetched])
def test_a_source_that_returns_something_else_costs_only_its_run(house, lie):
    assert run(house, Odd(lambda: lie)).outcome is Outcome.FAILED


def test_what_is_told_of_a_source_steers_no_terminal(house):
    steering = "\x1b[2J\x07'soon'\n is\u202e no date"
    told = Rejected(external_id="a", reason=steering, where="list\x1b[31m, row 3")
    done = run(house, Odd(Fetched(items=[raw()], errors=(told,)), lambda item: told))
    assert {(each.reason, each.where) for each in done.errors} == {("[2J'soon' is no date", "list[31m, row 3")}
    for error in (FetchError(steering), ValueError(steering)):
        assert run(house, Odd(raising(error))).message.endswith("[2J'soon' is no date")


def test_a_source_that_hangs_is_left_at_its_deadline_and_not_started_twice(house):
    house.ingest = house.an_ingest(deadline_s=0.3)
    release = threading.Event()
    done = run(house, Odd(lambda: release.wait(60)))
    assert done.message == "It did not come back within 0.3 seconds."
    assert run(house, Odd(lambda: Fetched())).message == "Its last run has not come back yet."
    release.set()
    until(lambda: run(house, Odd(lambda: Fetched())).outcome is Outcome.DONE)


def test_a_source_that_hangs_over_one_item_keeps_what_it_brought_before(house):
    house.ingest = house.an_ingest(deadline_s=3)
    release = threading.Event()

    def normalise(item):
        if item.external_id == "300":
            release.wait(60)
        return Draft(title={"sl": item.external_id})

    items = tuple(raw(str(number)) for number in range(400))
    done = run(house, Odd(Fetched(items=items), normalise))
    release.set()
    assert (done.outcome, done.new) == (Outcome.FAILED, 250)
    assert len(house.stored()) == 250


def test_a_source_without_end_is_cut_and_does_not_count_as_complete():
    def endless():
        number = 0
        while True:
            number += 1
            yield raw(str(number))

    runner = SourceRunner(deadline_s=20, max_items=300)
    reading = runner.read(Odd(Fetched(items=endless())), salt="", since=None, cursor=None)
    *items, last = reading.items
    assert len(items) == 300
    assert last.reason == "Only the first 300 items were taken."
    assert not reading.complete


@pytest.mark.parametrize(
    "item",
    [
        None, "x", raw(""), raw("x" * 501), raw("a\0b"), raw("\ud800"), raw(None), raw(7), raw(body="text"),
        raw(body=b"x" * (MAX_ITEM_BYTES + 1)), raw(address=None), raw(media_type="\0"), raw(address="\udfff"),
    ],
)  # fmt: skip
def test_an_item_that_cannot_be_kept_is_told_and_the_others_pass(house, item):
    done = run(house, Odd(Fetched(items=(item, raw("good")))))
    assert (done.new, done.rejected) == (1, 1)


START = datetime(2026, 3, 3, 17, 0)
ZONE = "Europe/Ljubljana"
ODD_DRAFTS = {
    "no title": Draft(title={}),
    "blank title": Draft(title={"sl": " \0\u202e "}),
    "title of another type": Draft(title={"sl": 7}),
    "title without language": Draft(title="Čaj"),
    "no draft": {"title": "Čaj"},
    "half a letter": Draft(title={"sl": "\ud800"}),
    "half a letter inside": Draft(title={"sl": "Čaj"}, description={"sl": "a\udfffb"}),
    "zero byte": Draft(title={"sl": "Ča\0j"}, description={"sl": "\0"}, organiser="a\0b"),
    "endless number": Draft(title={"sl": "Čaj"}, capacity=2**70),
    "great number": Draft(title={"sl": "Čaj"}, capacity=2**62, ages=Ages(min=-5, max=2**40)),
    "no number": Draft(title={"sl": "Čaj"}, place=Place(lat_deg=float("nan"), lon_deg=float("inf"))),
    "no money": Draft(title={"sl": "Čaj"}, price=Price(amount=Decimal("NaN"), net_amount=Decimal("1e999"))),
    "long": Draft(title={"sl": "č" * 5_000_000}, description={"sl": "<div>" * 500_000}),
    "many": Draft(title={"sl": "Čaj"}, hosts=tuple(Host(name=str(number)) for number in range(10_000))),
    "wrong tag": Draft(title={"sl": "Čaj", "<b>": "x", "": "y"}, languages=("slovenščina", "sl")),
    "dangerous link": Draft(title={"sl": "Čaj"}, url="javascript:alert(1)", online_url="data:text/html,x"),
    "aware schedule": Draft(title={"sl": "Čaj"}, schedule=Schedule(start=START.replace(tzinfo=UTC), timezone=ZONE)),
    "naive deadline": Draft(title={"sl": "Čaj"}, registration=Registration(deadline=START)),
    "zone that is a folder": Draft(title={"sl": "Čaj"}, schedule=Schedule(start=START, timezone="Europe")),
    "zone that is a path": Draft(title={"sl": "Čaj"}, schedule=Schedule(start=START, timezone="../../etc/passwd")),
    "end of time": Draft(title={"sl": "Čaj"}, schedule=Schedule(start=datetime(9999, 12, 31), timezone=ZONE)),
    "beginning of time": Draft(title={"sl": "Čaj"}, schedule=Schedule(start=datetime(1, 1, 1), timezone=ZONE)),
    "every second": Draft(
        title={"sl": "Čaj"}, schedule=Schedule(start=START, timezone=ZONE, rrule="FREQ=SECONDLY;INTERVAL=0")
    ),
    "too many dates": Draft(
        title={"sl": "Čaj"}, schedule=Schedule(start=START, timezone=ZONE, exdates=(START,) * 100_000)
    ),
}


@pytest.mark.parametrize("name", sorted(ODD_DRAFTS))
def test_whatever_a_draft_holds_it_is_stored_tidily_or_told(house, name):
    def normalise(item):
        return ODD_DRAFTS[name] if item.external_id == "odd" else Draft(title={"sl": "Dober"})

    done = run(house, Odd(Fetched(items=(raw("odd"), raw("good"))), normalise))
    assert done.outcome is Outcome.DONE
    assert done.new + done.rejected == 2
    with house.database.read() as session:
        stored = {each.id: each for _, each in store.all_of(session)}
        assert store.get_many(session, stored) == stored
    assert "Dober" in {each.content.title["sl"] for each in stored.values()}
    for each in stored.values():
        content = each.content
        assert content.url is None
        assert content.online_url is None
        assert len(content.title["sl"]) <= 300
        assert set(content.title) == {"sl"}
        assert len(content.hosts) <= 20
        assert content.ages == Ages()
        assert "\0" not in str(content)


def test_what_is_html_or_plain_is_stored_as_clean_html(house):
    house.sync(a=Draft(title={"sl": "<b>Čaj</b> &amp; kava"}, description={"sl": "a < b\n\nc<script>x</script>"}))
    (one,) = house.stored().values()
    assert one.content.title == {"sl": "Čaj & kava"}
    assert "<script" not in one.content.description["sl"]


class PickyIndex(RememberingIndex):
    def put(self, session, items):
        if any(each.content.title["sl"] == "poison" for _, each in items):
            raise RuntimeError("constraint")
        super().put(session, items)


def test_an_item_that_breaks_the_database_costs_only_itself(house):
    house.index = PickyIndex()
    house.ingest = house.an_ingest(deadline_s=20)
    done = house.sync(**{name: Draft(title={"sl": name}) for name in ("a", "poison", "b")})
    assert (done.outcome, done.new, done.rejected) == (Outcome.DONE, 2, 1)
    assert done.errors[0].reason == "It could not be stored (RuntimeError)."
    assert set(house.stored()) == {"a", "b"}


def test_two_items_with_one_id_do_not_overwrite_each_other(house):
    done = run(house, Odd(Fetched(items=(raw("a"), raw("a", body=b"other")))))
    assert (done.new, done.rejected) == (1, 1)
    assert run(house, Odd(Fetched(items=(raw("a"), raw("a", body=b"other"))))).unchanged == 1


def test_an_empty_feed_is_never_believed(house):
    house.sync(a=Draft(title={"sl": "Čaj"}))
    for _ in range(4):
        assert house.sync().outcome is Outcome.COLLAPSED
    assert house.statuses() == {"Čaj": "published"}


def test_a_person_may_say_that_fewer_is_right(house):
    house.sync(a=Draft(title={"sl": "Čaj"}))
    for _ in range(2):
        done = house.ingest.sync(Odd(Fetched()), house.config, default_language="sl", accept_fewer=True)
    assert (done.outcome, done.closed) == (Outcome.DONE, 1)


def test_a_feed_whose_offers_can_no_longer_be_read_raises_an_alert(house):
    many = {f"i{number}": Draft(title={"sl": f"Dogodek {number}"}) for number in range(10)}
    house.sync(**many)
    done = house.sync(**dict.fromkeys(many, "broken"))
    assert done.outcome is Outcome.COLLAPSED
    assert done.message == "10 of its 10 offers could not be read; nothing was closed."
    assert set(house.statuses().values()) == {"published"}


def test_what_vanished_closes_also_while_the_feed_says_unchanged(house):
    both = {"a": Draft(title={"sl": "Gre"}), "b": Draft(title={"sl": "Ostane"})}
    house.sync(**both)
    house.sync(b=both["b"])
    house.source.unchanged = True
    assert house.sync().closed == 1
    assert house.statuses() == {"Gre": "closed", "Ostane": "published"}


def test_an_unchanged_feed_writes_no_item(house):
    many = {f"i{number}": Draft(title={"sl": f"Dogodek {number}"}) for number in range(150)}
    house.sync(**many)
    statements = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", note)
    done = house.sync(**many)
    event.remove(house.database.engine, "before_cursor_execute", note)
    assert done.unchanged == 150
    written = [each for each in statements if each.split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert all("source_" in each for each in written), written


def test_other_settings_make_every_item_new_to_us(house):
    house.sync(a=Draft(title={"sl": "Čaj"}))
    house.config = replace(house.config, organisation="Knjižnica")
    assert house.sync(a=Draft(title={"sl": "Čaj"})).changed == 1
    assert house.stored()["Čaj"].organiser.name == "Knjižnica"


@pytest.mark.parametrize(
    "other", [lambda config: {"config": replace(config, options={"sheet": "2"})}, lambda _: {"plugin_version": "2"}]
)
def test_other_settings_and_another_version_of_the_plugin_forget_the_cursor(house, other):
    cursors = []

    class Source(Odd):
        def fetch(self, *, since, cursor):
            cursors.append(cursor)
            return Fetched(items=(raw("a"),), cursor="seen")

    run(house, Source())
    run(house, Source())
    run(house, Source(), **other(house.config))
    assert cursors == [None, "seen", None]


def test_what_its_organisation_closed_stays_closed_and_is_not_written_again(house):
    house.sync(a=Draft(title={"sl": "Čaj"}), b=Draft(title={"sl": "B"}))
    with house.database.write() as session:
        session.execute(
            update(OpportunityRow)
            .where(OpportunityRow.external_id == "a")
            .values(status="closed", provenance='{"status": "organiser"}')
        )
    assert house.sync(a=Draft(title={"sl": "Čaj"}), b=Draft(title={"sl": "B"})).unchanged == 2
    assert house.statuses()["Čaj"] == "closed"


def test_two_runs_of_one_source_at_once_store_each_item_once(house):
    items = tuple(raw(str(number)) for number in range(120))
    results = []

    def work():
        ingest = house.an_ingest(deadline_s=30)
        results.append(ingest.sync(Odd(Fetched(items=items)), house.config, default_language="sl"))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.outcome for each in results] == [Outcome.DONE] * 3
    assert sum(each.new for each in results) == len(house.stored()) == 120
    assert [each.rejected for each in results] == [0, 0, 0]


def test_only_some_errors_of_a_run_are_kept(house):
    run(house, Odd(Fetched(items=tuple(raw(str(number)) for number in range(500))), raising(ValueError("no"))))
    with house.database.read() as session:
        kept = runs.latest(session, "library")
        assert session.get(RawItemRow, ("library", "1")) is not None
    assert (kept.rejected, len(kept.errors)) == (500, 200)


def test_memory_does_not_grow_with_the_number_of_items(house):
    def items():
        for number in range(3000):
            yield raw(str(number), body=b"x" * 10_000)

    tracemalloc.start()
    run(house, Odd(Fetched(items=items())))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 15_000_000, f"{peak} bytes, on {sys.version}"
