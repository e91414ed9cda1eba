"""Our own copies of pictures. A key names its content, so what stands at it never changes."""

from flask import Blueprint, Response, send_file

from col_core.base.errors import NotFound
from col_core.base.files import media_type_of
from col_core.web.house import House

_A_YEAR_S = 31_536_000


def blueprint(house: House) -> Blueprint:
    """Return `/media/<key>`."""
    views = Blueprint("media", __name__)

    @views.get("/media/opportunities/<path:rest>")
    def picture(rest: str) -> Response:
        key = f"opportunities/{rest}"
        if not house.files.exists(key):
            raise NotFound("There is no such picture.")
        response = send_file(house.files.open(key), mimetype=media_type_of(key), max_age=_A_YEAR_S)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response

    return views
