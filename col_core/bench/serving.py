"""A filled city behind its real server: eight readers while an import runs, the time to start, the memory."""

import http.client
import multiprocessing
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from col_core.base.config import load_city
from col_core.base.errors import ColError
from col_core.bench.figures import Figure, times_of
from col_core.bench.filling import fill
from col_core.bench.town import Town
from col_core.house import open_city

READERS = 8
_START_S = 120.0
_STOP_S = 30.0
_SETTLE_S = 10.0
_QUESTIONS = tuple(
    (west, more)
    for west in (14.38, 14.42, 14.46, 14.5, 14.54)
    for more in ("", "&age=16", "&category=sport-movement", "&price=free&type=workshop")
)


def _path(number: int, reader: int = 0) -> str:
    """Return the address of a question: each is asked from a little further east, as nobody asked it before."""
    west, more = _QUESTIONS[number % len(_QUESTIONS)]
    west += reader * 1e-3 + number * 1e-7
    return f"/api/v1/opportunities?bbox={west:.7f},45.95,{west + 0.2:.7f},46.15{more}"


@contextmanager
def server(town: Town, port: int) -> Iterator[tuple[str, float, int]]:
    """Serve `town` on `port` of this machine; give its address, how long it took to be ready, and its process."""
    address = f"http://127.0.0.1:{port}"
    begun = time.perf_counter()
    with _process(town, "serve", "--port", str(port)) as process:
        while True:
            if process.poll() is not None or time.perf_counter() - begun > _START_S:
                raise ColError(f"The server did not become ready on port {port}. Is the port taken?")
            try:
                with urllib.request.urlopen(f"{address}/readyz", timeout=5):  # noqa: S310 (our own, on loopback)
                    break
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        yield address, time.perf_counter() - begun, process.pid


@contextmanager
def _process(town: Town, *words: str) -> Iterator["subprocess.Popen[bytes]"]:
    started = subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-m", "col_core", *words],
        env=dict(town.environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def under_import(town: Town, port: int, *, number: int, say: Callable[[str], None]) -> list[Figure]:
    """Measure eight readers with nothing else going on, and while `number` offers are brought in."""
    say(f"{READERS} readers against a real server, quiet and during an import of {number:,} offers")
    context = multiprocessing.get_context("spawn")
    with server(town, port) as (address, _, _), context.Pool(2) as pool:
        read_once(address, [_path(number) for number in range(len(_QUESTIONS))])
        quiet = pool.apply(read_many, (address, 5.0))
        writing = pool.apply_async(bring_more, (str(town.folder), dict(town.environ), number))
        busy: list[float] = []
        while not writing.ready() or len(busy) < 200:
            busy += pool.apply(read_many, (address, 3.0))
        rate = writing.get()
    calm, pressed = times_of(quiet), times_of(busy)
    return [
        Figure(what=f"{READERS} readers, quiet: p50", ours=calm.p50_ms, unit="ms"),
        Figure(
            what=f"{READERS} readers while an import runs: p99",
            ours=pressed.p99_ms,
            unit="ms",
            beside="their p50",
            theirs=pressed.p50_ms,
            ratio=pressed.p99_ms / pressed.p50_ms,
            goal="≤ 4 ×",
            reached=pressed.p99_ms <= 4 * pressed.p50_ms,
        ),
        Figure(what=f"that import beside {READERS} readers", ours=rate, unit="a second"),
    ]


def read_once(address: str, paths: Sequence[str]) -> None:
    """Ask for each path once, so that what is read only once by a process has been."""
    for path in paths:
        with urllib.request.urlopen(address + path, timeout=120) as answer:  # noqa: S310 (our own, on loopback)
            answer.read()


def read_many(address: str, seconds: float) -> list[float]:
    """Ask with eight readers for some seconds; return how long each answer took, in milliseconds."""
    until = time.perf_counter() + seconds
    host, port = urlsplit(address).hostname or "", urlsplit(address).port
    taken: list[float] = []

    def read(first: int) -> None:
        line = http.client.HTTPConnection(host, port, timeout=60)
        at = first
        while time.perf_counter() < until:
            begun = time.perf_counter()
            # What is kept for others answers in no time.
            line.request("GET", _path(at, first), headers={"Accept-Language": f"en, x-{first}-{at}"})
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                raise ColError(f"The server answered {answer.status}.")
            taken.append((time.perf_counter() - begun) * 1000)
            at += 3
        line.close()

    readers = [threading.Thread(target=read, args=(number,)) for number in range(READERS)]
    for each in readers:
        each.start()
    for each in readers:
        each.join()
    return taken


def bring_more(folder: str, environ: Mapping[str, str], number: int) -> float:
    """Store further offers in a process of its own; return how many a second."""
    with open_city(load_city(Path(folder), environ=environ)) as city:
        done = fill(city, number, progress=lambda *_: None, source_id="more", seed=7)
    return done.number / done.seconds


def footprint(town: Town, port: int, *, number: int, say: Callable[[str], None]) -> list[Figure]:
    """Measure the time to start and the memory of web server and worker of a city with `number` offers."""
    say(f"start and memory with {number:,} offers")
    with server(town, port) as (address, ready_s, pid), _process(town, "worker") as worker:
        read_once(address, [_path(number) for number in range(len(_QUESTIONS))])
        read_once(address, ["/en/", "/en/opportunities", "/api/v1/map/8/138/90.json"])
        time.sleep(_SETTLE_S)
        web, work = _memory_mb(pid), _memory_mb(worker.pid)
    figures = [
        Figure(
            what=f"start to ready with {number:,} offers", ours=ready_s, unit="s", goal="≤ 3 s", reached=ready_s <= 3
        )
    ]
    if web and work:
        whole = web + work
        figures.append(
            Figure(
                what=f"memory of web and worker with {number:,} offers",
                ours=whole,
                unit="MB",
                beside=f"web {web:.0f}, worker {work:.0f}",
                goal="≤ 400 MB",
                reached=whole <= 400,
            )
        )
    return figures


def _memory_mb(pid: int) -> float | None:
    """Return the memory of a process and its children, what they share counted once; None where that is not told."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    own = next(float(each.split()[1]) for each in lines if each.startswith("Pss:")) / 1024
    return own + sum(_memory_mb(int(each)) or 0 for each in children)
