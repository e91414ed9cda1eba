"""Markdown made into HTML that may stand in a page: no HTML of the writer's own, links and pictures that are safe."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from col_core.content.facts import Fact
from col_core.content.pictures import Picture

_PLACEHOLDER = re.compile(r"\{([a-z][a-z_]*)\}")
_SCHEMES = ("http", "https", "mailto", "tel")
_HEADING_LEVELS = {"h1": "h2", "h5": "h4", "h6": "h4"}

FindPicture = Callable[[str], Picture | str]
Note = Callable[[int, str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What a text is rendered with. `language` is the visitor's, whose pages a link like `feedback` leads to.

    `is_there` tells whether a link's path, such as `pages/rules`, leads somewhere.
    """

    facts: Mapping[str, Fact | None]
    language: str
    picture: FindPicture
    is_there: Callable[[str], bool]


def render(body: str, around: Surroundings, *, note: Note) -> str:
    """Return `body` as HTML. `note` is told each fault with its line (counted from 0).

    A line that names a fact which the settings do not state is left out.
    """
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    markdown.validateLink = is_safe_link  # type: ignore[method-assign]
    lines = _stated_lines(body, around.facts, note)
    tokens = markdown.parse("\n".join(line for _, line in lines))
    _Finish(around, lambda place, message: note(lines[place][0] if place < len(lines) else 0, message)).blocks(tokens)
    return str(markdown.renderer.render(tokens, markdown.options, {}))


def fill_in(text: str, facts: Mapping[str, Fact | None]) -> str:
    """Return one line of plain text with its facts; what is not stated leaves nothing."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in facts:
            return match[0]
        fact = facts[match[1]]
        return fact.text if fact is not None else ""

    return _PLACEHOLDER.sub(value, text)


def is_safe_link(url: str) -> bool:
    """Whether a text may link to `url`: the web, mail, a telephone, or a place on this site."""
    plain = "".join(each for each in url if each > " ")
    try:
        parts = urlsplit(plain)
    except ValueError:
        return False
    if parts.scheme:
        return parts.scheme.lower() in _SCHEMES
    return ":" not in plain.partition("/")[0] and not plain.replace("\\", "/").startswith("//")


def _stated_lines(body: str, facts: Mapping[str, Fact | None], note: Note) -> list[tuple[int, str]]:
    """Return the lines that stay, each with its number."""
    kept = []
    for number, line in enumerate(body.split("\n")):
        names = _PLACEHOLDER.findall(line)
        for name in names:
            if name not in facts:
                note(number, f"{{{name}}} is not a fact; known are: {', '.join(facts)}.")
        if all(facts.get(name, ...) is not None for name in names):
            kept.append((number, line))
    return kept


class _Finish:
    """Goes over the parsed text once and sets right what Markdown leaves open."""

    def __init__(self, around: Surroundings, note: Note) -> None:
        self._around, self._note = around, note
        self._ids: set[str] = set()

    def blocks(self, tokens: Sequence[Token]) -> None:
        line = 0
        for place, token in enumerate(tokens):
            line = token.map[0] if token.map else line
            if token.type in ("heading_open", "heading_close"):
                # The page's own title is its h1.
                token.tag = _HEADING_LEVELS.get(token.tag, token.tag)
            if token.type == "heading_open":
                token.attrSet("id", self._id(tokens[place + 1].content))
            elif token.type == "table_open":
                # What is wider than a telephone scrolls by itself, also by keyboard.
                token.attrSet("tabindex", "0")
            if token.children:
                token.children = self._inline(token.children, line)

    def _inline(self, tokens: Sequence[Token], line: int) -> list[Token]:
        done: list[Token] = []
        in_link = False
        for token in tokens:
            if token.type in ("link_open", "link_close"):
                in_link = token.type == "link_open"
                if in_link:
                    self._link(token, line)
                done.append(token)
            elif token.type == "image":
                done.append(self._picture(token, line))
            elif token.type == "text" and "{" in token.content:
                done += self._filled(token, in_link=in_link)
            else:
                done.append(token)
        return done

    def _link(self, token: Token, line: int) -> None:
        target = str(token.attrGet("href") or "")
        if target.startswith("#"):
            token.attrSet("href", f"#{_PREFIX}{target[1:]}")
        elif urlsplit(target).scheme in ("http", "https"):
            token.attrSet("rel", "noopener")
        elif not urlsplit(target).scheme and not target.startswith("/"):
            if not self._around.is_there(urlsplit(target).path):
                self._note(
                    line, f"{target!r} leads to no text of the city; write what its file is called, without .sl.md."
                )
            token.attrSet("href", f"/{self._around.language}/{target}")

    def _picture(self, token: Token, line: int) -> Token:
        words = "".join(each.content for each in token.children or ())
        found = self._around.picture(str(token.attrGet("src") or ""))
        if not words.strip():
            self._note(line, "A picture has no text for those who do not see it; write ![what it shows](file).")
        if isinstance(found, str):
            self._note(line, found)
            return _text(words)
        token.attrs = {
            "src": found.url,
            "alt": "",
            "width": found.width,
            "height": found.height,
            "loading": "lazy",
            "decoding": "async",
        }
        return token

    def _filled(self, token: Token, *, in_link: bool) -> list[Token]:
        done: list[Token] = []
        end = 0
        for match in _PLACEHOLDER.finditer(token.content):
            fact = self._around.facts.get(match[1])
            if fact is None:
                continue
            done.append(_text(token.content[end : match.start()]))
            done += [_text(fact.text)] if fact.url is None or in_link else _linked(fact.text, fact.url)
            end = match.end()
        return [*done, _text(token.content[end:])]

    def _id(self, words: str) -> str:
        folded = unicodedata.normalize("NFKD", words.casefold())
        letters = "".join(each for each in folded if not unicodedata.combining(each))
        base = _PREFIX + ("-".join(re.findall(r"\w+", letters))[:80] or "section")
        chosen, number = base, 2
        while chosen in self._ids:
            chosen, number = f"{base}-{number}", number + 1
        self._ids.add(chosen)
        return chosen


# An id of a heading never meets one of the page around it.
_PREFIX = "h-"


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)


def _linked(words: str, url: str) -> list[Token]:
    opening = Token("link_open", "a", 1, attrs={"href": url})
    if url.startswith("http"):
        opening.attrSet("rel", "noopener")
    return [opening, _text(words), Token("link_close", "a", -1)]
