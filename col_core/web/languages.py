"""The language of a page stands first in its address: `/sl/…`. How it is chosen, and what an address without one means.

Order: the address, the language that somebody chose here before, the browser's Accept-Language, the city's default.
"""

import re
from typing import Any

from flask import Flask, Response, current_app, g, redirect, request
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import BaseConverter, RequestRedirect

from col_core.base.i18n import negotiate
from col_core.base.settings import CityConfig

_A_YEAR_S = 31_536_000


class Languages:
    """The languages of one city in its addresses."""

    def __init__(self, config: CityConfig) -> None:
        self._config = config
        self._cookie = f"col_{config.id}_language"

    def of_request(self) -> str:
        """Return the language of this request: that of its address, even where there is no such page."""
        if "language" not in g:
            first = _first_part(request.path)
            g.language = first if first in self._config.languages else self.wished()
        language: str = g.language
        return language

    def wished(self) -> str:
        """Return the language that the visitor would choose, whatever the address says."""
        config = self._config
        kept = request.cookies.get(self._cookie)
        if kept in config.languages:
            return kept
        return negotiate(request.headers.get("Accept-Language"), config.languages, config.default_language)

    def address_in(self, tag: str) -> str:
        """Return the address of this page in the language `tag`, with its query."""
        if not self.in_address(request.path):
            return f"/{tag}/"
        rest = request.path.removeprefix("/").partition("/")[2]
        return _with_query(f"/{tag}/{rest}")

    def in_address(self, path: str) -> bool:
        """Whether `path` begins with a language of the city."""
        return _first_part(path) in self._config.languages

    def moved(self) -> Response | None:
        """Return the way to the page in the visitor's language, for an address without one; None if there is none."""
        if request.method not in ("GET", "HEAD") or self.in_address(request.path):
            return None
        path = f"/{self.wished()}{request.path}"
        if not _leads_somewhere(path):
            return None
        response = redirect(_with_query(path), 302)
        response.headers["Vary"] = "Accept-Language, Cookie"
        response.headers["Cache-Control"] = "no-store"
        assert isinstance(response, Response)
        return response

    def install(self, app: Flask) -> None:
        """Teach `app` the part `<language:language>` of an address; views do not get it as an argument."""
        app.url_map.converters["language"] = _converter(self._config.languages)
        app.url_value_preprocessor(_take_language)
        app.url_defaults(self._fill_in)
        app.after_request(self._remember)

    def _fill_in(self, endpoint: str, values: dict[str, Any]) -> None:
        if "language" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "language"):
            values["language"] = self.of_request()

    def _remember(self, response: Response) -> Response:
        """Keep the language that somebody chose by a link on our own pages; a link from elsewhere chooses nothing."""
        chosen = g.get("language_in_address")
        by_hand = request.headers.get("Sec-Fetch-Site") == "same-origin" and request.method == "GET"
        if chosen and by_hand and response.mimetype == "text/html" and chosen != self.wished():
            response.set_cookie(
                self._cookie, chosen, max_age=_A_YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure
            )
        return response


def _take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "language" in values:
        g.language = g.language_in_address = values.pop("language")


def _converter(languages: tuple[str, ...]) -> type[BaseConverter]:
    class LanguageConverter(BaseConverter):
        regex = "|".join(map(re.escape, languages))

    return LanguageConverter


def _first_part(path: str) -> str:
    return path.removeprefix("/").partition("/")[0]


def _leads_somewhere(path: str) -> bool:
    try:
        current_app.url_map.bind("").match(path)
    except RequestRedirect:
        return True
    except (NotFound, MethodNotAllowed):
        return False
    return True


def _with_query(path: str) -> str:
    query = request.query_string.decode("ascii", "replace")
    return f"{path}?{query}" if query else path
