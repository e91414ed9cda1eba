"""`GET /api/v1/network/issuers`: who issues badges here, for partners that keep copies of keys and lists."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

import orjson
from apispec import APISpec
from flask import Blueprint, Response, request

from col_core.badges.awards.office import Office
from col_core.base.errors import InvalidInput
from col_core.base.strict_json import text_fault
from col_core.federation.recognition import own_issuers
from col_core.federation.recognition.reading import PATH
from col_core.web import conditional, cross_origin
from col_core.web.description import answer, closed, problems
from col_core.web.house import House

_FRESH_S = 300
_LONGEST = 100


def blueprint(house: House, office: Office) -> Blueprint:
    """Return the view."""
    views = Blueprint("network_issuers", __name__)
    cross_origin.allow(views)
    config = house.config

    @views.get(PATH)
    def issuers() -> Response:
        after = _after()
        with house.database.read() as session:
            page = own_issuers.page(
                session, config, keyring=office.keyring, formats=list(office.making.formats), after=after
            )
        later = f"{config.base_url}{PATH}?{urlencode({'after': page.after})}" if page.after is not None else None
        body = orjson.dumps({"items": [asdict(each) for each in page.issuers], "next": later})
        return conditional.public(Response(body, mimetype="application/json"), fresh_s=_FRESH_S)

    return views


def _after() -> str:
    unknown = sorted(set(request.args) - {"after"})
    if unknown:
        raise InvalidInput("There is no such parameter.", fields={unknown[0][:100]: ["There is no such parameter."]})
    after = request.args.get("after", "")
    if len(after) > _LONGEST or text_fault(after):
        raise InvalidInput("The parameter “after” cannot be used.", fields={"after": ["Not one that `next` holds."]})
    return after


def describe(spec: APISpec) -> None:
    """Describe the address for other programs."""
    address = {"type": "string", "format": "uri"}
    addresses = {"type": "array", "items": address}
    properties: dict[str, Any] = {
        "id": {"type": "string", "description": "The DID of the issuer."},
        "name": {"type": "string"},
        "document": {**address, "description": "Where its DID document stands, with the history of its keys."},
        "status_lists": {**addresses, "description": "Bitstring status lists."},
        "revocation_lists": {**addresses, "description": "Revocation lists of 1EdTech."},
        "profiles": {**addresses, "description": "Profiles of Open Badges 2.0."},
    }
    listed = {"type": "array", "items": closed(properties)}
    spec.components.schema("IssuerList", closed({"items": listed, "next": {"type": ["string", "null"]}}))
    spec.path(
        PATH,
        operations={
            "get": {
                "summary": "List who issues badges here",
                "description": "For partner cities, which keep copies so that badges verify when this city is off.",
                "operationId": "listIssuers",
                "parameters": [
                    {
                        "name": "after",
                        "in": "query",
                        "description": "What the list goes on after; `next` holds it.",
                        "schema": {"type": "string"},
                    }
                ],
                "responses": answer("A part of them.", {"$ref": "#/components/schemas/IssuerList"})
                | problems(422, 429),
            }
        },
    )
