"""Asking a filled city over its web interface, in this process, beside the same question to the bare engine."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from jinja2 import Environment

from col_core.base.geo import tile_bounds, tile_of
from col_core.bench import postgis
from col_core.bench.figures import Figure, alternately, at_most, faster
from col_core.bench.reference import SlimPostgres, SlimSqlite, conditions, slim_rows
from col_core.bench.synthetic import COMMON, MEDIUM
from col_core.catalogue import query as wire_query
from col_core.catalogue.records import Box, Near, Query
from col_core.catalogue.vocabulary import Category, Sort
from col_core.house import OpenCity

_HERE = (46.05, 14.56)
_BOX = Box(west_deg=14.46, south_deg=45.95, east_deg=14.66, north_deg=46.15)
_TILE_FILTER = Query(age=16, category=(Category.SPORT, Category.MUSIC))
_ZOOMS = range(6, 11)


class Asked:
    """The application of a city, asked without a network."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._environs: dict[str, Mapping[str, object]] = {}
        self._number = 0

    def anew(self, path: str) -> bytes:
        """Return what is at `path`, asked as nobody asked before, so that no answer is kept for it."""
        self._number += 1
        return self.get(path, HTTP_ACCEPT_LANGUAGE=f"en, x-{self._number}")

    def get(self, path: str, **headers: str) -> bytes:
        """Return what is at `path`. Raises AssertionError where that is no success."""
        environ = self._environs.get(path)
        if environ is None:
            with self._app.test_request_context(path) as context:
                environ = self._environs[path] = dict(context.request.environ)
        said = ""

        def start(status: str, *_: object) -> Callable[[bytes], object]:
            nonlocal said
            said = status
            return bytes

        body = b"".join(self._app.wsgi_app({**environ, **headers}, start))
        assert said.startswith("200"), (path, said, body[:500])
        return body

    def offers(self, asked: Query) -> bytes:
        return self.anew(f"/api/v1/opportunities?{urlencode(wire_query.to_args(asked))}")


@contextmanager
def _slim(
    city: OpenCity, folder: Path
) -> Iterator[tuple[SlimSqlite, SlimPostgres | None, Mapping[tuple[str, str], int]]]:
    """Give the slim table of a city on SQLite, and on PostgreSQL where the city stands there."""
    database = city.house.database
    now = int(city.house.clock.now().timestamp() * 1_000_000)
    rows, numbers = slim_rows(database, now)
    catalogue = Path(database.url.database or "") if database.dialect == "sqlite" else folder / "none.db"
    lite = SlimSqlite(folder / "slim.db", catalogue, rows)
    post = None
    if database.dialect == "postgresql":
        url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        post = SlimPostgres(url, slim_rows(database, now)[0])
    try:
        yield lite, post, numbers
    finally:
        lite.close()
        if post is not None:
            post.close()


def ask(city: OpenCity, app: Flask, folder: Path, *, say: Callable[[str], None]) -> list[Figure]:
    """Measure search and map of a filled city."""
    asked = Asked(app)
    say("the first search of a process reads every slim row")
    begun = time.perf_counter()
    city.catalogue.find(Query())
    first_ms = (time.perf_counter() - begun) * 1000
    say("making the tables to compare with")
    with _slim(city, folder) as (lite, post, numbers):
        return [
            Figure(what="first search of a process (columns read)", ours=first_ms, unit="ms"),
            *_lists(city, asked, lite, post, numbers, say),
            *_around(city, lite, say),
            *_words(city, asked, say),
            *_tiles(asked, lite, numbers, say),
        ]


def _lists(
    city: OpenCity,
    asked: Asked,
    lite: SlimSqlite,
    post: SlimPostgres | None,
    numbers: Mapping[tuple[str, str], int],
    say: Callable[[str], None],
) -> list[Figure]:
    today = city.house.clock.now().date()
    questions = {
        "box 0.2°": Query(bbox=_BOX),
        "box 0.2°, topic, age, 14 days": Query(
            bbox=_BOX, category=(Category.SPORT,), age=16, from_day=today, to_day=today + timedelta(days=13)
        ),
        "the whole city": Query(bbox=Box(west_deg=14.0, south_deg=45.5, east_deg=15.2, north_deg=46.5)),
    }
    engine = "bare SQLite" if post is None else "bare PostgreSQL"
    figures = []
    for name, question in questions.items():
        say(f"GET /api/v1/opportunities, {name}")
        assert question.bbox is not None
        bare = lite if post is None else post
        where = bare.where(question.bbox, conditions(question, numbers))
        ours = map(asked.offers, _beside_it(question))
        times = alternately({"ours": partial(next, ours), "bare": partial(bare.page, where)})
        figures.append(
            at_most(f"GET /api/v1/opportunities, {name}", times["ours"], engine, times["bare"], 1.5, plus_ms=1)
        )
    return figures


def _beside_it(question: Query) -> Iterator[Query]:
    """Give the question again and again, each time a little further east: nobody has asked it yet."""
    for number in count(1):
        east = number * 2e-6
        box, near = question.bbox, question.near
        yield replace(
            question,
            bbox=box and replace(box, west_deg=box.west_deg + east, east_deg=box.east_deg + east),
            near=near and replace(near, lon_deg=near.lon_deg + east),
        )


