"""What a city serves beside its pages: pictures of its texts, and what programs look for at fixed addresses."""

from datetime import timedelta

from flask import Blueprint, Response, send_file

from col_core.base.errors import NotFound
from col_core.base.images import MEDIA_TYPE
from col_core.content.pictures import PATH, Pictures
from col_core.content.sitemap import Sitemap
from col_core.web import conditional
from col_core.web.house import House

_A_YEAR_S = 31_536_000
_SECURITY_DAYS = 180
# Filters make endless addresses of the same offers; the sitemap names each page once.
_ROBOTS = """\
User-agent: *
Disallow: /api/
Disallow: /*/feedback
Disallow: /*/opportunities?
Sitemap: {base_url}/sitemap.xml
"""


def blueprint(house: House, pictures: Pictures, sitemap: Sitemap) -> Blueprint:
    """Return `/content/<path>`, `/sitemap.xml` with its parts, `/robots.txt` and `/.well-known/security.txt`."""
    views = Blueprint("content_files", __name__)
    config = house.config

    @views.get(f"{PATH}<path:path>")
    def picture(path: str) -> Response:
        response = send_file(house.files.open(pictures.served(path)), mimetype=MEDIA_TYPE, max_age=_A_YEAR_S)
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response

    @views.get("/sitemap.xml")
    def index() -> Response:
        with house.database.read() as session:
            return _kept(sitemap.index(session), "application/xml")

    @views.get("/sitemaps/<name>.xml")
    def part(name: str) -> Response:
        with house.database.read() as session:
            return _kept(sitemap.part(session, name), "application/xml")

    @views.get("/robots.txt")
    def robots() -> Response:
        return _kept(_ROBOTS.format(base_url=config.base_url), "text/plain")

    @views.get("/.well-known/security.txt")
    def security() -> Response:
        """Say whom to tell of a weakness. Source: RFC 9116."""
        if config.operator.email is None:
            raise NotFound("This city names no address for reports of weaknesses.")
        today = house.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        expires = today + timedelta(days=_SECURITY_DAYS)
        lines = [
            f"Contact: mailto:{config.operator.email}",
            f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
            f"Preferred-Languages: {', '.join(config.languages)}",
            f"Canonical: {config.base_url}/.well-known/security.txt",
        ]
        return _kept("\n".join(lines) + "\n", "text/plain")

    return views


def _kept(text: str, media_type: str) -> Response:
    """Answer with text that may be kept for an hour, and asked for again by its ETag."""
    response = Response(text, content_type=f"{media_type}; charset=utf-8")
    return conditional.public(response, fresh_s=3600)
