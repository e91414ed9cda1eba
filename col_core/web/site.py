"""The pages of a city: every one stands under its language, in one layout, in the words of the visitor's language."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any
from urllib.parse import quote_plus

from flask import Blueprint, Flask, Response, g, render_template, request, url_for
from jinja2 import StrictUndefined

from col_core.base.i18n import LocalText, Translator, pick
from col_core.web import security, template_words
from col_core.web.assets import Assets
from col_core.web.blocks import Blocks
from col_core.web.hooks import WebParts
from col_core.web.house import House
from col_core.web.languages import Languages
from col_core.web.page_cache import PageCache


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link of the frame. `lang` is the language of `text` where it is not the page's."""

    text: str
    url: str
    icon: str = ""
    lang: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Alternate:
    """The same page in another language. `name` is that language's own name for itself."""

    tag: str
    name: str
    path: str
    url: str


# A page leads to dozens of addresses, which differ in one word.
_quoted = lru_cache(maxsize=4096)(quote_plus)
Links = Callable[[], Sequence[Link]]
View = Callable[..., Response]


def _no_links() -> Sequence[Link]:
    return ()


class Site:
    """What the views of every room need to answer with a page.

    `language_names` maps each language of the city to its own name; `parts` pairs a plugin's name with what it adds;
    `cache` keeps pages that look the same for everybody.
    What the frame leads to stands in rooms above this one, so the composition root says where: `main` and `footer` give
    links, `ways` maps a place that templates name (`home`, `search`, `saved`, `report`) to the endpoint of its page.
    """

    def __init__(
        self,
        house: House,
        assets: Assets,
        *,
        language_names: Mapping[str, str],
        parts: Sequence[tuple[str, WebParts]] = (),
        cache: PageCache | None = None,
    ) -> None:
        self.house = house
        self.assets = assets
        self.languages = Languages(house.config)
        self.main: Links = _no_links
        self.footer: Links = _no_links
        self.ways: Mapping[str, str] = {}
        self._names = language_names
        self._menu = [entry for _, part in parts for entry in part.menu]
        self._blocks = Blocks(house.plugins, parts)
        self._cache = cache
        self._paths: dict[tuple[str, str, str], str] = {}

    @property
    def language(self) -> str:
        """The tag of the language of this request."""
        return self.languages.of_request()

    @property
    def translator(self) -> Translator:
        """The words of the language of this request."""
        found: Translator | None = g.get("translator")
        if found is None:
            found = g.translator = self.house.i18n.translator(self.language)
        return found

    def blueprint(self, name: str, import_name: str) -> Blueprint:
        """Return a blueprint whose addresses stand under the language; its templates lie in `templates/`."""
        return Blueprint(name, import_name, url_prefix="/<language:language>", template_folder="templates")

    def page(self, template: str, /, *, status: int = 200, **values: Any) -> Response:
        """Answer with a page made from `template`. One that can be kept is asked for again by its ETag."""
        body = render_template(template, **values).encode()
        if status == 200 and request.method in ("GET", "HEAD"):
            return _answer(body, etag=security.etag_without_nonce(body), language=self.language)
        response = Response(body, status=status, mimetype="text/html")
        response.headers["Content-Language"] = self.language
        response.headers["Cache-Control"] = "no-store"
        return response

    def kept(self, keep_s: float) -> Callable[[View], View]:
        """Let a view's page be shown to others too for `keep_s` seconds: only for what looks the same for everybody."""

        def wrap(view: View) -> View:
            @wraps(view)
            def asked(*args: Any, **values: Any) -> Response:
                cache = self._cache
                if cache is None:
                    return view(*args, **values)
                address = f"{request.path}?{request.query_string.decode('latin-1')}"
                kept = cache.get(address)
                if kept is not None:
                    body = kept.body.replace(kept.nonce.encode(), security.nonce().encode())
                    return _answer(body, etag=kept.etag, language=kept.language)
                version = cache.version()
                response = view(*args, **values)
                etag, _ = response.get_etag()
                if etag:
                    cache.put(
                        address,
                        body=response.get_data(),
                        nonce=security.nonce(),
                        etag=etag,
                        language=self.language,
                        version=version,
                        keep_s=keep_s,
                    )
                return response

            return asked

        return wrap

    def pick(self, texts: Mapping[str, str]) -> LocalText | None:
        """Return the text that this visitor reads best, with the language that it is in; None where there is none."""
        return pick(texts, (self.language, self.house.config.default_language, "en"))

    def address(self, endpoint: str, **values: Any) -> str:
        """Return the full public address of a page."""
        return self.house.config.base_url + url_for(endpoint, **values)

    def path(self, endpoint: str) -> str:
        """Return the address of a page that has one in each language: always the same, so it is made up once."""
        key = (request.root_path, self.language, endpoint)
        found = self._paths.get(key)
        if found is None:
            found = self._paths[key] = url_for(endpoint)
        return found

    def way(self, place: str, **values: Any) -> str | None:
        """Return the address of a place of `ways`; None where this city has no such page."""
        endpoint = self.ways.get(place)
        if endpoint is None:
            return None
        return url_for(endpoint, **values) if values else self.path(endpoint)

    def install(self, app: Flask) -> None:
        """Give `app` the layout, the languages in addresses, and the functions that templates use."""
        self.languages.install(app)
        environment = app.jinja_env
        environment.undefined = StrictUndefined
        environment.trim_blocks = environment.lstrip_blocks = True
        environment.add_extension("jinja2.ext.do")
        template_words.install(environment, lambda: self.translator)
        app.context_processor(self._values)
        app.register_blueprint(self._front_door())

    def _front_door(self) -> Blueprint:
        shared = Blueprint("site", __name__, template_folder="templates")

        @shared.get("/")
        def root() -> Any:
            return self.languages.moved()

        return shared

    def _values(self) -> dict[str, Any]:
        """Return what every template may use."""
        config = self.house.config
        return {
            "t": self.translator,
            "lang": self.language,
            "city": config,
            "city_name": config.city_name(self.language),
            "motto": self.pick(config.theme.motto),
            "assets": self.assets,
            "asset": self.assets.url,
            "icon": self.assets.icon,
            "csp_nonce": security.nonce(),
            "alternates": self._alternates(),
            "canonical": config.base_url + request.path,
            "main_links": self.main(),
            "footer_links": self.footer(),
            "plugin_links": self._plugin_links(),
            "way": self.way,
            "pick": self.pick,
            "blocks": lambda slot, shown: self._blocks.of(slot, self.language, shown),
            "now": self.house.clock.now(),
            "with_query": with_query,
        }

    def _alternates(self) -> list[Alternate]:
        config = self.house.config
        paths = {tag: self.languages.address_in(tag) for tag in config.languages}
        return [
            Alternate(tag=tag, name=self._names[tag], path=path, url=config.base_url + path)
            for tag, path in paths.items()
        ]

    def _plugin_links(self) -> list[Link]:
        labels = [(entry, self.pick(entry.label)) for entry in self._menu]
        return [
            Link(text=label.text, lang=label.lang, url=f"/{self.language}/{entry.path.removeprefix('/')}")
            for entry, label in labels
            if label is not None
        ]


def with_query(path: str, args: Sequence[tuple[str, str]]) -> str:
    """Return `path` with `args` as its query."""
    return f"{path}?{'&'.join(f'{_quoted(name)}={_quoted(value)}' for name, value in args)}" if args else path


def _answer(body: bytes, *, etag: str, language: str) -> Response:
    response = Response(body, mimetype="text/html")
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(etag)
    if "If-None-Match" in request.headers:
        response.make_conditional(request)
    return response
