import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.base.html import MAX_CHARS, clean_html, plain_line, plain_text, running_text, visible

PIECES = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<b>", "</b>", "<div>", "</div>", "<br>", "\n", "\n\n", " ", "a", "č", "<", ">", "&", "&amp;",
         "<a href='https://e.org'>", "<a href='/x'>", "<a>", "<marquee>",
         "</marquee>", "</a>", "<script>", "</script>", "<ul>", "<li>", "<svg>", "<!--", "-->", "\0"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


def test_plain_text_becomes_paragraphs_at_its_blank_lines() -> None:
    assert clean_html("5 < 6 & 7\nvrstica\n\nnaprej") == "<p>5 &lt; 6 &amp; 7<br>vrstica</p><p>naprej</p>"


def test_what_could_run_or_reach_out_is_gone_with_its_content() -> None:
    dirty = (
        '<p onclick="x()">Pridi<script>alert(1)</script></p><svg><a xlink:href="javascript:x"><text>s</text></a></svg>'
        '<math><mtext></mtext></math><iframe src="https://example.org"></iframe><img src=x onerror=y>'
        '<a href="javascript:alert(1)" style="color:red">tu</a>'
    )
    assert clean_html(dirty) == "<p>Pridi</p><p>tu</p>"


@pytest.mark.parametrize(
    "href",
    ["/x", "//e.org/x", "x.html", "../x", "?q=1", "#x", "", " ", "https:/x", "https:x", "https:", "https:///x",
     "http:\\\\e.org",
     "ht\ntps://e.org", "javascript:alert(1)", "data:text/html,x", "mailto:", "&#47;x", None],
)  # fmt: skip
def test_a_link_that_holds_no_whole_address_becomes_its_words(href: str | None) -> None:
    link = "<a>" if href is None else f'<a href="{href}">'
    assert clean_html(f"<p>Pridi {link}<b>k nam</b></a> danes.</p>") == "<p>Pridi <b>k nam</b> danes.</p>"


@pytest.mark.parametrize("href", ["https://e.org/x", "HTTP://e.org", " https://e.org ", "mailto:a@e.org", "tel:+38615"])
def test_a_link_with_a_whole_address_stays(href: str) -> None:
    link = f'<a href="{href}" rel="nofollow noopener noreferrer">k nam</a>'
    assert clean_html(f'<a href="{href}">k nam</a>') == f"<p>{link}</p>"


def test_a_link_inside_of_one_that_leads_nowhere_stays() -> None:
    inner = '<a href="https://e.org" rel="nofollow noopener noreferrer">b</a>'
    assert clean_html("<a href='/x'>a<marquee><a href='https://e.org'>b</a></marquee>c</a>") == f"<p>a{inner}c</p>"


@given(PIECES)
def test_no_link_leads_nowhere(text: str) -> None:
    cleaned = clean_html(text)
    assert cleaned.count("<a ") == cleaned.count('<a href="https://e.org" ') == cleaned.count("</a>")


def test_headings_and_boxes_become_what_a_page_can_hold() -> None:
    assert clean_html("<h1>Naslov</h1><div>a<div>b</div></div>") == "<h3>Naslov</h3><p>a</p><p>b</p>"


def test_text_after_a_block_gets_a_paragraph_of_its_own() -> None:
    assert clean_html("<p>a</p>\n\nPrimer.") == "<p>a</p><p>Primer.</p>"


@given(PIECES)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean_html(text)
    assert clean_html(once) == once
    assert "<script" not in once
    assert "<svg" not in once


@given(st.lists(st.text("ač \u00a0\t\u200b'\"-;", max_size=8), min_size=1, max_size=4))
def test_paragraphs_of_words_come_out_as_they_would_with_markup_in_them(words: list[str]) -> None:
    plain = "".join(f"<p>{each}</p>" for each in words)
    # A list at the end sends everything the long way round.
    assert clean_html(plain + "<ul><li>x</li></ul>") == clean_html(plain) + "<ul><li>x</li></ul>"


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    assert clean_html(clean_html(text)) == clean_html(text)
    plain_text(text)
    assert len(plain_line(text, max_chars=20)) <= 20


@pytest.mark.parametrize(
    "text",
    ["<div>" * 200_000, "<b>" * 300_000, "<a " * 300_000, "<!" * 500_000, "<ul><li>" * 100_000, "<br> " + " " * 500_000,
     "<p>x" + " " * 100_000 + "y", "\n" * 500_000 + "<p>", "&lt;" * 200_000],
    ids=["div", "b", "a", "bang", "list", "spaces", "inner spaces", "lines", "entities"],
)  # fmt: skip
def test_a_megabyte_of_nonsense_costs_little(text: str) -> None:
    begun = time.process_time()
    cleaned = clean_html(text)
    plain_text(text)
    assert time.process_time() - begun < 2
    assert len(cleaned) <= MAX_CHARS


def test_plain_text_keeps_lines_and_drops_markup() -> None:
    assert plain_text("<p>Ena &amp; <b>dva</b></p><ul><li>tri</li></ul><script>x</script>") == "Ena & dva\ntri"


@given(PIECES)
def test_running_text_has_the_words_that_a_reader_sees(text) -> None:
    cleaned = clean_html(text)
    assert running_text(cleaned).split() == plain_text(cleaned).split()


def test_running_text_keeps_a_word_that_is_partly_bold() -> None:
    assert running_text('<p>Pri<b>di</b></p><p>in <a href="https://p.org">vidi</a></p>').split() == [
        "Pridi",
        "in",
        "vidi",
    ]


def test_a_long_line_is_cut_at_a_word() -> None:
    assert plain_line("Ena dva tri štiri", max_chars=12) == "Ena dva tri…"
    assert plain_line("Ena <b>dva</b>", max_chars=12) == "Ena dva"


def test_what_no_reader_can_see_is_taken_out() -> None:
    assert visible("a\0b\ud800c\u202ed\r\ne") == "abcd\ne"
