"""What browsers load: the built files, the look of the city, its drawings. Each name carries a hash of its content."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import brotli
import msgspec
from flask import Blueprint, Response, request
from markupsafe import Markup

from col_core.base.errors import ConfigError, NotFound
from col_core.base.settings import CityConfig
from col_core.web.compression import best_encoding
from col_core.web.theme import theme_css

BUILD = Path(__file__).parent / "static" / "build"
PREFIX = "/static/"
_FOR_EVER = "public, max-age=31536000, immutable"
_SUFFIXES = {"br": ".br", "gzip": ".gz"}
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".woff2": "font/woff2",
}
# A drawing of the city, opened by itself, is a picture and nothing else.
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


class _Manifest(msgspec.Struct):
    """What the build wrote down: plain name → hashed name, icon → what it draws, category → its colour on paper.

    `symbols` are what badges may show: name → what it draws.
    """

    files: dict[str, str]
    icons: dict[str, str]
    colours: dict[str, str]
    symbols: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class _File:
    """A file that is served; it is read when it is asked for."""

    path: Path
    csp: str | None = None

    def read(self, encoding: str | None) -> tuple[bytes, str | None]:
        """Return the content in `encoding`, if it was stored so, and the encoding that it has."""
        if encoding is not None:
            packed = self.path.with_name(self.path.name + _SUFFIXES[encoding])
            if packed.exists():
                return packed.read_bytes(), encoding
        return self.path.read_bytes(), None


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A file that was made here, in each encoding."""

    bodies: Mapping[str | None, bytes]
    csp: str | None = None

    def read(self, encoding: str | None) -> tuple[bytes, str | None]:
        return self.bodies[encoding], encoding


class Assets:
    """Addresses of everything under `/static/`.

    Raises ConfigError where the files were not built, or where a drawing that the theme names cannot be read.
    """

    def __init__(self, config: CityConfig, *, build: Path = BUILD) -> None:
        manifest = _read_manifest(build / "manifest.json")
        self._names = manifest.files
        self._drawings = manifest.icons
        self._colours = manifest.colours
        self._build = build
        self._icons = {name: _use(self.url("icons.svg"), name) for name in manifest.icons}
        self._served: dict[str, _File | _Made] = {name: _File(path=build / name) for name in manifest.files.values()}
        self.logo_url = self._add_drawing("logo.svg", config.theme.logo)
        self.pattern_url = self._add_drawing("pattern.svg", config.theme.pattern)
        self.theme_css_url = self._add("theme.css", theme_css(config.theme, pattern_url=self.pattern_url).encode())

    def url(self, name: str) -> str:
        """Return the address of a built file: `url("app.css")`. Raises KeyError for a name that was not built."""
        return PREFIX + self._names[name]

    def icon(self, name: str) -> Markup:
        """Return an icon that says nothing to screen readers: always put words beside it.

        `name` is one of `src/icons.json`, or `category-…`, `shape-…`, or as `src/vocabulary_icons.json` says
        `type-…`, `access-…`, `signal-…`. Raises KeyError else.
        """
        return self._icons[name]

    def drawing(self, name: str) -> str:
        """Return what an icon draws, as SVG elements. Raises KeyError as `icon` does."""
        return self._drawings[name]

    def category_colour(self, name: str) -> str:
        """Return the colour of a category on light paper, as CSS writes it. Raises KeyError."""
        return self._colours[name]

    def content(self, name: str) -> bytes:
        """Return a built file. Raises KeyError as `url` does."""
        return (self._build / self._names[name]).read_bytes()

    def blueprint(self) -> Blueprint:
        """Return `/static/<name>`: what never changes under its name, packed as the browser likes it."""
        views = Blueprint("assets", __name__)

        @views.get(f"{PREFIX}<path:name>")
        def static_file(name: str) -> Response:
            file = self._served.get(name)
            if file is None:
                raise NotFound("There is no such file.")
            body, encoding = file.read(best_encoding(request.accept_encodings))
            response = Response(body, content_type=_MEDIA_TYPES[PurePosixPath(name).suffix])
            if encoding is not None:
                response.headers["Content-Encoding"] = encoding
            response.headers["Vary"] = "Accept-Encoding"
            response.headers["Cache-Control"] = _FOR_EVER
            response.headers["X-Content-Type-Options"] = "nosniff"
            if file.csp is not None:
                response.headers["Content-Security-Policy"] = file.csp
            response.add_etag()
            response.make_conditional(request)
            return response

        return views

    def _add(self, name: str, content: bytes, *, csp: str | None = None) -> str:
        plain = PurePosixPath(name)
        hashed = f"{plain.stem}-{hashlib.sha256(content).hexdigest()[:10]}{plain.suffix}"
        bodies = {None: content, "br": brotli.compress(content), "gzip": gzip.compress(content, mtime=0)}
        self._served[hashed] = _Made(bodies=bodies, csp=csp)
        return PREFIX + hashed

    def _add_drawing(self, name: str, file: Path | None) -> str | None:
        if file is None:
            return None
        try:
            return self._add(name, file.read_bytes(), csp=_SANDBOX)
        except OSError as error:
            raise ConfigError(
                f"{file}: [theme] names this drawing, and it cannot be read: {error.strerror}."
            ) from error


def badge_symbols(build: Path = BUILD) -> Mapping[str, str]:
    """Return what badges may show: the name of each symbol, and what it draws as SVG elements. Raises ConfigError."""
    return _read_manifest(build / "manifest.json").symbols


def _use(sprite: str, name: str) -> Markup:
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(sprite, name)


def _read_manifest(file: Path) -> _Manifest:
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Manifest)
    except FileNotFoundError:
        raise ConfigError(f"{file} is missing: the static files were not built; run `make setup`.") from None
    except msgspec.DecodeError as error:
        raise ConfigError(
            f"{file} cannot be read ({error}); build it again: remove it and run `make setup`."
        ) from error
