import os
from pathlib import Path

import pytest
from PIL import Image

from col_core.base.config import load_city
from col_core.content.facts import facts
from col_core.content.records import Kind

CITIES = Path(__file__).parents[2] / "cities"
TEXTS = Path(__file__).parents[2] / "col_core" / "content" / "texts"
LANGUAGES = ("sl", "lt", "en")


def test_a_page_is_shown_in_the_language_of_its_visitor_else_in_the_citys(texts):
    texts.page("rules", "sl", title="Pravila")
    texts.page("rules", "en", title="Rules")
    texts.page("only", "sl", title="Samo tu")
    shown = [texts.library.page(name, "en") for name in ("rules", "only")]
    assert [(each.title, each.language) for each in shown] == [("Rules", "en"), ("Samo tu", "sl")]
    assert texts.library.page("nothing", "en") is None


def test_a_change_on_disk_is_seen_at_once(texts):
    file = texts.page("rules", "sl", title="Prej")
    assert texts.library.page("rules", "sl").title == "Prej"
    texts.page("rules", "sl", title="Zdaj")
    os.utime(file, ns=(1, 1))
    assert texts.library.page("rules", "sl").title == "Zdaj"
    file.unlink()
    assert texts.library.page("rules", "sl") is None


def test_a_picture_that_comes_later_is_seen_at_once(texts):
    assert "<img" not in texts.html("![Vrt](vrt.png)")
    Image.new("RGB", (10, 10)).save(texts.folder / "vrt.png")
    assert "<img" in texts.library.page("sample", "sl").html


def test_what_did_not_change_is_not_made_again(texts):
    texts.page("rules", "sl")
    assert texts.library.page("rules", "sl") is texts.library.page("rules", "sl")


def test_articles_come_newest_first_and_not_before_their_day(texts, clock):
    texts.article("old", "sl", day="2025-12-01", title="Staro")
    texts.article("new", "sl", day="2026-01-07", title="Novo")
    texts.article("later", "sl", day="2026-01-08", title="Jutri")
    assert [each.name for each in texts.library.articles("sl")] == ["new", "old"]
    assert texts.library.article("later", "sl") is None
    clock.advance(hours=11)
    assert [each.name for each in texts.library.latest("sl", 1)] == ["later"], "it is past midnight in the city"


def test_the_foot_leads_to_the_pages_of_every_city_and_to_its_own(texts):
    texts.page("b", "sl", title="Čebele")
    texts.page("a", "sl", title="Ajda")
    names = [each.name for each in texts.library.footer_pages("sl")]
    assert names == ["about", "accessibility", "privacy", "a", "b"]


def test_a_text_of_the_city_stands_in_for_the_built_in_one_in_every_language(texts):
    assert texts.library.page("about", "en").title == "About this portal"
    texts.page("about", "sl", title="Naše mesto")
    assert texts.library.page("about", "en").title == "Naše mesto"


@pytest.mark.parametrize(
    "broken",
    [b"", b"\xff\xfe", b"no head", b"---\ntitle: A\n", b"---\n---\n", b"---\ntitle: A\n---\n" + b"a" * 5_000_000],
)
def test_a_broken_file_costs_itself_alone(texts, broken):
    texts.write("pages/about.en.md", broken)
    texts.write("articles/first.en.md", broken)
    texts.article("second", "en")
    assert texts.library.page("about", "en").title == "About this portal"
    assert [each.name for each in texts.library.articles("en")] == ["second"]
    assert len([each for each in texts.library.faults() if each.fatal]) == 2


def test_a_link_to_another_text_is_looked_after(texts):
    texts.page("rules", "sl", body="[tu](pages/rules) [o nas](pages/about) [blog](blog) [iskanje](opportunities?q=a)")
    assert texts.said() == []
    texts.page("more", "sl", body="[a](pages/roles) [b](blog/first)")
    assert [each.partition(" leads")[0] for each in texts.said()] == [
        "more.sl.md:4: 'pages/roles'",
        "more.sl.md:4: 'blog/first'",
    ]


def test_a_broken_translation_leaves_the_other_language(texts):
    texts.page("rules", "sl", title="Pravila")
    texts.write("pages/rules.en.md", "broken")
    assert texts.library.page("rules", "en").language == "sl"


def test_files_that_are_never_shown_are_named(texts):
    texts.write("pages/Rules.md", "x")
    texts.page("rules", "de")
    assert [each.partition(":")[0] for each in texts.said()] == ["Rules.md", "rules.de.md"]
    assert texts.library.page("rules", "sl") is None


@pytest.mark.parametrize("name", ["../city", "about.sl", "", "a" * 5000, "a\0b", "ABOUT"])
def test_a_name_that_no_file_has_finds_nothing(texts, name):
    assert texts.library.page(name, "sl") is None
    assert texts.library.article(name, "sl") is None


def test_a_city_without_content_has_the_pages_of_every_city(texts):
    for each in ("pages", "articles"):
        (texts.folder / each).rmdir()
    texts.folder.rmdir()
    assert texts.library.page("privacy", "sl").language == "sl"
    assert texts.library.articles("sl") == []


def test_the_statements_take_their_facts_from_the_settings(texts):
    privacy, access = texts.library.page("privacy", "sl").html, texts.library.page("accessibility", "en").html
    for fact in ("30 dni", "od 15. leta", "Mladi &amp; *veseli*", 'href="mailto:info@testville.example"', "2026"):
        assert fact in privacy
    assert "testville.example</a>" in access
    assert "26 November 2026" in access
    assert "{" not in privacy + access


def test_what_the_settings_do_not_state_is_not_in_the_statements(texts):
    assert "<li>Naslov" not in texts.library.page("privacy", "sl").html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_built_in_texts_say_the_same_in_every_language(texts, language):
    known = facts(texts.config, texts.i18n.translator("sl"))
    for name in ("about", "privacy", "accessibility"):
        ours, english = ((TEXTS / f"{name}.{tag}.md").read_text(encoding="utf-8") for tag in (language, "en"))
        assert ours.count("\n") == english.count("\n")
        for mark in ("{", "](", "\n## ", "\n- "):
            assert ours.count(mark) == english.count(mark), (name, mark)
        for fact in (*known, "date"):
            assert ours.count(f"{{{fact}}}") == english.count(f"{{{fact}}}"), (name, fact)


@pytest.mark.parametrize("city", ["ljubljana", "vilnius"])
def test_nothing_is_wrong_in_the_texts_of_the_shipped_cities(city, texts, tmp_path):
    config = load_city(CITIES / city, environ={"COL_VAR": str(tmp_path)})
    library = type(texts.library)(config, i18n=texts.i18n, clock=texts.clock, pictures=texts.pictures)
    assert library.faults() == []
    assert {each.kind for each in library.footer_pages("sl")} == {Kind.PAGE}
