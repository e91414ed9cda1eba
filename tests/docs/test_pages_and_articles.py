from pathlib import Path

from col_core.base.config import load_city
from col_core.base.i18n import I18n
from col_core.content.facts import facts
from col_core.content.front_matter import Parsed, parse
from col_core.content.records import Kind
from col_plugin_lang_en import col_languages

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "pages-and-articles.md").read_text(encoding="utf-8")


def test_the_guide_names_every_fact(tmp_path):
    city = load_city(ROOT / "cities" / "ljubljana", environ={"COL_VAR": str(tmp_path)})
    for name in (*facts(city, I18n(col_languages(), "en").translator("en")), "date"):
        assert f"`{{{name}}}`" in GUIDE


def test_the_example_of_the_guide_can_be_read():
    example = GUIDE.partition("```markdown\n")[2].partition("```")[0]
    assert isinstance(parse(example.encode(), file=ROOT, kind=Kind.ARTICLE), Parsed)
