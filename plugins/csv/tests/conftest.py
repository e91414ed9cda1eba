from collections.abc import Callable
from pathlib import Path

import pytest

from col_core.plugin import Draft, Rejected
from col_core.testing.cities import a_city
from col_plugin_csv.source import SourceOptions, TableSource

Table = Callable[..., TableSource]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Return a source over a file with the given content."""

    def made(body: str | bytes, *, languages: tuple[str, ...] = ("sl", "en"), **options: object) -> TableSource:
        (tmp_path / "table").write_bytes(body.encode() if isinstance(body, str) else body)
        loaded = SourceOptions().load(options)
        source = {"id": "table", "plugin": "csv", "url": "table", "language": languages[0], "options": loaded}
        city = a_city(tmp_path, sources=[source], languages=languages)
        return TableSource(city, city.sources[0])

    return made


@pytest.fixture
def row(table: Table) -> Callable[..., Draft | Rejected]:
    """Return what becomes of one row, given as columns and cells; the title is there already."""

    def made(*, words: dict[str, str] | None = None, **cells: str) -> Draft | Rejected:
        given = {"external_id": "1", "title": "Čaj", **cells}
        quoted = (
            ";".join('"' + text.replace('"', '""') + '"' for text in line) for line in (given.keys(), given.values())
        )
        source = table("\n".join(quoted), words=words or {})
        (item,) = source.fetch(since=None, cursor=None).items
        return source.normalise(item)

    return made
