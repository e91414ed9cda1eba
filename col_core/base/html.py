"""Texts from outside: HTML made safe and even, HTML made plain, and lines without what no reader can see.

A description is kept as clean HTML, whatever it came as. `clean_html` may be applied to its own result: nothing
changes then.
"""

import html
import re
from functools import cache
from html.parser import HTMLParser

import nh3

# nh3 needs time that grows with the square of the nesting: 333 s for 1 MB of nested div. So cut first.
MAX_CHARS = 20_000
_MAX_TAGS = 4_000
_MAX_PASSES = 5
_BLOCKS = frozenset({"p", "ul", "ol", "li", "blockquote", "h3", "h4"})
_TAGS = {*_BLOCKS, "br", "strong", "b", "em", "i", "a"}
_SILENT = {
    "script", "style", "svg", "math", "iframe", "object", "embed", "noscript", "template", "title", "head",
    "textarea", "select", "option", "xmp", "noembed", "noframes", "plaintext", "audio", "video", "canvas",
}  # fmt: skip
_KNOWN = "|".join(sorted(_TAGS | _SILENT | {
    "div", "span", "font", "u", "h1", "h2", "h5", "h6", "table", "tbody", "tr", "td", "th", "img", "html", "body",
    "center", "section", "article", "hr", "pre", "code", "small", "sup", "sub", "s", "dl", "dt", "dd", "form",
    "input", "button", "label", "figure", "figcaption", "header", "footer", "main", "nav", "aside",
}))  # fmt: skip
_LOOKS_LIKE_HTML = re.compile(rf"</?(?:{_KNOWN})(?:\s[^<>]*)?/?>|<!--|&(?:[a-z]{{2,8}}|#\d{{2,6}});", re.IGNORECASE)
_BREAKS_LINES = re.compile(r"<(?:p|br|div|ul|ol|li|h[1-6]|table|blockquote|pre)\b", re.IGNORECASE)
_HEADING = re.compile(r"(</?)h[12](?=[\s>/])", re.IGNORECASE)
_SMALL_HEADING = re.compile(r"(</?)h[56](?=[\s>/])", re.IGNORECASE)
_BLOCK_LIKE = re.compile(
    r"(</?)(?:div|section|article|pre|table|tr|dl|dt|dd|center|figure|figcaption|header|footer|main)(?=[\s>/])",
    re.IGNORECASE,
)
_CELL_END = re.compile(r"</t[dh]\s*>", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t\r\f\v\u00a0]*\n\s*")
_BLOCK_TAG = re.compile(r"</?(?:p|[uo]l|li|blockquote|h[34]|br)>")
_ANY_TAG = re.compile(r"<[^<>]*>")
# Paragraphs of words alone, as they come out of here: nothing is left to be done to them.
_CLEAN = re.compile(r"(?:<p>(?!\s)[^<>&\n]++(?<!\s)</p>)++")
# Whole addresses. "https:/x" is none: a browser reads it as a path of the page that it stands on.
_LEADS_SOMEWHERE = re.compile(r"\s*(?:https?://[^\s/\\?#]|(?:mailto|tel):[^\s])", re.IGNORECASE)
# Control characters, surrogates and the marks that turn the direction of what follows.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")


def clean_html(text: str) -> str:
    """Return `text` as safe HTML: paragraphs, lists, small headings, emphasis and links; nothing else.

    A link that holds no whole address becomes its words: on our page it would lead somewhere else than where it was
    written, or nowhere. Plain text becomes paragraphs at its blank lines. What exceeds `MAX_CHARS` is cut off.
    """
    text = visible(text)
    if len(text) <= MAX_CHARS and _CLEAN.fullmatch(text) and text.count("<") <= _MAX_TAGS:
        return text
    room = MAX_CHARS
    while len(cleaned := _cleaned(text[:room])) > MAX_CHARS:
        room = room * MAX_CHARS // len(cleaned) - 1
    return cleaned


def _cleaned(text: str) -> str:
    if not _LOOKS_LIKE_HTML.search(text):
        return "".join(_paragraph(html.escape(part, quote=False)) for part in _BLANK_LINE.split(text))
    text = re.sub(r"<[^<>]*\Z", "", text)
    if text.count("<") > _MAX_TAGS:
        text = html.escape(plain_text(text), quote=False)
    if not _BREAKS_LINES.search(text):
        text = _BLANK_LINE.sub("<p>", text).replace("\n", "<br>")
    text = _HEADING.sub(r"\1h3", text)
    text = _SMALL_HEADING.sub(r"\1h4", text)
    text = _BLOCK_LIKE.sub(r"\1p", _CELL_END.sub(" ", text))
    for _ in range(_MAX_PASSES):
        # Dropping what is empty can leave an order of tags that nh3 mends once more.
        if (even := _even(_nh3(text))) == text:
            return even
        text = even
    return _cleaned(html.escape(plain_text(text), quote=False))


