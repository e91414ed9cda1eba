"""What stands at the address of an achievement: its Open Badges document, its pictures."""

from typing import Any

import orjson
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from col_core.badges.achievements.pictures import BadgePictures
from col_core.badges.achievements.saying import achieved
from col_core.badges.achievements.showing import Showcase, Shown
from col_core.badges.credentials import building
from col_core.badges.keyring.identities import Identities
from col_core.base.errors import InvalidInput, NotFound
from col_core.base.i18n import negotiate
from col_core.web import conditional, cross_origin, varies
from col_core.web.house import House

_HTML, _JSON = "text/html", "application/ld+json"
_OFFERED = (_JSON, "application/json", _HTML)
_A_YEAR_S = 31_536_000
_FRESH_S = 300
# A picture, opened by itself, is a picture and nothing else.
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


def blueprint(house: House, showcase: Showcase, pictures: BadgePictures, identities: Identities) -> Blueprint:
    """Return `/achievements/<id>`, in JSON-LD or leading people to its page, and its pictures.

    `?version=` asks for what it said once, `?language=` for one of its editions.
    """
    views = Blueprint("achievements", __name__, url_prefix="/achievements")
    cross_origin.allow(views)
    config = house.config

    def found(id_: str) -> tuple[Shown, bool]:
        """Return what is asked for, and whether it is one version for ever."""
        asked = request.args.get("version", "")
        if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 10):
            raise InvalidInput("The version must be a whole number.", fields={"version": ["Must be a whole number."]})
        one = showcase.version(id_, int(asked)) if asked else showcase.get(id_)
        if one is None:
            raise NotFound("There is no such badge here.")
        return one, bool(asked)

    @views.get("/<id_>")
    def document(id_: str) -> BaseResponse:
        one, _ = found(id_)
        if request.accept_mimetypes.best_match(_OFFERED, default=_JSON) == _HTML:
            language = negotiate(request.headers.get("Accept-Language"), config.languages, config.default_language)
            response: BaseResponse = redirect(f"/{language}/badges/{one.id}", 303)
            response.headers["Cache-Control"] = "no-cache"
        else:
            body = orjson.dumps(_said(one))
            response = conditional.public(Response(body, mimetype=_JSON), fresh_s=_FRESH_S)
        varies.by(response, "Accept", "Accept-Language")
        return response

    def _said(one: Shown) -> dict[str, Any]:
        content = one.achievement.content
        asked = request.args.get("language", "")
        language = asked if asked in content.name else config.default_language
        said = achieved(
            one.achievement,
            language=language,
            base_url=config.base_url,
            issuer=(identities.of_organiser(one.organiser) if one.organiser else identities.city()).issuer,
            words=house.i18n.translator(language),
            fall_back=(config.default_language, "en"),
        )
        document = building.achievement_of(said)
        return {"@context": building.contexts_of(document), **document}

    @views.get("/<id_>/image.svg")
    def svg(id_: str) -> Response:
        one, for_ever = found(id_)
        response = Response(pictures.svg(one.achievement), content_type="image/svg+xml; charset=utf-8")
        return _picture(response, for_ever)

    @views.get("/<id_>/image.png")
    def png(id_: str) -> Response:
        one, for_ever = found(id_)
        return _picture(Response(pictures.png(one.achievement), mimetype="image/png"), for_ever)

    return views


def _picture(response: Response, for_ever: bool) -> Response:
    response.headers["Content-Security-Policy"] = _SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    conditional.public(response, fresh_s=_A_YEAR_S if for_ever else _FRESH_S)
    return response
