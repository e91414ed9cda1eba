import pytest

import col_plugin_lang_en as english
import col_plugin_lang_sl as slovenian
from col_core.base.config import load_city
from col_core.base.files import FolderStore
from col_core.base.i18n import I18n
from col_core.content.library import Library
from col_core.content.pictures import Pictures

CITY = """
[city]
id = "testville"
name = "Testville"
country = "SI"
timezone = "Europe/Ljubljana"
languages = ["sl", "en"]
bbox = [14.38, 45.95, 14.83, 46.15]
age_of_consent = 15
base_url = "https://testville.example"

[operator]
name = "Mladi & *veseli*"
email = "info@testville.example"

[privacy]
feedback_days = 30
"""


class Texts:
    """A city's `content/`, and the library over it."""

    def __init__(self, folder, clock, settings=CITY):
        (folder / "content" / "pages").mkdir(parents=True)
        (folder / "content" / "articles").mkdir()
        (folder / "city.toml").write_text(settings, encoding="utf-8")
        self.folder = folder / "content"
        self.config = load_city(folder, environ={"COL_VAR": str(folder / "var")})
        self.i18n = I18n([*slovenian.col_languages(), *english.col_languages()], "sl")
        self.pictures = Pictures(self.config.content, FolderStore(folder / "var" / "files"))
        self.clock = clock
        self.library = Library(self.config, i18n=self.i18n, clock=clock, pictures=self.pictures)

    def write(self, path, text):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def page(self, name, language, *, title="Naslov", body="Besedilo."):
        return self.write(f"pages/{name}.{language}.md", f"---\ntitle: {title}\n---\n{body}\n")

    def article(self, name, language, *, day="2026-01-01", title="Naslov", body="Besedilo."):
        return self.write(f"articles/{name}.{language}.md", f"---\ntitle: {title}\ndate: {day}\n---\n{body}\n")

    def html(self, body, language="sl"):
        self.page("sample", language, body=body)
        return self.library.page("sample", language).html

    def said(self):
        return [f"{each.file.name}:{each.line}: {each.message}" for each in self.library.faults()]


@pytest.fixture
def texts(tmp_path, clock):
    return Texts(tmp_path / "city", clock)
