"""Every public page of a city for search engines, in each of its languages. Source: sitemaps.org, protocol 0.9."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from sqlalchemy.orm import Session

from col_core.badges.achievements import reading
from col_core.base.errors import NotFound
from col_core.base.settings import CityConfig
from col_core.catalogue import published
from col_core.content.library import Library
from col_core.content.paths import path_of
from col_core.organisers import directory

MOST_ADDRESSES = 5_000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
# A part's number is part of its address; no city has more rows than 64 bits count.
_MOST_PARTS = 10**12


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """A page without its language: `path` follows `/<lang>/`."""

    path: str
    changed: datetime | None = None


class Sitemap:
    """Made anew each time from one moment of the database; nothing of it grows with the city but the index."""

    def __init__(self, config: CityConfig, library: Library, *, most: int = MOST_ADDRESSES) -> None:
        self._config, self._library = config, library
        self._size = max(1, most // len(config.languages))

    def index(self, session: Session) -> str:
        """Return the sitemap of the sitemaps."""
        organisations = range(-(-len(directory.listing(session)) // self._size))
        names = [
            "pages",
            *(f"organisations-{number}" for number in organisations),
            *(f"opportunities-{number}" for number in published.parts(session, size=self._size)),
        ]
        base = escape(self._config.base_url)
        entries = "".join(f"<sitemap><loc>{base}/sitemaps/{name}.xml</loc></sitemap>\n" for name in names)
        return f"{_HEAD}<sitemapindex {_NAMESPACES.partition(' ')[0]}>\n{entries}</sitemapindex>\n"

    def part(self, session: Session, name: str) -> str:
        """Return the part called `name`. Raises NotFound."""
        kind, _, digits = name.partition("-")
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 12 else None
        if name == "pages":
            pages = self._pages(session)
        elif kind == "organisations" and number is not None:
            found = directory.listing(session)[number * self._size : (number + 1) * self._size]
            pages = [_Page(path=f"organisations/{each.slug}") for each in found]
        elif kind == "opportunities" and number is not None and number < _MOST_PARTS:
            offers = published.part(session, number, size=self._size)
            pages = [_Page(path=f"opportunities/{each.id}", changed=each.updated) for each in offers]
        else:
            pages = []
        if not pages:
            raise NotFound("There is no such part of the sitemap.")
        return f"{_HEAD}<urlset {_NAMESPACES}>\n{''.join(self._entries(pages))}</urlset>\n"

    def _pages(self, session: Session) -> Sequence[_Page]:
        language = self._config.default_language
        texts = [*self._library.footer_pages(language), *self._library.articles(language)]
        return [
            *(_Page(path=path) for path in ("", "opportunities", "badges", "verify", "blog")),
            *(_Page(path=f"badges/{each.id}", changed=each.updated) for each in reading.listing(session)),
            *(_Page(path=path_of(each.kind, each.name), changed=each.changed) for each in texts),
        ]

    def _entries(self, pages: Iterable[_Page]) -> Iterator[str]:
        config, base = self._config, escape(self._config.base_url)
        for page in pages:
            path = escape(page.path)
            others = "".join(
                f'<xhtml:link rel="alternate" hreflang="{tag}" href="{base}/{language}/{path}"/>'
                for tag, language in (
                    *((language, language) for language in config.languages),
                    ("x-default", config.default_language),
                )
            )
            changed = f"<lastmod>{page.changed:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if page.changed else ""
            for language in config.languages:
                yield f"<url><loc>{base}/{language}/{path}</loc>{changed}{others}</url>\n"
