"""The catalogue for programs: `/api/v1/opportunities`, `/api/v1/organisations` and the tiles of the map.

With a token of an organisation, its own offers can be read in every state.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from col_core.accounts.bearer import Bearer
from col_core.accounts.records import ApiToken, Scope
from col_core.base.errors import InvalidInput, NotFound
from col_core.catalogue import addresses, query
from col_core.catalogue.api import answers
from col_core.catalogue.api.item_shelf import ItemShelf
from col_core.catalogue.exchange import wire
from col_core.catalogue.publishing.offering import Offering
from col_core.catalogue.reading import Catalogue
from col_core.catalogue.records import Query
from col_core.catalogue.vocabulary import Status
from col_core.web import conditional, cross_origin, varies
from col_core.web.house import House

MAX_ZOOM = 22
# What a list of one's own offers can be asked for by; anything else makes it a search of what is public.
_OF_ONES_OWN = frozenset({"organisation", "status", "page", "per_page"})


def blueprint(house: House, catalogue: Catalogue, offering: Offering, bearer: Bearer) -> Blueprint:
    """Return the reading side of the API."""
    views = Blueprint("catalogue_api", __name__, url_prefix="/api/v1")
    cross_origin.allow(views)
    conditional.install(views, version=catalogue.version, clock=house.clock)
    config, clock = house.config, house.clock
    shelf = ItemShelf(config, clock)

    def address(asked: Query, statuses: tuple[Status, ...] = ()) -> str:
        args = [*query.to_args(asked), *(("status", each.value) for each in statuses)]
        return f"{config.base_url}/api/v1/opportunities?{urlencode(args)}"

    def following(asked: Query, total: int, statuses: tuple[Status, ...] = ()) -> str | None:
        is_last = asked.page * asked.per_page >= total or asked.page >= query.MOST_PAGES
        return None if is_last else address(replace(asked, page=asked.page + 1), statuses)

    def own_list(token: ApiToken, args: MultiDict[str, str]) -> Response:
        statuses = query.statuses(args.poplist("status"))
        asked = query.parse(args, strict=True)
        found = offering.listing(token.organisation_id, statuses=statuses, page=asked.page, per_page=asked.per_page)
        items = [wire.own_item(each, config=config, now=clock.now()) for each in found.items]
        facets: dict[str, dict[str, int]] = {name: {} for name in query.FACETS}
        later = following(asked, found.total, statuses)
        return answers.private({"items": items, "total": found.total, "facets": facets, "next": later})

    def reader_of_own(args: MultiDict[str, str]) -> ApiToken | None:
        """Return the token that is shown, if the offers of its organisation are asked for and nothing else."""
        token = bearer.optional(request)
        if "status" in args and (token is None or Scope.OPPORTUNITIES_READ not in token.scopes):
            token = bearer.require(request, Scope.OPPORTUNITIES_READ)
        may_read = token is not None and Scope.OPPORTUNITIES_READ in token.scopes
        if token is not None and may_read and _is_own(args, offering.organiser(token.organisation_id).slug):
            return token
        if "status" in args:
            raise query.fault("status", "Stands beside “organisation” of the token's own, “page” and “per_page” only.")
        return None

    @views.get("/opportunities")
    def opportunities() -> Response:
        args = MultiDict(request.args)
        token = reader_of_own(args)
        if token is not None:
            return own_list(token, args)
        asked = query.parse(args, strict=True)
        found = catalogue.find(asked)
        page: dict[str, Any] = {"items": shelf.of(found), "total": found.total, "facets": found.facets}
        response = answers.shared({**page, "next": following(asked, found.total)})
        varies.by(response, "Authorization")
        return response

    @views.get("/opportunities/<id_>")
    def opportunity(id_: str) -> Response:
        query.none(request.args)
        token = bearer.optional(request)
        own = offering.get(token.organisation_id, id_) if token is not None else None
        if own is not None and token is not None and Scope.OPPORTUNITIES_READ in token.scopes:
            item = wire.own_item(own, config=config, now=clock.now())
            return answers.private(item, version=own.opportunity.version)
        one = catalogue.get(id_)
        if one is None and own is not None:
            raise bearer.forbidden(Scope.OPPORTUNITIES_READ)
        if one is None:
            raise NotFound("There is no such opportunity here.")
        response = answers.shared(wire.item(one, config=config, now=clock.now()), version=one.version)
        varies.by(response, "Authorization")
        return response

    @views.get("/organisations")
    def organisations() -> Response:
        query.none(request.args)
        items = [
            {
                "id": each.slug,
                "name": each.name,
                "url": addresses.organisation(config, each.slug),
            }
            for each in catalogue.organisations()
        ]
        return answers.shared({"items": items, "total": len(items), "next": None})

    @views.get("/map/<int:z>/<int:x>/<int:y>.json")
    def tile(z: int, x: int, y: int) -> Response:
        if z > MAX_ZOOM or x >= 2**z or y >= 2**z:
            raise InvalidInput(f"There is no such tile: z is at most {MAX_ZOOM}, x and y below 2 to the power of z.")
        clusters = catalogue.clusters(query.parse(request.args, strict=True), z=z, x=x, y=y)
        return answers.shared(
            {"type": "FeatureCollection", "features": [wire.feature(each) for each in clusters]},
            media_type="application/geo+json",
        )

    return views


def _is_own(args: MultiDict[str, str], slug: str) -> bool:
    """Whether a list of the offers of the token's organisation is asked for, and nothing else."""
    if not set(args) <= _OF_ONES_OWN:
        return False
    return args.getlist("organisation") == [slug] or ("status" in args and "organisation" not in args)
