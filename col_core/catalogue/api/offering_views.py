"""An organisation's own offers for its programs: POST, PUT and DELETE on `/api/v1/opportunities`, with a token."""

from flask import Blueprint, Response, request

from col_core.accounts.bearer import Bearer
from col_core.accounts.records import Scope
from col_core.base.errors import InvalidInput
from col_core.catalogue import query
from col_core.catalogue.api import answers
from col_core.catalogue.exchange import wire
from col_core.catalogue.publishing.offering import Offering
from col_core.web import cross_origin
from col_core.web.house import House

_LONGEST_KEY = 255


def blueprint(house: House, offering: Offering, bearer: Bearer) -> Blueprint:
    """Return the writing side of the API."""
    views = Blueprint("offering_api", __name__, url_prefix="/api/v1")
    cross_origin.allow(views)
    config, clock = house.config, house.clock

    @views.post("/opportunities")
    def hand_in() -> Response:
        token = bearer.require(request, Scope.OPPORTUNITIES_WRITE)
        query.none(request.args)
        kept = offering.hand_in(
            token.organisation_id, answers.body(), under_review=token.under_review, repeat_key=_repeat_key()
        )
        opportunity = kept.own.opportunity
        item = wire.own_item(kept.own, config=config, now=clock.now())
        response = answers.private(item, status=201 if kept.is_new else 200, version=opportunity.version)
        response.headers["Location"] = f"{config.base_url}/api/v1/opportunities/{opportunity.id}"
        return response

    @views.put("/opportunities/<id_>")
    def change(id_: str) -> Response:
        token = bearer.require(request, Scope.OPPORTUNITIES_WRITE)
        query.none(request.args)
        changed = offering.change(
            token.organisation_id, id_, answers.body(), under_review=token.under_review, versions=answers.versions()
        )
        item = wire.own_item(changed, config=config, now=clock.now())
        return answers.private(item, version=changed.opportunity.version)

    @views.delete("/opportunities/<id_>")
    def withdraw(id_: str) -> Response:
        token = bearer.require(request, Scope.OPPORTUNITIES_WRITE)
        query.none(request.args)
        offering.withdraw(token.organisation_id, id_, versions=answers.versions())
        return Response(status=204)

    return views


def _repeat_key() -> str | None:
    """Return what tells a repeated request from another one: draft-ietf-httpapi-idempotency-key-header."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key.strip('"')) <= _LONGEST_KEY:
        raise InvalidInput(f"Idempotency-Key must hold 1 to {_LONGEST_KEY} characters.")
    return key
