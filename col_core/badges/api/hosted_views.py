"""Badges in Open Badges 2.0: what stands at these addresses is the proof, so it is served as it is at the moment.

Source: Open Badges 2.0 (IMS Global, final), "Hosted Verification" and "Setting Content-Type".
"""

import hashlib

from flask import Blueprint, Response, request

from col_core.badges.awards.hosting import Hosting
from col_core.web import conditional, cross_origin

_MEDIA_TYPES = ("application/ld+json", "application/json")
_FRESH_S = 300


def blueprint(hosting: Hosting) -> Blueprint:
    """Return the addresses of assertions, badge classes and issuers, for a city whose plugins issue in this form."""
    views = Blueprint("hosted_badges", __name__, url_prefix="/ob2")
    cross_origin.allow(views)

    @views.get("/assertions/<id_>")
    def assertion(id_: str) -> Response:
        award = hosting.award(id_, request.args.get("secret", ""))
        answer = _answer(hosting.assertion(award), status=200 if award.state.holds else 410)
        answer.headers["Cache-Control"] = "private, no-cache"
        answer.headers["X-Robots-Tag"] = "noindex"
        if answer.status_code == 200:
            answer.set_etag(hashlib.blake2b(answer.get_data(), digest_size=10).hexdigest())
            answer.make_conditional(request)
        return answer

    @views.get("/badges/<achievement_id>/<int:version>/<tag>")
    def badge_class(achievement_id: str, version: int, tag: str) -> Response:
        return _public(hosting.badge_class(achievement_id, version, tag))

    @views.get("/issuers/<slug>")
    def issuer(slug: str) -> Response:
        return _public(hosting.issuer(slug))

    return views


def _answer(body: bytes, *, status: int = 200) -> Response:
    best = request.accept_mimetypes.best_match(_MEDIA_TYPES, default=_MEDIA_TYPES[0])
    answer = Response(body, status=status, content_type=best)
    answer.headers["Vary"] = "Accept"
    return answer


def _public(body: bytes) -> Response:
    return conditional.public(_answer(body), fresh_s=_FRESH_S)
