import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from col_core.content.facts import Fact
from col_core.content.rendering import Surroundings, is_safe_link, render

FACTS = {"city": Fact(text="Testville"), "mail": Fact(text="a@b.example", url="mailto:a@b.example"), "phone": None}


def is_there(path):
    return path != "pages/gone"


def rendered(body, facts=FACTS):
    faults = []
    around = Surroundings(facts=facts, language="sl", picture=lambda source: f"{source} is missing", is_there=is_there)
    return render(body, around, note=lambda line, message: faults.append((line, message))), faults


def html(body):
    return rendered(body)[0]


def test_headings_stand_below_the_title_of_the_page_and_can_be_linked_to():
    assert html("# Kje smo\n## Čas in kraj\n## Čas in kraj\n### !!!\n[tu](#cas-in-kraj)") == (
        '<h2 id="h-kje-smo">Kje smo</h2>\n<h2 id="h-cas-in-kraj">Čas in kraj</h2>\n'
        '<h2 id="h-cas-in-kraj-2">Čas in kraj</h2>\n<h3 id="h-section">!!!</h3>\n'
        '<p><a href="#h-cas-in-kraj">tu</a></p>\n'
    )


def test_links_out_keep_no_hold_on_the_page_and_links_within_stay_in_the_language():
    assert html("[a](https://example.org/x) [b](feedback?kind=idea) [c](/sl/blog) [d](mailto:a@b.example)") == (
        '<p><a href="https://example.org/x" rel="noopener">a</a> <a href="/sl/feedback?kind=idea">b</a> '
        '<a href="/sl/blog">c</a> <a href="mailto:a@b.example">d</a></p>\n'
    )


def test_a_link_to_a_text_that_is_not_there_is_told_with_its_line():
    _, faults = rendered("Vrstica.\n\n[a](pages/rules#kje) [b](pages/gone?x=1)")
    assert [(line, message.partition(";")[0]) for line, message in faults] == [
        (2, "'pages/gone?x=1' leads to no text of the city")
    ]


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#10;script:alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
    ],
)
def test_a_link_that_could_run_something_is_no_link(target):
    assert "href" not in html(f"[click]({target})")
    assert "href" not in html(f"[click][x]\n\n[x]: {target}\n")
    assert "href" not in html(f"<{target}>")


def test_a_backslash_leads_to_no_other_host():
    assert html("[click](/\\evil.example)") == '<p><a href="/%5Cevil.example">click</a></p>\n'
    assert not is_safe_link("/\\evil.example")


def test_html_of_the_writer_is_shown_as_text():
    made = html('<script>alert(1)</script>\n\n<img src=x onerror="alert(1)"> and <b>bold</b>\n')
    assert set(re.findall(r"<\w+", made)) == {"<p"}


def test_facts_are_filled_in_as_plain_text_and_what_is_not_stated_leaves_out_its_line():
    facts = {**FACTS, "city": Fact(text="*A* <b> [x](y)")}
    made, faults = rendered(
        "- {city}\n- {phone}\n- {mail}\n\nCall {phone}.\n\n[Write {mail}](feedback) `{city}`", facts
    )
    assert made == (
        '<ul>\n<li>*A* &lt;b&gt; [x](y)</li>\n<li><a href="mailto:a@b.example">a@b.example</a></li>\n</ul>\n'
        '<p><a href="/sl/feedback">Write a@b.example</a> <code>{city}</code></p>\n'
    )
    assert faults == []


def test_a_fact_that_is_not_known_stays_and_is_said_with_its_line():
    made, faults = rendered("Prva {phone}\n\nDruga {nobody}\n\n![](x.png)")
    assert "{nobody}" in made
    assert faults == [
        (2, "{nobody} is not a fact; known are: city, mail, phone."),
        (4, "A picture has no text for those who do not see it; write ![what it shows](file)."),
        (4, "x.png is missing"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        ">" * 100_000,
        "- " * 50_000,
        "\n".join(" " * depth + "- a" for depth in range(400)),
        "[" * 100_000,
        "![[" * 33_000,
        "*a_ " * 25_000,
        "[a](" * 25_000,
        "`" * 100_000,
        "&" * 100_000,
        "|a" * 25_000 + "\n" + "|-" * 25_000,
        "{city}" * 16_000,
        "\n".join("#" * 1000 for _ in range(100)),
        "# a\n" * 3_000,
    ],
)
def test_a_text_written_to_take_long_does_not(body):
    began = time.process_time()
    html(body)
    assert time.process_time() - began < 10


@given(st.text(st.sampled_from("[]()<>!*_`#&;:/\\ \n{}abjs\"'-+|~=1."), max_size=80))
def test_whatever_is_written_no_tag_or_scheme_gets_through_that_was_not_meant_to(body):
    made = html(body)
    assert set(re.findall(r"</?(\w+)", made)) <= {
        *("p", "a", "em", "strong", "code", "pre", "ul", "ol", "li", "h2", "h3", "h4", "blockquote", "hr", "br"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
    assert all(is_safe_link(each) for each in re.findall(r'href="([^"]*)"', made))


def test_pictures_are_the_citys_own_with_their_size_and_without_what_they_tell_of_their_maker(texts):
    photo = Image.new("RGB", (2000, 1000), "green")
    exif = Image.Exif()
    exif[0x010F] = "Somebody's camera"
    exif[0x0112] = 6
    (texts.folder / "pictures").mkdir()
    photo.save(texts.folder / "pictures" / "naš vrt.jpg", exif=exif)
    made = texts.html("![Vrt](pictures/na%C5%A1%20vrt.jpg)")
    found = re.search(
        r'<img src="/content/(pictures/na%C5%A1%20vrt\.jpg)\?v=\w+" alt="Vrt" width="960" height="1920"', made
    )
    assert found
    key = texts.pictures.served("pictures/naš vrt.jpg")
    with Image.open(texts.folder.parent / "var" / "files" / key) as served:
        assert (served.format, served.size, dict(served.getexif())) == ("WEBP", (960, 1920), {})


@pytest.mark.parametrize(
    "source",
    [
        "https://elsewhere.example/a.png",
        "../city.toml",
        "/etc/passwd",
        "pages/sample.sl.md",
        "nothing.png",
        "%00",
        "a" * 5000,
    ],
)
def test_what_is_no_picture_of_the_city_is_left_out_and_said(texts, source):
    assert texts.html(f"![Vrt]({source})") == "<p>Vrt</p>\n"
    assert "sample.sl.md:4" in texts.said()[0]


def test_a_link_out_of_the_folder_is_not_followed(texts, tmp_path):
    Image.new("RGB", (10, 10)).save(tmp_path / "secret.png")
    (texts.folder / "a.png").symlink_to(tmp_path / "secret.png")
    assert texts.html("![Vrt](a.png)") == "<p>Vrt</p>\n"
