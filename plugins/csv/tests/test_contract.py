import io
from collections.abc import Callable
from datetime import datetime

import pytest
from openpyxl import Workbook

from col_core.plugin import OpportunitySource
from col_core.testing.contracts import SourceContract

COLUMNS = ("external_id", "type", "title_sl", "title_en", "start", "end", "venue", "lat", "lon", "price")
ROWS = (
    ("1", "workshop", "Čaj", "Tea", "3. 12. 2026 17.00", "19.00", "Center", "46,05", "14,5", "4,50 €"),
    ("2", "event", "Žoga", "", "2026-12-03", "", "", "", "", "brezplačno"),
    ("3", "event", "Pokvarjena", "", "nekoč", "", "", "", "", ""),
)


class TestCsv(SourceContract):
    @pytest.fixture
    def source(self, table: Callable[..., OpportunitySource]) -> OpportunitySource:
        return table("\r\n".join(";".join(line) for line in (COLUMNS, *ROWS)).encode("cp1250"))


class TestXlsx(SourceContract):
    @pytest.fixture
    def source(self, table: Callable[..., OpportunitySource]) -> OpportunitySource:
        book = Workbook()
        book.active.append(["Preberi me"])
        sheet = book.create_sheet("Ponudba")
        for line in (COLUMNS, *ROWS):
            sheet.append(line)
        sheet["E2"] = datetime(2026, 12, 3, 17, 0)
        out = io.BytesIO()
        book.save(out)
        return table(out.getvalue())
