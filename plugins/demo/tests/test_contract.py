from datetime import date
from pathlib import Path

import pytest

from col_core.plugin import OpportunitySource
from col_core.testing.cities import a_city
from col_core.testing.contracts import SourceContract
from col_plugin_csv.source import SourceOptions, TableSource
from col_plugin_demo.source import DemoSource

TABLE = "external_id,title,start,rrule\n1,Tea,2026-01-06 17:00,FREQ=WEEKLY;COUNT=3\n2,,2026-01-06\n"


class TestDemo(SourceContract):
    @pytest.fixture
    def source(self, tmp_path: Path) -> OpportunitySource:
        (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
        options = {"inner": "csv", "anchor": date(2025, 1, 6), "feed": SourceOptions().load({})}
        city = a_city(
            tmp_path,
            sources=[{"id": "mine", "plugin": "demo", "url": "table.csv", "options": options}],
            source_maker=lambda _, config: TableSource(city, config),
        )
        return DemoSource(city, city.sources[0])
