"""`col bench federation`: reading all offers of a partner city, beside a plain import of the same ones."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

from col_core.base.errors import ColError
from col_core.base.fetch import HttpClient, Response
from col_core.bench import serving
from col_core.bench.catalogue import Report, facts_of
from col_core.bench.figures import Figure
from col_core.bench.filling import TURN, Filling, Progress, fill
from col_core.bench.synthetic import Offers
from col_core.bench.town import town
from col_core.catalogue import store
from col_core.catalogue.exchange import feeds
from col_core.catalogue.gathering import imports
from col_core.catalogue.records import Opportunity, Query
from col_core.catalogue.vocabulary import Reach
from col_core.federation import peers
from col_core.federation.exchange import feed, status, subscriptions, twins
from col_core.federation.exchange.harvest import Ended, Harvest
from col_core.federation.exchange.records import Exchanged
from col_core.federation.ground import Ground
from col_core.house import OpenCity, open_city
from col_core.organisers import directory

_GOAL = 0.25
_CHANGED = 0.01
_SOURCE, _FORMAT = "bench", "jsonld"


@dataclass(kw_only=True)
class _Read:
    """What came of reading a partner's feed to its end."""

    seconds: float = 0.0
    pages: int = 0
    changed: int = 0


class _Counting(HttpClient):
    """The client of a city, which counts the bytes of what it was answered, unpacked."""

    bytes_read = 0

    def get(self, url: str, **how: Any) -> Response:
        answer = super().get(url, **how)
        self.bytes_read += len(answer.body)
        return answer


