"""Our own search engine and formats keep the contracts that plugins keep."""

import pytest

from col_core.base.text import Analyser
from col_core.catalogue.exchange.formats import built_in
from col_core.catalogue.search.engine import CatalogueIndex
from col_core.plugin import Language
from col_core.testing.clock import FixedClock
from col_core.testing.contracts import FormatContract, SearchIndexContract


class TestCatalogueIndex(SearchIndexContract):
    @pytest.fixture
    def index(self):
        analyser = Analyser([Language(tag="sl", name="slovenščina", plural_forms="nplurals=1; plural=0;")])
        return CatalogueIndex(analysers={"sl": analyser}, timezone="Europe/Ljubljana", city_id="here")


class TestBuiltInFormats(FormatContract):
    @pytest.fixture(params=["ics", "rss", "geojson", "csv", "xlsx", "jsonld"])
    def format_(self, request, medina):
        made = {each.extension: each for each in built_in(medina.house.config, FixedClock(), medina.house.i18n)}
        assert len(made) == 6
        return made[request.param]