def _around(city: OpenCity, lite: SlimSqlite, say: Callable[[str], None]) -> list[Figure]:
    say("facets and what is near, in the engine")
    box, near = Query(bbox=_BOX), Query(near=Near(lat_deg=_HERE[0], lon_deg=_HERE[1]), sort=Sort.DISTANCE, per_page=20)

    def find(question: Query) -> object:
        with city.house.database.read() as session:
            return city.index.find(session, question, language="sl", now=city.house.clock.now())

    times = alternately(
        {
            "ours": partial(next, map(find, _beside_it(box))),
            "tree": lambda: lite.counts("tree", lite.tree_where(_BOX)),
            "near": partial(next, map(find, _beside_it(near))),
            "boxes": lambda: lite.nearest(*_HERE),
        }
    )
    return [
        faster("facets in a 0.2° box (engine)", times["ours"], "R*Tree with auxiliary columns", times["tree"], 10),
        faster(
            "nearest 20, total and facets (engine)", times["near"], "SQLite, growing box, no facets", times["boxes"]
        ),
    ]


def _words(city: OpenCity, asked: Asked, say: Callable[[str], None]) -> list[Figure]:
    figures = []
    for name, word in (("medium", MEDIUM), ("common", COMMON)):
        say(f"text, {name} word")
        begun = time.perf_counter()
        found = city.catalogue.find(Query(q=word))
        first_ms = (time.perf_counter() - begun) * 1000
        path = f"/api/v1/opportunities?q={word}"
        times = alternately({"made": partial(asked.anew, path), "kept": partial(asked.get, path)})
        figures += [
            Figure(what=f"{name} word ({found.total:,} hits), asked for the first time", ours=first_ms, unit="ms"),
            Figure(what=f"GET, {name} word with facets, made again", ours=times["made"].p50_ms, unit="ms"),
            Figure(what=f"GET, {name} word with facets, as it was kept", ours=times["kept"].p50_ms, unit="ms"),
        ]
    return figures


def _tiles(
    asked: Asked, lite: SlimSqlite, numbers: Mapping[tuple[str, str], int], say: Callable[[str], None]
) -> list[Figure]:
    figures: list[Figure] = []
    args = urlencode(wire_query.to_args(_TILE_FILTER))
    where = conditions(_TILE_FILTER, numbers)
    with postgis.points(lite) as drawn:
        beside = "PostGIS ST_AsMVT on the fly" if drawn else "SQLite clustering on the fly (no PostGIS here)"
        for z in _ZOOMS:
            say(f"tiles at zoom {z}")
            x, y = tile_of(*_HERE, z)
            bounds = tile_bounds(z, x, y)
            for name, path, more in (
                ("no filter", f"/api/v1/map/{z}/{x}/{y}.json", ""),
                ("filtered", f"/api/v1/map/{z}/{x}/{y}.json?{args}", where),
            ):
                theirs = partial(drawn.tile, z, x, y, more) if drawn else partial(lite.cells, bounds, more)
                times = alternately({"ours": partial(asked.anew, path), "theirs": theirs}, repeats=9)
                goal = (10 if z <= 8 else None) if name == "no filter" else 3
                figures.append(faster(f"GET tile z{z}, {name}", times["ours"], beside, times["theirs"], goal))
    return figures


def pages(app: Flask) -> list[Figure]:
    """Measure a list page of 20 offers: rendered, asked for again, and beside a bare page of that size."""
    asked = Asked(app)
    size = len(asked.get("/en/opportunities?per_page=20"))
    bare = _bare_page(size)
    numbers = iter(range(10_000))
    times = alternately(
        {
            # From another spot each time: another page, with offers that others have been shown before.
            "cold": lambda: asked.get(f"/en/opportunities?per_page=20&near=46.05,14.5{next(numbers):04}"),
            "fresh": lambda: asked.get(f"/en/opportunities?per_page=20&page={next(numbers) % 90 + 2}&sort=date"),
            "again": lambda: asked.get("/en/opportunities?per_page=20"),
            "bare": lambda: bare.get("/"),
        },
        in_a_row=5,
    )
    return [
        at_most(
            f"list page of 20 offers, rendered ({size / 1000:.0f} kB)",
            times["cold"],
            "bare Jinja page",
            times["bare"],
            2,
        ),
        Figure(
            what="list page of 20 offers that nobody was shown before, rendered", ours=times["fresh"].p50_ms, unit="ms"
        ),
        faster("list page of 20 offers, asked for again", times["again"], "rendered", times["cold"], 10),
    ]


def _bare_page(size: int) -> Asked:
    """Return an application with one page of `size` bytes, which prints about as many values as our list does.

    Twenty cards and a hundred choices, all values ready in memory: what Jinja and Flask alone cost.
    """
    card = "".join(
        f'{{% if each.v{number} %}}<p class="fact">{{{{ each.v{number} }}}}</p>{{% endif %}}' for number in range(12)
    )
    choice = '<li id="{{ each.v0 }}" class="{{ each.v1 }}"><label for="{{ each.v2 }}">{{ each.v3 }}</label></li>'
    values = [{f"v{number}": f"text {number} of {each}" for number in range(12)} for each in range(100)]
    template = (
        f"{{% for each in values[:20] %}}<article>{card}</article>{{% endfor %}}"
        f"{{% for each in values %}}{choice}{{% endfor %}}"
    )
    short = Environment(autoescape=True).from_string(template).render(values=values)
    whole = Environment(autoescape=True).from_string(template + "<i>.</i>" * max(0, (size - len(short)) // 8))
    app = Flask("bare")
    app.add_url_rule("/", "page", lambda: whole.render(values=values))
    return Asked(app)
