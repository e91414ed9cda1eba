import pytest

from col_core.plugin import Language
from col_core.testing.contracts import LanguageContract
from col_plugin_lang_lt import col_languages


class TestLanguage(LanguageContract):
    @pytest.fixture
    def language(self) -> Language:
        return col_languages()[0]
