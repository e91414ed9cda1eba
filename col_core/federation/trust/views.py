"""`/.well-known/openid-federation`: what the city says of itself to other servers."""

from flask import Blueprint, Response

from col_core.federation.trust import tokens
from col_core.federation.trust.trust import Trust
from col_core.web import cross_origin

_FRESH_S = 60


def blueprint(trust: Trust) -> Blueprint:
    """Return the view. Source: OpenID Federation 1.0, section 9."""
    views = Blueprint("trust", __name__)
    cross_origin.allow(views)

    @views.get("/.well-known/openid-federation")
    def configuration() -> Response:
        body = trust.membership.configuration()
        response = Response(body, content_type=f"application/{tokens.STATEMENT}")
        response.headers["Cache-Control"] = f"public, max-age={_FRESH_S}"
        return response

    return views
