"""Nothing that people read stands outside gettext, and the scripts of a page get every word that they ask for."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from col_core.base.i18n import I18n
from col_core.catalogue import labels
from col_core.catalogue.vocabulary import Access, Category, Format, OpportunityType, RegistrationMode, Signal, Sort
from col_core.cli.extraction import read_template
from col_core.content.labels import FEEDBACK_LABELS
from col_core.content.records import FeedbackKind
from col_core.web.error_words import words_for
from col_plugin_lang_en import col_languages as english
from col_plugin_lang_lt import col_languages as lithuanian
from col_plugin_lang_sl import col_languages as slovenian

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "col_core" / "web" / "static" / "src"
TEMPLATES = sorted(
    path
    for folder in ("col_core", "plugins", "cities")
    for path in (ROOT / folder).rglob("templates/**/*.html")
    if "node_modules" not in path.parts
)
READ_ALOUD = {"alt", "title", "aria-label", "placeholder", "label", "aria-description"}
_JINJA = re.compile(
    # Blocks that fill an attribute, then what Jinja puts in, then attributes that Jinja puts into a tag.
    r"{% block (?:body_class|og_type) %}.*?{% endblock %}|{#.*?#}|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"[\w-]+=\"[^\"]*\"")


class Bare(HTMLParser):
    """Gathers what a template says in letters of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        self.found += [value for name, value in attrs if name in READ_ALOUD and value and has_words(value)]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        said = _ATTRIBUTE.sub("", data)
        if not self._silent and has_words(said):
            self.found.append(said.strip())


def has_words(text: str) -> bool:
    return re.search(r"[^\W\d_]{2,}", text) is not None


def bare(template: str) -> list[str]:
    reader = Bare()
    reader.feed(_JINJA.sub("", template))
    reader.close()
    return reader.found


@pytest.fixture(scope="module")
def i18n() -> I18n:
    return I18n([*slovenian(), *lithuanian(), *english()], "en")


@pytest.mark.parametrize(
    "template",
    [
        "<p>Hello {{ name }}</p>",
        '<img alt="A dragon">',
        '<input placeholder="guitar" value="{{ value }}">',
        "{% if x %}Nothing here{% endif %}",
    ],
)
def test_a_text_outside_gettext_is_found(template: str) -> None:
    assert bare(template)


@pytest.mark.parametrize(
    "template",
    [
        '<p>{{ _("Hello") }} · {{ name }}</p>',
        '<img alt="">',
        "<script>const word = 1;</script>",
        "{# a note #}<b>–</b>",
    ],
)
def test_what_is_no_text_is_left_alone(template: str) -> None:
    assert not bare(template)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_of_a_template_goes_through_gettext(path: Path) -> None:
    assert not bare(path.read_text("utf-8"))


def test_a_script_says_nothing_of_its_own() -> None:
    """A script gets its words from the page; what it would say itself nobody could translate."""
    said = re.compile(
        r"(?:textContent|innerText|ariaLabel|title|placeholder)\s*=\s*[\"'`][^\"'`]*[a-z]{2}"
        r"|\b(?:announce|alert)\([\"'`]"
    )
    for path in sorted(SCRIPTS.rglob("*.js")):
        if "generate" not in path.parts:
            assert said.search(path.read_text("utf-8")) is None, path


def test_the_map_gets_every_word_that_it_asks_for(i18n: I18n) -> None:
    asked = {
        name
        for path in (SCRIPTS / "map").glob("*.js")
        for name in re.findall(r"labels\.(?:text|counted)\(\"(\w+)\"", path.read_text("utf-8"))
    }
    assert asked >= {"zoomIn", "cluster", "failed"}
    for tag in i18n.tags:
        given = labels.map_labels(i18n.translator(tag))
        assert given.keys() >= asked
        assert all(given.values())
        assert "{count}" in str(given["cluster"])
        assert given["categories"].keys() == {each.value for each in Category}


def test_every_word_of_the_vocabulary_has_its_label() -> None:
    for kind, table in (
        (OpportunityType, labels.TYPES),
        (Category, labels.CATEGORIES),
        (Format, labels.FORMATS),
        (Access, labels.ACCESS),
        (Signal, labels.SIGNALS),
        (RegistrationMode, labels.REGISTRATION),
        (Sort, labels.SORTS),
        (FeedbackKind, FEEDBACK_LABELS),
    ):
        assert set(kind) == set(table), kind


def test_every_label_and_every_word_of_an_error_is_in_the_catalogues() -> None:
    known = {(message.context, message.id) for message in read_template(ROOT / "translations")}
    tables = (
        labels.TYPES,
        labels.CATEGORIES,
        labels.FORMATS,
        labels.ACCESS,
        labels.SIGNALS,
        labels.REGISTRATION,
        labels.SORTS,
        FEEDBACK_LABELS,
    )
    assert {tuple(label) for table in tables for label in table.values()} <= known
    for status in range(400, 600):
        words = words_for(status)
        assert {(None, words.title), (None, words.text)} <= known


@pytest.mark.parametrize("tag", ["sl", "lt"])
def test_no_two_topics_kinds_or_filters_are_called_the_same(i18n: I18n, tag: str) -> None:
    words = i18n.translator(tag)
    for table in (labels.TYPES, labels.CATEGORIES, labels.FORMATS, labels.ACCESS, labels.SIGNALS, labels.SORTS):
        said = [words.pgettext(*label) for label in table.values()]
        assert len(set(said)) == len(said)
