"""Text with three facets, asked of a city and of Datasette over the same SQLite file.

    col bench catalogue --size 100000 --keep          # says where the city stays
    python3 -m venv /tmp/datasette && /tmp/datasette/bin/pip install datasette
    python benchmarks/datasette_compare.py FOLDER --datasette /tmp/datasette/bin/datasette

Datasette is no dependency of the house. Both are asked in turns, a few words at a time, each over one connection that
stays open, and timed until the whole body is there; reading the JSON is not counted. Each word is asked for once, which
no cache can answer, and then several times more, of which the middle counts. Of the words of a band the middle is
printed.
"""

import argparse
import http.client
import json
import os
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

WORDS = 40
AGAIN = 5
# Where they took turns word by word, each would find the caches of the processor full of what the other one does.
AT_A_TIME = 10
# Servers close a connection over which nothing comes.
RESTED_S = 1.0
BANDS = {"medium": (0.004, 0.010), "common": (0.05, 0.30)}
PORTS = (9246, 9247)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a city that `col bench catalogue --keep` left")
    parser.add_argument("--datasette", default="datasette", help="the program (found on PATH)")
    options = parser.parse_args()
    file = options.folder / "city.db"
    limits = ("--setting", "sql_time_limit_ms", "60000", "--setting", "facet_time_limit_ms", "60000")
    environ = {
        **os.environ,
        "COL_CITY": str(options.folder),
        "COL_VAR": str(options.folder / "var"),
        "COL_DATABASE_URL": f"sqlite:///{file}",
    }
    city = [sys.executable, "-m", "col_core", "serve", "--port", str(PORTS[0])]
    datasette = [options.datasette, "serve", str(file), "--port", str(PORTS[1]), *limits]
    with (
        running(city, environ, f"http://127.0.0.1:{PORTS[0]}/readyz"),
        running(datasette, environ, f"http://127.0.0.1:{PORTS[1]}/-/versions.json"),
    ):
        city_asked, datasette_asked = (Asked(port) for port in PORTS)
        city_asked.ms(ours("nothing at all"))  # the first search of a process reads its columns
        datasette_asked.ms(theirs("nothing"))
        print(f"| text with three facets, {count(file):,} offers | city | Datasette | ratio | goal |")
        print("|---|---:|---:|---:|---|")
        for band, words in chosen(file).items():
            for turn, times in (("each word for the first time", 1), ("again (as it was kept)", AGAIN)):
                taken: dict[str, list[float]] = {"here": [], "there": []}
                for few in batched(words, AT_A_TIME):
                    taken["here"] += [median(city_asked.ms(ours(each)) for _ in range(times)) for each in few]
                    taken["there"] += [median(datasette_asked.ms(theirs(each)) for _ in range(times)) for each in few]
                here, there = median(taken["here"]), median(taken["there"])
                print(f"| {band} words, {turn} | {here:.2f} ms | {there:.1f} ms | {there / here:.1f} × | ≥ 20 × |")


def ours(word: str) -> str:
    return f"/api/v1/opportunities?{urlencode({'q': word + ' '})}"


def theirs(word: str) -> str:
    asked = [("_search", word), ("_fts_table", "search_text"), ("_fts_pk", "pk"), ("_nosuggest", "1"), ("_size", "24")]
    asked += [("_facet", each) for each in ("type", "district", "format")]
    return f"/city/search_entry.json?{urlencode(asked)}"


def batched(words: Sequence[str], number: int) -> Iterator[Sequence[str]]:
    return (words[start : start + number] for start in range(0, len(words), number))


class Asked:
    """A server of this machine, asked over one connection: a new one where it rested while the other one was asked."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._asked_s = -RESTED_S

    def ms(self, path: str) -> float:
        """Return how long the answer took until its last byte, in milliseconds. Raises where it is no list."""
        if time.perf_counter() - self._asked_s > RESTED_S:
            self._connection.close()
            self._connection.connect()
        begun = time.perf_counter()
        self._connection.request("GET", path)
        body = self._connection.getresponse().read()
        self._asked_s = time.perf_counter()
        answer = json.loads(body)
        assert "facets" in answer or "facet_results" in answer, body[:500]
        return (self._asked_s - begun) * 1000


def count(file: Path) -> int:
    with closing(sqlite3.connect(file)) as raw:
        return int(raw.execute("SELECT count(*) FROM search_entry").fetchone()[0])


def chosen(file: Path) -> dict[str, Sequence[str]]:
    """Return words that stand in so large a share of the offers."""
    whole = count(file)
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, search_text, row)")
        statement = (
            "SELECT term FROM temp.vocabulary WHERE doc BETWEEN ? AND ? AND length(term) > 3 AND term NOT LIKE '~%'"
            " AND term GLOB '[a-z]*' ORDER BY term LIMIT ?"
        )
        return {
            band: [row[0] for row in raw.execute(statement, (low * whole, high * whole, WORDS))]
            for band, (low, high) in BANDS.items()
        }


@contextmanager
def running(command: Sequence[str], environ: dict[str, str], ready: str) -> Iterator[None]:
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                with urllib.request.urlopen(ready, timeout=5):
                    break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"{command[0]} ended by itself") from None
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    main()
