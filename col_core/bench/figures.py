"""Figures of a measurement: what was measured, beside what, and whether the goal is reached."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import quantiles

Call = Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Times:
    """How long one call took, in milliseconds."""

    least_ms: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table. `ratio` is what the goal speaks of; `goal` is said in words; None where there is none."""

    what: str
    ours: float
    unit: str
    beside: str = ""
    theirs: float | None = None
    ratio: float | None = None
    goal: str = ""
    reached: bool | None = None


def times_of(taken_ms: Sequence[float]) -> Times:
    """Return the middle and the slow end of at least two measurements."""
    parts = quantiles(taken_ms, n=100, method="inclusive")
    return Times(least_ms=min(taken_ms), p50_ms=parts[49], p99_ms=parts[98])


def alternately(calls: Mapping[str, Call], *, repeats: int = 15, in_a_row: int = 1) -> dict[str, Times]:
    """Run each call `repeats` times, in turns, so that what else the machine does meets all of them.

    A turn is `in_a_row` calls, for what takes so little that it matters what was run before it. A first round does not
    count.
    """
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for each in calls.values():
        each()
    for _ in range(repeats):
        for name, each in calls.items():
            for _ in range(in_a_row):
                begun = time.perf_counter()
                each()
                taken[name].append((time.perf_counter() - begun) * 1000)
    return {name: times_of(each) for name, each in taken.items()}


def at_most(what: str, ours: Times, beside: str, theirs: Times, most: float, *, plus_ms: float = 0.0) -> Figure:
    """Return a figure whose goal is to take at most `most` times as long as something, and `plus_ms`."""
    ratio = max(0.0, ours.p50_ms - plus_ms) / theirs.p50_ms
    said = f"≤ {most:g} ×" + (f" + {plus_ms:g} ms" if plus_ms else "")
    return _figure(what, ours, beside, theirs, ratio, said, ratio <= most)


def faster(what: str, ours: Times, beside: str, theirs: Times, least: float | None = None) -> Figure:
    """Return a figure whose goal is to be at least `least` times as fast as something."""
    ratio = theirs.p50_ms / ours.p50_ms
    return _figure(
        what, ours, beside, theirs, ratio, f"≥ {least:g} ×" if least else "", ratio >= least if least else None
    )


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table in Markdown."""
    lines = ["| what | here | beside | ratio | goal | reached |", "|---|---:|---|---:|---|---|"]
    for each in figures:
        theirs = f" {_number(each.theirs)} {each.unit}" if each.theirs is not None else ""
        ratio = "" if each.ratio is None else f"{_number(each.ratio)} ×"
        reached = "" if each.reached is None else "yes" if each.reached else "**no**"
        ours = f"{_number(each.ours)} {each.unit}"
        lines.append(f"| {each.what} | {ours} | {each.beside}{theirs} | {ratio} | {each.goal} | {reached} |")
    return "\n".join(lines)


def as_json(figures: Sequence[Figure], facts: Mapping[str, object]) -> str:
    """Return the figures and the facts of the machine as JSON."""
    return json.dumps({"facts": facts, "figures": [asdict(each) for each in figures]}, indent=2, ensure_ascii=False)


def _figure(
    what: str, ours: Times, beside: str, theirs: Times, ratio: float, goal: str, reached: bool | None
) -> Figure:
    return Figure(
        what=what,
        ours=ours.p50_ms,
        unit="ms",
        beside=beside,
        theirs=theirs.p50_ms,
        ratio=ratio,
        goal=goal,
        reached=reached,
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