def plain_text(text: str) -> str:
    """Return what a reader sees of `text` (HTML or plain), a line a paragraph or list item."""
    if text.isprintable() and "<" not in text and "&" not in text:
        # One line without markup: no character that ends a line is one that is printed.
        return " ".join(text[:MAX_CHARS].split())
    text = visible(text)[:MAX_CHARS]
    if not _LOOKS_LIKE_HTML.search(text):
        lines = text.splitlines()
    else:
        reader = _Words()
        reader.feed(text)
        reader.close()
        lines = "".join(reader.parts).splitlines()
    return "\n".join(kept for line in lines if (kept := " ".join(line.split())))


def running_text(cleaned: str) -> str:
    """Return the words of what `clean_html` made, without its tags, for a search engine; fast, not to be shown."""
    if "<" not in cleaned and "&" not in cleaned:
        return cleaned
    return html.unescape(_ANY_TAG.sub("", _BLOCK_TAG.sub(" ", cleaned)))


def plain_line(text: str, *, max_chars: int) -> str:
    """Return `text` without markup on one line, cut at a word where it is longer than `max_chars`."""
    line = plain_text(text).replace("\n", " ")
    if len(line) <= max_chars:
        return line
    cut, following = line[: max_chars - 1], line[max_chars - 1]
    return (cut if following == " " else cut.rpartition(" ")[0] or cut).rstrip(" ,;:–-") + "…"


def visible(text: str) -> str:
    """Return `text` with even line ends, without NUL, control characters, surrogates and direction marks."""
    if text.isprintable():
        return text
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _nh3(text: str) -> str:
    return _cleaner().clean(text).replace("&nbsp;", "\u00a0")


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_SILENT,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow noopener noreferrer",
        strip_comments=True,
    )


def _paragraph(inner: str) -> str:
    lines = [line.strip() for line in inner.strip().split("\n")]
    return f"<p>{'<br>'.join(lines)}</p>" if any(lines) else ""


def _even(cleaned: str) -> str:
    """Put every run of text that stands outside a block into a paragraph, and drop empty paragraphs."""
    reader = _Blocks()
    reader.feed(cleaned)
    reader.close()
    return reader.finish()


class _Blocks(HTMLParser):
    """Cuts clean HTML into its outermost blocks, and takes links off that lead nowhere.

    nh3 has closed every tag, so counting them is enough.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._out: list[str] = []
        self._run: list[str] = []
        self._depth = 0
        self._links: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._links.append(_LEADS_SOMEWHERE.match(dict(attrs).get("href") or "") is not None)
            if not self._links[-1]:
                return
        if tag in _BLOCKS:
            if self._depth == 0:
                self._end_run()
            self._depth += 1
        self._run.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and not self._links.pop():
            return
        self._run.append(f"</{tag}>")
        if tag in _BLOCKS:
            self._depth -= 1
            if self._depth == 0:
                block = "".join(self._run)
                self._run = []
                if plain_text(block):
                    self._out.append(f"<ul>{block}</ul>" if tag == "li" else _tight(block))

    def handle_data(self, data: str) -> None:
        self._run.append(data)

    def handle_entityref(self, name: str) -> None:
        self._run.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._run.append(f"&#{name};")

    def finish(self) -> str:
        self._end_run()
        return "".join(self._out)

    def _end_run(self) -> None:
        for part in _BLANK_LINE.split("".join(self._run)):
            # An inline tag may stretch over a blank line: nh3 closes it here and drops its end from the next part.
            inner = _without_outer_breaks(part)
            inner = _nh3(inner) if inner else ""
            if plain_text(inner):
                self._out.append(f"<p>{inner}</p>")
        self._run = []


def _tight(block: str) -> str:
    if not block.startswith("<p>"):
        return block
    return f"<p>{_without_outer_breaks(block.removeprefix('<p>').removesuffix('</p>'))}</p>"


def _without_outer_breaks(text: str) -> str:
    # A loop and not a pattern: `(\s|<br>)+\Z` takes quadratic time on a long run of spaces in the middle.
    while (shorter := text.strip().removeprefix("<br>").removesuffix("<br>")) != text:
        text = shorter
    return text


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS or tag in ("br", "div", "tr", "h1", "h2", "h5", "h6"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS or tag in ("div", "tr", "h1", "h2", "h5", "h6"):
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)
