"""`/metrics` for Prometheus: what the processes of this machine counted, and how the city stands by its database.

Requests are counted in each server process. Where several answer, `col serve` gives them one folder
(`PROMETHEUS_MULTIPROC_DIR`), and whichever is asked adds up what all of them wrote there.
"""

import hmac
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from col_core.base import heartbeats, outbox
from col_core.base.errors import NotFound
from col_core.hooks.isolation import Fault
from col_core.web.house import House

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = structlog.get_logger()
_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A number that the database tells, once for each of `samples`: values of `labels`, and the number."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    samples: Sequence[tuple[tuple[str, ...], float]] = ()


# A room's own figures at this moment.
Figures = Callable[[Session, datetime], Iterable[Figure]]


class Metrics:
    """What this process counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("col_requests", "Requests that were answered.", labels, registry=self.registry)
        self._durations = Histogram(
            "col_request_duration_seconds",
            "Time from a request to the end of its answer.",
            ("method", "route"),
            buckets=_BUCKETS_S,
            registry=self.registry,
        )
        self._faults = Gauge(
            "col_plugin_faults",
            "Faults in a row of one hook of a plugin, in the server process that has seen most of them.",
            ("plugin", "hook"),
            multiprocess_mode="livemax",
            registry=self.registry,
        )
        self._out = Gauge(
            "col_plugin_out",
            "1 where a hook of a plugin is no longer called after too many faults.",
            ("plugin", "hook"),
            multiprocess_mode="livemax",
            registry=self.registry,
        )
        self._lock = threading.Lock()
        self._faulty: frozenset[tuple[str, str]] = frozenset()

    def request(self, *, method: str, route: str, status: int, duration_s: float) -> None:
        """Count one request. `route` is the pattern of the address: what stands in its place is not told."""
        method = method if method in _METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._durations.labels(method, route).observe(duration_s)

    def faults(self, faults: Sequence[Fault]) -> None:
        """Note how the plugins of this process stand."""
        if not faults and not self._faulty:
            return
        with self._lock:
            for each in faults:
                self._faults.labels(each.plugin, each.hook).set(each.count)
                self._out.labels(each.plugin, each.hook).set(each.out)
            present = frozenset((each.plugin, each.hook) for each in faults)
            for healed in self._faulty - present:
                self._faults.labels(*healed).set(0)
                self._out.labels(*healed).set(0)
            self._faulty = present


def blueprint(house: House, metrics: Metrics, figures: Sequence[Figures]) -> Blueprint:
    """Return `/metrics`: there only for who brings the token of `[metrics]`, as a bearer token (RFC 6750)."""
    views = Blueprint("metrics", __name__)
    sources = (_outbox_figures, _worker_figures, *figures)

    @views.get("/metrics")
    def scrape() -> Response:
        token = house.config.metrics_token
        given = request.headers.get("Authorization", "")
        if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise NotFound("There is nothing here.")
        registry = CollectorRegistry()
        registry.register(_Standing(house, sources))
        body = generate_latest(_counted(metrics)) + generate_latest(registry)
        return Response(body, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})

    return views


def forget_dead_processes() -> None:
    """Drop what processes of this machine that ended said of themselves; what they counted stays."""
    folder = os.environ.get(SHARED_FOLDER)
    for file in Path(folder).glob("gauge_live*_*.db") if folder else ():
        pid = int(file.stem.rpartition("_")[2])
        if not Path(f"/proc/{pid}").exists():
            mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]


def _counted(metrics: Metrics) -> CollectorRegistry:
    folder = os.environ.get(SHARED_FOLDER)
    if not folder:
        return metrics.registry
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    return registry


class _Standing(Collector):
    """Asks the database at each scrape. Where it cannot be had, only that is told."""

    def __init__(self, house: House, sources: Sequence[Figures]) -> None:
        self._house, self._sources = house, sources

    def collect(self) -> Iterator[Metric]:
        try:
            with self._house.database.read() as session:
                now = self._house.clock.now()
                families = [_family(each) for figures in self._sources for each in figures(session, now)]
        except Exception as error:
            _log.warning("metrics.database", error=type(error).__name__)
            families, there = [], 0
        else:
            there = 1
        yield GaugeMetricFamily("col_database_up", "1 where the database answered this scrape.", value=there)
        yield from families


def _family(figure: Figure) -> Metric:
    family = GaugeMetricFamily(figure.name, figure.help, labels=figure.labels)
    for labels, value in figure.samples:
        family.add_metric(labels, value)
    return family


def _outbox_figures(session: Session, now: datetime) -> Iterator[Figure]:
    standing = outbox.standing(session, now=now)
    yield Figure(
        name="col_outbox_tasks",
        help="Background work that waits to be due, is due, runs, or was given up.",
        labels=("state",),
        samples=[((state,), each.count) for state, each in standing.items()],
    )
    yield Figure(
        name="col_outbox_oldest_age_seconds",
        help="How long ago the oldest background work in a state was written down.",
        labels=("state",),
        samples=[((state,), each.oldest_age_s) for state, each in standing.items()],
    )
    yield Figure(
        name="col_outbox_dead_tasks",
        help="Background work that was given up, by job.",
        labels=("job",),
        samples=[((job,), count) for job, count in outbox.dead(session).items()],
    )


def _worker_figures(session: Session, now: datetime) -> Iterator[Figure]:
    seen = heartbeats.last_seen(session)
    yield Figure(
        name="col_worker_seen_age_seconds",
        help="How long ago a worker said that it is there; absent where none did for a day.",
        samples=[((), max(0.0, (now - seen).total_seconds()))] if seen is not None else [],
    )
    troubles = heartbeats.troubles(session, since=now - timedelta(minutes=2))
    yield Figure(
        name="col_worker_plugin_faults",
        help="Faults in a row of one hook of a plugin, in a worker.",
        labels=("plugin", "hook", "out"),
        samples=[((str(t["plugin"]), str(t["hook"]), str(int(t["out"]))), float(t["count"])) for t in troubles],
    )
