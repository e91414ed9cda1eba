"""What people read is as the house writes it: `translations/GLOSSARY.md` in rules that a program can check.

The rules are tried on sentences that break them first; a rule that finds nothing proves nothing.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from col_core.base import catalogues, plurals
from col_core.base.catalogue_check import plural_rule
from col_core.base.catalogues import Entry
from col_core.cli import extraction

ROOT = Path(__file__).parents[2]
LANGUAGES = ("sl", "lt", "en")
CATALOGUES = [
    *((tag, path) for tag, path in extraction.catalogue_files(ROOT / "translations").items()),
    *(
        (tag, path)
        for folder in sorted((ROOT / "cities").glob("*/translations"))
        for tag, path in extraction.catalogue_files(folder).items()
    ),
]
TEXTS = sorted([*ROOT.glob("col_core/content/texts/*.md"), *ROOT.glob("cities/*/content/*/*.md")])
catalogue = pytest.mark.parametrize(("tag", "path"), CATALOGUES, ids=lambda each: str(each).removeprefix(f"{ROOT}/"))
text_file = pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))

# Office language and calques that a youth worker would not say; \b stands before and after each.
STIFF = {
    "sl": (
        r"v kolikor|potrebno je|se nahaja\w*|s strani uporabnik\w*|nudi(?:mo|jo|te)?|uporabni(?:k|c)\w*",
        r"aktivnost\w*|ponudb\w*|klikni\w* tukaj|spletno mesto|povratn\w+ informacij\w*|platform\w*|kompetenc\w*",
        r"\w+/-?\w{1,2}|začetniki?|star_a|rad_a",
    ),
    "lt": (
        r"vartotoj\w*|spausk\w* čia|dalintis|dalinkis|žemiau|sekanč\w+|įtakoja|pateik\w+ užklaus\w+|kompetencij\w*",
        r"vykdom\w+ veikl\w*|grįžtam\w+ ryš\w+|pasėkoje|platform\w*|\w+/-?\w{1,2}",
    ),
    "en": (r"click here|user|utili[sz]e|opportunity of|e\.g|etc",),
}
QUOTES = {"sl": ("»", "«"), "lt": ("„", "“"), "en": ("“", "”")}
# Where a line must not break: a number from its word, in Slovenian also a preposition of one letter from the next word.
BREAKS = {
    "sl": (
        r"(?<![\w.)])[aohkszvAOHKSZV] (?=[\w»%])",
        r"(?:\d|%\(n\)s) (?:let|let[oia]|dni|€)\b",
        r"%\((?:day|last)\)s\. %\(month",
    ),
    "lt": (r"(?:\d|%\((?:time|end|day|last|year)\)s) (?:val\.|d\.|m\.)", r"(?:\d|%\(n\)s) met[ųa]", r"\bel\. pašt"),
    "en": (),
}


def style_faults(text: str, language: str) -> Iterator[str]:
    if re.search(r'"|(?<!\w)\'|\'(?!\w)', text):
        yield "a straight quotation mark"
    if "..." in text:
        yield "three dots for an ellipsis"
    if "  " in text or text != text.strip():
        yield "two blanks in a row, or a blank at an end"
    if re.search(r"\w --? \w", text):
        yield "a hyphen for a dash"
    if re.search(r"[^\S\N{NO-BREAK SPACE}][,.;:!?](?!\w)", text):
        yield "a blank before a mark"
    opening, closing = QUOTES[language]
    if set(text) & (set("„“”»«‟") - {opening, closing}) or text.count(opening) != text.count(closing):
        yield "quotation marks of another language"
    if found := re.search(rf"{re.escape(closing)}\w|\w{re.escape(opening)}", text):
        yield f"a quotation mark that faces the wrong way: {found[0]!r}"
    for words in STIFF[language]:
        if found := re.search(rf"\b(?:{words})\b", text, re.IGNORECASE):
            yield f"the word {found[0]!r}"


def breaks(text: str, language: str) -> Iterator[str]:
    yield from (f"a line could break in {found[0]!r}" for rule in BREAKS[language] for found in re.finditer(rule, text))


def entries(tag: str, path: Path) -> tuple[Entry, ...]:
    return catalogues.read(path, expected=plural_rule(tag))


def prose(path: Path) -> Iterator[str]:
    """The sentences of a text, without its addresses and marks."""
    text = re.sub(r"\]\([^)]*\)|[*_`]{1,2}|^#+ |^- |^\d+\. ", "", path.read_text("utf-8"), flags=re.MULTILINE)
    yield from (line.strip() for line in text.splitlines() if line.strip(" -"))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sl", 'Izberi "Blizu mene"'),
        ("sl", "Izberi „Blizu mene“"),
        ("sl", "Izberi «Blizu mene»"),
        ("sl", "kitara, plezanje..."),
        ("sl", "Ta dejavnost - in druge"),
        ("sl", "Še  nekaj"),
        ("sl", "Kaj bi rad/-a znal/-a?"),
        ("sl", "V kolikor ni v redu"),
        ("sl", "Ponudbe v mestu"),
        ("sl", "Povej nam ."),
        ("lt", "Pasirink “Netoli manęs”"),
        ("lt", "Pasirink „Netoli manęs”"),
        ("lt", "Dalintis"),
        ("lt", "Žemiau rasi daugiau"),
        ("en", "Choose „Near me“"),
        ("en", "Click here"),
    ],
)
def test_a_sentence_that_is_not_ours_is_found(language: str, text: str) -> None:
    assert list(style_faults(text, language))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sl", "v torek"),
        ("sl", "Kaj je s tem?"),
        ("sl", "od 15 let naprej"),
        ("sl", "%(day)s. %(month)s"),
        ("lt", "%(time)s val."),
        ("lt", "gruodžio 3 d."),
        ("lt", "15 metų"),
        ("lt", "Tavo el. paštas"),
    ],
)
def test_a_place_where_a_line_must_not_break_is_found(language: str, text: str) -> None:
    assert list(breaks(text, language))
    assert not list(breaks(text.replace(" ", "\N{NO-BREAK SPACE}"), language))


@catalogue
def test_every_message_is_written_as_the_house_writes(tag: str, path: Path) -> None:
    found = [
        f"{form!r}: {fault}"
        for entry in entries(tag, path)
        for form in entry.forms
        for fault in (*style_faults(form, tag), *breaks(form, tag))
    ]
    assert not found, "\n".join(found)


@catalogue
def test_no_message_holds_html_or_is_left_for_later(tag: str, path: Path) -> None:
    for entry in entries(tag, path):
        assert not entry.fuzzy, entry.ids
        assert all(form.strip() for form in entry.forms), entry.ids
        assert not any(re.search(r"</?\w+[^>]*>|&\w+;", form) for form in entry.forms), entry.forms


@pytest.mark.parametrize("tag", ["sl", "lt"])
def test_every_message_is_said_in_the_language_itself(tag: str) -> None:
    template = extraction.entries(extraction.read_template(ROOT / "translations"))
    said = {entry.key: entry for entry in entries(tag, ROOT / "translations" / tag / "LC_MESSAGES" / "messages.po")}
    assert said.keys() == {entry.key for entry in template}
    # Only what is the same everywhere may read like the English: placeholders, marks, a pattern.
    same = {entry.ids[0] for entry in said.values() if entry.forms[0] == entry.ids[0]}
    assert {text for text in same if re.search(r"[^\W\d_]{2,}", re.sub(r"%\(\w+\)s", "", text))} == set()


@pytest.mark.parametrize("tag", ["sl", "lt"])
def test_every_plural_form_has_its_number(tag: str) -> None:
    for entry in entries(tag, ROOT / "translations" / tag / "LC_MESSAGES" / "messages.po"):
        if len(entry.ids) > 1:
            assert all("%(n)s" in form for form in entry.forms), entry.forms


@text_file
def test_every_text_is_written_as_the_house_writes(path: Path) -> None:
    language = path.name.split(".")[-2]
    found = [f"{line[:80]!r}: {fault}" for line in prose(path) for fault in style_faults(line, language)]
    assert not found, "\n".join(found)


@text_file
def test_every_text_is_there_in_every_language_of_its_city(path: Path) -> None:
    name = path.name.split(".")[0]
    assert {each.name.split(".")[1] for each in path.parent.glob(f"{name}.*.md")} == set(LANGUAGES)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_languages_of_a_text_have_the_same_parts(path: Path) -> None:
    """A heading or a list item that one language lacks is a thought that its readers do not get."""

    def shape(each: Path) -> list[str]:
        lines = each.read_text("utf-8").splitlines()
        return [found[0] for line in lines if (found := re.match(r"#+ |- |\d+\. |\*\*|\w+(?=: )", line))]

    name = path.name.split(".")[0]
    shapes = [shape(path.parent / f"{name}.{other}.md") for other in LANGUAGES]
    assert shapes[0] == shapes[1] == shapes[2]


def test_the_header_of_a_catalogue_is_the_rule_of_its_language() -> None:
    for tag, path in CATALOGUES:
        header = re.search(r'"Plural-Forms: (.*?)\\n"', path.read_text("utf-8"))
        assert header is not None, path
        assert plurals.parse(header[1]).agrees(plural_rule(tag)), path
