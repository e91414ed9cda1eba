"""Arabic, brought by a plugin alone: written from the right, six plural forms, an alphabet and words of its own."""

import re

import pytest

from col_core.catalogue.records import Ages, Query
from col_core.testing.contracts import LanguageContract


@pytest.fixture
def arabic(medina):
    return medina.house.i18n.translator("ar")


class TestArabic(LanguageContract):
    @pytest.fixture
    def language(self, medina):
        return next(each for each in medina.languages if each.tag == "ar")


def test_the_core_knows_nothing_of_it(medina):
    arabic = medina.languages[0]
    assert arabic.tag == "ar"
    assert arabic.stem.__code__.co_filename.startswith(str(medina.house.config.dir))


@pytest.mark.parametrize("path", ["/ar/", "/ar/opportunities", "/ar/blog", "/ar/feedback", "/ar/privacy"])
def test_pages_run_from_the_right_and_speak_it(medina_client, path):
    answer = medina_client.get(path)
    assert answer.status_code == 200
    assert '<html lang="ar" dir="rtl"' in answer.text
    assert "انتقل إلى المحتوى" in answer.text
    assert answer.headers["Content-Language"] == "ar"


def test_what_has_no_translation_stands_in_the_language_of_the_core(medina_client):
    assert '<html lang="en" dir="ltr"' in medina_client.get("/en/").text
    assert "Articles" in medina_client.get("/ar/").text


@pytest.mark.parametrize(
    ("n", "said"), [(0, "دون سنة"), (1, "سنة واحدة"), (2, "سنتان"), (3, "سنوات"), (11, "سنة"), (100, "من السنين")]
)
def test_each_number_has_its_own_form(arabic, n, said):
    assert said in arabic.npgettext("ages", "%(n)s year", "%(n)s years", n)


def test_ages_are_said_by_it(arabic):
    assert arabic.age_words(Ages(min=2, max=2)) == "سنتان"


def test_its_alphabet_sorts_what_people_choose_from(arabic):
    assert sorted(["يوم", "بيت", "شمس", "أرض"], key=arabic.sort_key) == ["أرض", "بيت", "شمس", "يوم"]


def test_a_text_in_another_language_says_so_and_runs_its_own_way(medina, medina_client):
    games = next(each for each in medina.catalogue.find(Query(q="games")).items)
    page = medina_client.get(f"/ar/opportunities/{games.opportunity.id}").text
    assert '<h1 lang="en" dir="auto">Evening of games!</h1>' in page
    listed = medina_client.get("/ar/opportunities?q=games").text
    assert re.search(r'<a href="[^"]+" lang="en" dir="auto">Evening of games!</a>', listed)
    assert '<p lang="en" dir="auto">A town for trying things.</p>' in medina_client.get("/ar/").text
    workshop = medina.catalogue.find(Query(q="ورشة")).items[0].opportunity
    assert f"<h1>{workshop.content.title['ar']}</h1>" in medina_client.get(f"/ar/opportunities/{workshop.id}").text


def test_the_switch_and_hreflang_name_it(medina_client):
    page = medina_client.get("/en/opportunities?q=x").text
    assert re.search(r'href="/ar/opportunities\?q=x" lang="ar" hreflang="ar" title="العربية"', page)
    assert '<link rel="alternate" hreflang="ar" href="http://localhost:8001/ar/opportunities' in page
    assert medina_client.get("/", headers={"Accept-Language": "ar-EG,en;q=0.5"}).headers["Location"] == "/ar/"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("رسم", ["ورشة الرسم"]),
        ("رَسْم", ["ورشة الرسم"]),
        ("الرسم", ["ورشة الرسم"]),
        ("لوحات", ["ورشة الرسم"]),
        ("مكتبة", ["مكتبات المدينة"]),
        ("ور", ["ورشة الرسم"]),
        ("في مكتبة", ["مكتبات المدينة"]),
        ("سباحة", []),
    ],
)
def test_its_words_are_found_with_and_without_marks_article_and_endings(medina, typed, found):
    titles = [each.opportunity.content.title.get("ar") for each in medina.catalogue.find(Query(q=typed)).items]
    assert titles == found


def test_districts_are_sorted_by_its_alphabet(medina_client):
    page = medina_client.get("/ar/opportunities").text
    assert page.index("الشرق") < page.index("الغرب")