class _Reader:
    """A city that reads the feed of another one, a turn at a time."""

    def __init__(self, city: OpenCity, address: str) -> None:
        house = city.house
        self.http = _Counting(allow_hosts=house.config.http_allow_hosts, user_agent="col-bench")
        self.ground: Ground = replace(city.federation.ground, http=self.http)
        with house.database.write() as session:
            followed = subscriptions.follow(session, address, asked=Query(), config=house.config, clock=house.clock)
            peer = peers.get(session, followed.host)
        assert peer is not None
        self.host, self.key = peer.host, peer.key
        self._harvest = Harvest(self.ground, most_pages=TURN // feed.MOST_ITEMS, run_s=3_600.0)

    def go_on(self, read: _Read) -> bool:
        """Read on for a turn and add to `read`; return whether there is more. Raises ColError where that fails."""
        begun = time.perf_counter()
        done = self._harvest.run(self.host)
        read.seconds += time.perf_counter() - begun
        read.pages, read.changed = read.pages + done.pages, read.changed + done.changed
        if done.ended not in (Ended.MORE, Ended.UP_TO_DATE):
            raise ColError(f"The partner could not be read ({done.ended}): {done.error}")
        return done.ended is Ended.MORE

    def to_the_end(self) -> _Read:
        """Read until everything is here. Raises ColError where that fails."""
        read = _Read()
        while self.go_on(read):
            pass
        return read

    def stands(self) -> Exchanged:
        """Return how the exchange stands."""
        with self.ground.database.read() as session:
            return next(each for each in status.status(session, now=self.ground.clock.now()) if each.host == self.host)


def measure(number: int, engine: str, *, port: int, progress: Progress, say: Callable[[str], None]) -> Report:
    """Have a city with `number` offers read by another one, both thrown away. The first is served on `port`."""
    host = f"127.0.0.1:{port}"
    trust = f'\n[http]\nallow_hosts = ["{host}"]\n\n[federation]\nallow = ["{host}"]\n'
    with town(engine, base_url=f"http://{host}") as home, open_city(home.config) as offering:
        fill(offering, number, progress=progress, reach=Reach.NETWORK)
        say("writing the same offers into files")
        files = list(_files(offering, home.folder))
        with (
            serving.server(home, port) as (address, _, _),
            town(engine, more=trust) as away,
            open_city(away.config) as city,
            town(engine) as beside,
            open_city(beside.config) as importing,
            town(engine) as bare,
            open_city(bare.config) as storing,
        ):
            reader = _Reader(city, address)
            figures = _whole(reader, _Beside(importing, storing, files, number), number, progress)
            figures += _found(city, reader, importing)
            say("what changed since, and nothing")
            figures += _later(reader, offering, number)
        return Report(figures=figures, facts=facts_of(number, engine, offering.house.database))


class _Beside:
    """The same offers on two other ways into a city, a turn at a time: from files, and ready to be stored."""

    def __init__(self, importing: OpenCity, storing: OpenCity, files: Sequence[Path], number: int) -> None:
        self._importing, self._files = importing, iter(files)
        self._filling = Filling(storing, number, reach=Reach.NETWORK)
        self.imported_s = self.stored_s = 0.0

    def go_on(self) -> None:
        """Bring in one turn on each way. Raises ColError where a file could not be taken whole."""
        city = self._importing
        begun = time.perf_counter()
        run = imports.import_file(
            city.gathering, city.house.config, next(self._files), format_=_FORMAT, organiser=None, publish=True
        )
        self.imported_s += time.perf_counter() - begun
        if run.rejected:
            raise ColError(f"{run.rejected} of the offers that were written into files could not be imported.")
        self.stored_s += self._filling.go_on().seconds


def _files(city: OpenCity, folder: Path) -> Iterator[Path]:
    """Write what the city offers into files of a turn each."""
    _, format_ = feeds.formats(city.house)[_FORMAT]
    after = 0
    for start in count(0, TURN):
        offers: list[Opportunity] = []
        with city.house.database.read() as session:
            while len(offers) < TURN and (batch := store.all_of(session, after_pk=after, limit=TURN - len(offers))):
                after = batch[-1][0]
                offers += [each for _, each in batch]
        if not offers:
            return
        file = folder / f"{start}.{_FORMAT}"
        file.write_bytes(format_.write(offers, language="en"))
        yield file


def _whole(reader: _Reader, beside: _Beside, number: int, progress: Progress) -> list[Figure]:
    """Read everything, in turns with imports of the same offers."""
    read, is_more = _Read(), True
    for start in range(0, number, TURN):
        is_more = is_more and reader.go_on(read)
        beside.go_on()
        progress("reading the partner", min(number, start + TURN), number)
    while is_more:
        is_more = reader.go_on(read)
    stands, read_bytes = reader.stands(), reader.http.bytes_read
    begun = time.perf_counter()
    twins.settle(reader.ground)
    settled_s = time.perf_counter() - begun
    ratio = beside.imported_s / read.seconds
    return [
        Figure(
            what="all offers of a partner read, searched and shown, digests compared",
            ours=number / read.seconds,
            unit="a second",
            beside="plain import of the same from files",
            theirs=number / beside.imported_s,
            ratio=ratio,
            goal=f"≥ {_GOAL:g} ×",
            reached=ratio >= _GOAL,
        ),
        Figure(
            what="the same beside offers that are ready to be stored",
            ours=number / read.seconds,
            unit="a second",
            beside="store and index",
            theirs=number / beside.stored_s,
            ratio=beside.stored_s / read.seconds,
        ),
        Figure(
            what="offers held afterwards, digests equal",
            ours=stands.kept,
            unit="offers",
            goal=f"{number:,}",
            reached=stands.kept == number and stands.equal is True,
        ),
        Figure(what="pages of the feed", ours=read.pages, unit="pages"),
        Figure(what="read for that, unpacked", ours=read_bytes / 1_000_000, unit="MB"),
        Figure(what="duplicates looked for among all of them", ours=settled_s, unit="s"),
    ]


def _found(city: OpenCity, reader: _Reader, importing: OpenCity) -> list[Figure]:
    return [
        Figure(
            what="of them found by a search without words",
            ours=city.catalogue.find(Query(city=(reader.key,))).total,
            unit="offers",
            beside="plain import",
            theirs=importing.catalogue.find(Query()).total,
        )
    ]


def _later(reader: _Reader, offering: OpenCity, number: int) -> list[Figure]:
    """Read what changed since, and once more where nothing did."""
    changed = _change(offering, max(1, int(number * _CHANGED)))
    some = reader.to_the_end()
    stands = reader.stands()
    nothing = reader.to_the_end()
    return [
        Figure(
            what=f"{changed:,} changed offers read, digests compared",
            ours=some.seconds,
            unit="s",
            goal="equal",
            reached=some.changed == changed and stands.equal is True,
        ),
        Figure(what="read where nothing changed", ours=nothing.seconds * 1000, unit="ms"),
    ]


def _change(city: OpenCity, number: int) -> int:
    """Let the first offers of `city` say something else; return how many."""
    house = city.house
    made = Offers(bounds=house.config.bbox, now=house.clock.now(), seed=2, reach=Reach.NETWORK)
    with house.database.write() as session:
        organisations = directory.find_or_create(session, made.organiser_names(number), clock=house.clock)
    organisers = [store.organiser_ref(each) for each in organisations.values()]
    changed = 0
    for batch in made.batches(number, organisers=organisers):
        with house.database.write() as session:
            known = store.known(session, _SOURCE, [each.external_id or "" for each in batch])
            anew = [replace(each, known=known[each.external_id or ""]) for each in batch]
            changed += len(store.write_many(session, anew, index=city.index, clock=house.clock))
    return changed
