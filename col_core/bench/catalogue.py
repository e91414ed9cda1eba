"""`col bench catalogue`: what a catalogue of a given size costs, beside the plainest ways to do the same."""

import os
import platform
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import text

from col_core.app import create_app
from col_core.base.database import Database
from col_core.bench import asking, filling, serving
from col_core.bench.figures import Figure
from col_core.bench.filling import Progress
from col_core.bench.town import Town, town
from col_core.house import open_city

_SMALL_CITY = 50_000


@dataclass(frozen=True, kw_only=True)
class Report:
    """The figures of one run, and on what they were measured. `kept` says where the city is, if it was kept."""

    figures: list[Figure]
    facts: Mapping[str, object]
    kept: str | None = None


def measure(
    number: int, engine: str, *, port: int, keep: bool, progress: Progress, say: Callable[[str], None]
) -> Report:
    """Fill a throw-away city with `number` offers and measure it. Takes `port` of this machine for its server."""
    figures: list[Figure] = []
    with town(engine, keep=keep) as made:
        with open_city(made.config) as city:
            with town(engine) as beside, open_city(beside.config) as without_text:
                figures += filling.fill_beside_raw(city, without_text, number, made.folder, progress=progress)
            app = create_app(city)
            figures += asking.ask(city, app, made.folder, say=say)
            say("pages")
            figures += asking.pages(app)
            facts = facts_of(number, engine, city.house.database)
        figures += serving.under_import(made, port, number=max(2_000, number // 10), say=say)
        kept = _kept(made) if keep else None
    figures += _small_city(engine, port, min(number, _SMALL_CITY), progress, say)
    return Report(figures=figures, facts=facts, kept=kept)


def _small_city(engine: str, port: int, number: int, progress: Progress, say: Callable[[str], None]) -> list[Figure]:
    with town(engine) as made:
        with open_city(made.config) as city:
            filling.fill(city, number, progress=progress)
        return serving.footprint(made, port, number=number, say=say)


def facts_of(number: int, engine: str, database: Database) -> Mapping[str, object]:
    """Return what a run with `number` offers was measured on."""
    with database.read() as session:
        version = (
            sqlite3.sqlite_version
            if engine == "sqlite"
            else str(session.scalar(text("SHOW server_version"))).partition(" ")[0]
        )
    return {
        "offers": number,
        "engine": f"{engine} {version}",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }


def _kept(made: Town) -> str:
    return f"{made.folder} ({made.environ['COL_DATABASE_URL']})"
