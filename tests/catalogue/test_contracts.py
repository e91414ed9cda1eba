"""Our own search engine and formats keep the contracts that plugins keep."""

import pytest

from col_core.base.config import load_city
from col_core.base.text import Analyser
from col_core.catalogue.formats import built_in
from col_core.catalogue.search import CatalogueIndex
from col_core.plugin import Language
from col_core.testing.clock import FixedClock
from col_core.testing.contracts import FormatContract, SearchIndexContract


class TestCatalogueIndex(SearchIndexContract):
    @pytest.fixture
    def index(self):
        analyser = Analyser([Language(tag="sl", name="slovenščina", plural_forms="nplurals=1; plural=0;")])
        return CatalogueIndex(analysers={"sl": analyser}, timezone="Europe/Ljubljana", city_id="here")


class TestBuiltInFormats(FormatContract):
    @pytest.fixture(params=range(5))
    def format_(self, request, tmp_path):
        (tmp_path / "city.toml").write_text(
            '[city]\nid = "testville"\nname = "Testville"\ncountry = "SI"\ntimezone = "Europe/Ljubljana"\n'
            'languages = ["sl"]\nbbox = [14.38, 45.95, 14.83, 46.15]\nage_of_consent = 15\n'
            'base_url = "http://localhost:8001"\n',
            encoding="utf-8",
        )
        return built_in(load_city(tmp_path, environ={}), FixedClock())[request.param]
