"""A page with nothing on it but what a test puts there, under the content policy of real pages."""

from collections.abc import Callable, Iterator

import pytest
from flask import Response, request

from col_core.app import create_app
from col_core.testing.web_server import app_server
from col_core.web.assets import Assets

_POLICY = (
    "default-src 'none'; script-src 'nonce-n'; style-src 'self' 'nonce-n'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_STYLE = "body { margin: 0 } .icon { width: 1.25em; height: 1.25em } .fill { block-size: 100vh }"


class Stage:
    """Serves at `/stage/<anything>` what `put` was given, in a page of the city with our scripts."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets
        self._bodies: dict[str, str] = {}
        self._answers: dict[str, Callable[[], str]] = {}
        self.address = ""

    def put(self, path: str, body: str) -> str:
        """Show `body` at a path, which is returned."""
        self._bodies[path] = body
        return f"/stage/{path}"

    def answer(self, path: str, text: Callable[[], str]) -> str:
        """Answer at a path with plain text or a piece of a page."""
        self._answers[path] = text
        return f"/stage/{path}"

    def serve(self, path: str) -> Response:
        if path in self._answers:
            return Response(self._answers[path](), mimetype="text/html")
        url = self._assets.url
        scripts = "".join(
            f'<script type="module" nonce="n" src="{url(each)}"></script>' for each in ("app.js", "map.js")
        )
        return Response(
            f'<!doctype html><html lang="sl" data-city="ljubljana"><head><title>Stage</title>'
            f'<meta name="viewport" content="width=device-width">'
            f'<link rel="icon" href="{self._assets.logo_url}"><link rel="stylesheet" href="{url("app.css")}">'
            f'<link rel="stylesheet" href="{self._assets.theme_css_url}"><style nonce="n">{_STYLE}</style></head>'
            f'<body><main>{self._bodies[path]}</main><div data-toast role="status"></div>{scripts}</body></html>',
            mimetype="text/html",
            headers={"Content-Security-Policy": _POLICY},
        )


@pytest.fixture(scope="session")
def stage(ljubljana) -> Iterator[Stage]:
    app = create_app(ljubljana)
    made = Stage(Assets(ljubljana.house.config))
    app.add_url_rule("/stage/<path:path>", view_func=lambda path: made.serve(path))

    @app.get("/stage-card/<id_>")
    def card(id_: str) -> str:
        title = next(iter(ljubljana.catalogue.get(id_).content.title.values()))
        return f'<article data-opportunity-id="{id_}"><h3><a href="/stage/offer?id={id_}">{title}</a></h3></article>'

    @app.get("/stage-count")
    def count() -> str:
        return f"Pokaži {request.args.get('age')}"

    with app_server(app) as address:
        made.address = address
        yield made
