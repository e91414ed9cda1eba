from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.base.faults import Fault
from col_core.content.front_matter import LONGEST_SUMMARY, LONGEST_TITLE, MAX_BYTES, Parsed, parse
from col_core.content.records import Kind

FILE = Path("pages/sample.sl.md")
LINE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1).map(lambda text: f"a{text}a")


def read(text, kind=Kind.PAGE):
    return parse(text if isinstance(text, bytes) else text.encode(), file=FILE, kind=kind)


def test_a_text_has_a_head_and_a_body():
    parsed = read(
        '---\ntitle: "Kako: deluje"\n# a note\nsummary: Na kratko.\n\ndate: 2026-05-17\n---\nPrva\n---\ndruga\n'
    )
    assert (parsed.head.title, parsed.head.summary, parsed.head.day) == (
        "Kako: deluje",
        "Na kratko.",
        date(2026, 5, 17),
    )
    assert (parsed.body, parsed.first_line) == ("Prva\n---\ndruga\n", 8)


def test_a_mark_of_utf8_and_the_line_ends_of_windows_are_no_fault():
    assert read(b"\xef\xbb\xbf---\r\ntitle: Naslov\r\n---\r\nBesedilo").head.title == "Naslov"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "first line"),
        ("# Naslov\n", 1, "first line"),
        ("---\ntitle: Naslov\n", 1, "no end"),
        ("---\n---\nBesedilo", 1, "title is missing"),
        ("---\ntitle:   \n---\n", 1, "title is missing"),
        ("---\ntitle: A\ntitle: B\n---\n", 3, "second time"),
        ("---\ntitle: A\nauthor: B\n---\n", 3, "'author' is not a key; known are: title, summary, date"),
        ("---\ntitle: A\njust words\n---\n", 3, "not of the form"),
        ("---\ntitle: A\ndate: 17. 5. 2026\n---\n", 3, "not a date; write it as 2026-05-17"),
        ("---\ntitle: A\ndate: 2026-02-30\n---\n", 3, "not a date"),
        ("---\ntitle: A\ndate: 0001-01-01\n---\n", 3, "not a date"),
        (f"---\ntitle: {'a' * (LONGEST_TITLE + 1)}\n---\n", 2, "longer than"),
        (f"---\ntitle: A\nsummary: {'a' * (LONGEST_SUMMARY + 1)}\n---\n", 3, "longer than"),
        ("---\ntitle: Čebela\n---\nBesedilo".encode("windows-1250"), 2, "save the file as UTF-8"),
        ("---\ntitle: A\n---\n".encode("utf-16"), 1, "save the file as UTF-8"),
        (b"---\ntitle: A\n---\n" + b"a" * 5_000_000, 1, f"longer than {MAX_BYTES // 1000} kB"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text, line, said):
    faults = read(text)
    assert (faults[0].line, faults[0].file) == (line, FILE)
    assert said in faults[0].message


def test_an_article_needs_its_day_and_a_page_does_not():
    assert "date: 2026-05-17" in read("---\ntitle: A\n---\n", Kind.ARTICLE)[0].message
    assert isinstance(read("---\ntitle: A\n---\n"), Parsed)


def test_every_fault_of_a_head_is_said_at_once():
    assert [each.line for each in read("---\nauthor: B\ntitle: A\ndate: soon\n---\n")] == [2, 4]


@given(title=LINE, summary=LINE, body=st.lists(LINE, max_size=5).map("\n".join))
def test_what_was_written_is_what_is_read(title, summary, body):
    title, summary = title[:LONGEST_TITLE], summary[:LONGEST_SUMMARY]
    parsed = read(f"---\ntitle: {title}\nsummary: '{summary}'\ndate: 2026-05-17\n---\n{body}")
    assert (parsed.head.title, parsed.head.summary, parsed.body) == (title, summary, body)


@given(st.one_of(st.binary(), st.text(st.sampled_from("-:\n 'atile")).map(str.encode)))
def test_no_bytes_at_all_raise(source):
    parsed = parse(source, file=FILE, kind=Kind.ARTICLE)
    assert isinstance(parsed, Parsed) or all(isinstance(each, Fault) for each in parsed)
