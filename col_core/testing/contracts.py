"""Contract suites: what every plugin of a kind must do. Subclass one in your tests and fill in its fixture.

class TestMySource(SourceContract):
    @pytest.fixture
    def source(self, tmp_path):
        (tmp_path / "feed.json").write_text(SAMPLE, encoding="utf-8")
        city = a_city(tmp_path, sources=[{"id": "mine", "plugin": "my_plugin", "url": "feed.json"}])
        return MySource(city, city.sources[0])
"""

from col_core.testing.contract_of_issuers import BadgeIssuerContract
from col_core.testing.contract_of_languages import LanguageContract
from col_core.testing.contract_of_search import SearchIndexContract
from col_core.testing.contract_of_sources import SourceContract, broken, problems
from col_core.testing.contract_of_translators import TranslatorContract
from col_core.testing.contract_of_web import FormatContract, MapLayerContract, WebPartsContract

__all__ = [
    "BadgeIssuerContract",
    "FormatContract",
    "LanguageContract",
    "MapLayerContract",
    "SearchIndexContract",
    "SourceContract",
    "TranslatorContract",
    "WebPartsContract",
    "broken",
    "problems",
]
