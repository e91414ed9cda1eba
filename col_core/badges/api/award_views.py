"""An organisation's badges for its programs: issue, follow, take back, and links to claim by. With a token."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request
from marshmallow import Schema, ValidationError

from col_core.accounts.bearer import Bearer
from col_core.accounts.records import Scope
from col_core.badges.api.schemas import LinkSchema, OrderSchema, RevocationSchema
from col_core.badges.awards import ending, funnel, links, recipients, store
from col_core.badges.awards.codes import written
from col_core.badges.awards.issuing import issuable
from col_core.badges.awards.making import address
from col_core.badges.awards.office import Office
from col_core.badges.awards.records import Award, ClaimLink, Funnel, Given, LinkKind, Order, Run
from col_core.base.config_words import flat
from col_core.base.errors import InvalidInput, NotFound
from col_core.catalogue import query
from col_core.catalogue.api import answers
from col_core.web import cross_origin
from col_core.web.house import House

# So few are issued while the program waits.
_AT_ONCE = 100
_PER_PAGE = 100


def blueprint(house: House, office: Office, bearer: Bearer) -> Blueprint:
    """Return `/api/v1/awards`, `/api/v1/award-runs` and `/api/v1/claim-links`."""
    views = Blueprint("award_api", __name__, url_prefix="/api/v1")
    cross_origin.allow(views)
    config, clock, database = house.config, house.clock, house.database
    base = config.base_url

    def organisation(scope: Scope) -> str:
        return bearer.require(request, scope).organisation_id

    @views.post("/awards")
    def issue() -> Response:
        issuer = organisation(Scope.BADGES_ISSUE)
        query.none(request.args)
        said = _read(OrderSchema())
        named = recipients.checked(enumerate(said["recipients"], 1))
        order = Order(
            achievement_id=said["achievement"],
            recipients=named,
            language=said.get("language", config.default_language),
            occasion=said.get("occasion"),
            mails=said["mail"],
        )
        run = office.issuing.order(order, issuer=issuer)
        if run.total <= _AT_ONCE:
            run = office.issuing.advance(run.id)
        given = [replace(each, recipient=named[each.row - 1]) for each in office.issuing.given(run.id, last=_PER_PAGE)]
        response = answers.private(run_item(run, given, base, opens=True), status=201 if run.finished else 202)
        response.headers["Location"] = f"{base}/api/v1/award-runs/{run.id}"
        return response

    @views.get("/award-runs/<id_>")
    def run(id_: str) -> Response:
        token = bearer.require(request, Scope.BADGES_READ)
        issuer, opens = token.organisation_id, Scope.BADGES_ISSUE in token.scopes
        page = _page(also=())
        found = office.issuing.run(id_, issuer=issuer)
        first = (page - 1) * _PER_PAGE + 1
        given = office.issuing.given(found.id, first=first, last=first + _PER_PAGE - 1)
        item = run_item(found, given, base, opens=opens)
        more = first + _PER_PAGE <= found.total
        item["next"] = f"{base}/api/v1/award-runs/{found.id}?page={page + 1}" if more else None
        return answers.private(item)

    @views.get("/awards")
    def awards() -> Response:
        issuer = organisation(Scope.BADGES_READ)
        page = _page(also=("achievement",))
        with database.read() as session:
            found = store.of_issuer(
                session,
                issuer,
                achievement_id=request.args.get("achievement"),
                skip=(page - 1) * _PER_PAGE,
                limit=_PER_PAGE + 1,
            )
        following = f"{base}/api/v1/awards?page={page + 1}" if len(found) > _PER_PAGE else None
        return answers.private({"items": [award_item(each, base) for each in found[:_PER_PAGE]], "next": following})

    @views.get("/awards/<id_>")
    def award(id_: str) -> Response:
        issuer = organisation(Scope.BADGES_READ)
        query.none(request.args)
        with database.read() as session:
            found = store.get(session, id_)
        if found is None or found.issuer != issuer:
            raise NotFound("There is no such badge of this organisation.")
        return answers.private(award_item(found, base))

    @views.post("/awards/<id_>/<step>")
    def end(id_: str, step: str) -> Response:
        issuer = organisation(Scope.BADGES_ISSUE)
        query.none(request.args)
        reason = _read(RevocationSchema())["reason"] if step == "revoke" else ""
        with database.write() as session:
            match step:
                case "revoke":
                    ended = ending.revoke(session, id_, reason=reason, clock=clock, issuer=issuer)
                case "undo":
                    ended = ending.undo(session, id_, clock=clock, issuer=issuer)
                case "recall":
                    ended = ending.recall(session, id_, clock=clock, issuer=issuer)
                case "suspend" | "reinstate":
                    ended = ending.suspend(session, id_, clock=clock, issuer=issuer, suspended=step == "suspend")
                case _:
                    raise NotFound("A badge has no such step.")
        return answers.private(award_item(ended, base))

    @views.get("/badge-funnel")
    def figures() -> Response:
        issuer = organisation(Scope.BADGES_READ)
        query.none(request.args)
        with database.read() as session:
            found = funnel.funnels(session, issuer=issuer)
        return answers.private({"items": [funnel_item(each) for each in found]})

    @views.post("/claim-links")
    def make_link() -> Response:
        issuer = organisation(Scope.BADGES_ISSUE)
        query.none(request.args)
        said = _read(LinkSchema())
        language = said.get("language", config.default_language)
        if language not in config.languages:
            raise InvalidInput("No language of this city.", fields={"language": [f"one of {config.languages}"]})
        with database.write() as session:
            made = links.make(
                session,
                issuable(session, said["achievement"], issuer=issuer),
                kind=LinkKind(said["kind"]),
                issuer=issuer,
                language=language,
                most=said["most"],
                expires=said["expires"],
                narrative=said.get("narrative"),
                known=office.codes,
                clock=clock,
            )
        return answers.private(link_item(made, office, base, opens=True), status=201)

    @views.get("/claim-links")
    def list_links() -> Response:
        token = bearer.require(request, Scope.BADGES_READ)
        query.none(request.args)
        with database.read() as session:
            found = links.listing(session, issuer=token.organisation_id)
        opens = Scope.BADGES_ISSUE in token.scopes
        return answers.private({"items": [link_item(each, office, base, opens=opens) for each in found]})

    @views.delete("/claim-links/<id_>")
    def close_link(id_: str) -> Response:
        issuer = organisation(Scope.BADGES_ISSUE)
        query.none(request.args)
        with database.write() as session:
            links.close(session, id_, clock=clock, issuer=issuer)
        return Response(status=204)

    return views


def run_item(run: Run, given: list[Given], base: str, *, opens: bool) -> dict[str, Any]:
    """Return how far an order has come, and what came of some of its rows.

    `opens` says whether the token may issue: who may only read gets no link that claims a badge.
    """
    return {
        "id": run.id,
        "achievement": run.achievement_id,
        "total": run.total,
        "done": run.done,
        "finished": run.finished.isoformat() if run.finished else None,
        "results": [given_item(each, base, opens=opens) for each in given],
    }


def given_item(given: Given, base: str, *, opens: bool) -> dict[str, Any]:
    """Return what came of one row: CONTRACT's line of `col badges issue`, and the number of the row."""
    award = given.award
    code = given.code if opens else None
    return {
        "row": given.row,
        "recipient": given.recipient.email or given.recipient.name,
        "credential_id": award.id if award is not None else None,
        "url": address(base, award.id) if award is not None else None,
        "claim_url": f"{base}/{award.language}/claim/{written(code)}" if award and code else None,
        "status": given.status.value,
    }


def award_item(award: Award, base: str) -> dict[str, Any]:
    """Return an award as its organisation sees it."""
    return {
        "id": award.id,
        "url": address(base, award.id),
        "achievement": award.achievement_id,
        "version": award.achievement_version,
        "state": award.state.value,
        "suspended": award.suspended,
        "recipient": award.email or award.name,
        "valid_from": award.valid_from.isoformat(),
        "valid_until": award.valid_until.isoformat() if award.valid_until else None,
        "claimed": award.claimed.isoformat() if award.claimed else None,
        "ended": award.ended.isoformat() if award.ended else None,
        "reason": award.reason,
    }


def link_item(link: ClaimLink, office: Office, base: str, *, opens: bool) -> dict[str, Any]:
    """Return a claim link, with the address that opens it for who may issue."""
    page = "screen" if link.kind is LinkKind.SCREEN else "claim"
    return {
        "id": link.id,
        "kind": link.kind.value,
        "achievement": link.achievement_id,
        "url": f"{base}/{link.language}/{page}/{written(office.codes.of_link(link.id))}" if opens else None,
        "most": link.most,
        "used": link.used,
        "expires": link.expires.isoformat(),
        "closed": link.closed.isoformat() if link.closed else None,
    }


def funnel_item(found: Funnel) -> dict[str, Any]:
    """Return the figures of one achievement."""
    return {
        "achievement": found.achievement_id,
        "issued": found.issued,
        "claimed": found.claimed,
        "shared": found.shared,
        "revoked": found.revoked,
    }


def _read(schema: Schema) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(answers.body())
    except ValidationError as error:
        faults = {".".join(map(str, path)): said for path, said in flat(error.messages)}
        raise InvalidInput("The body cannot be used.", fields=faults) from error
    return loaded


def _page(also: tuple[str, ...]) -> int:
    unknown = set(request.args) - {"page", *also}
    if unknown:
        raise InvalidInput(f"Unknown parameter: {', '.join(sorted(unknown))}.")
    said = request.args.get("page", "1")
    if not (said.isascii() and said.isdigit() and 1 <= len(said) <= 6 and int(said) >= 1):
        raise InvalidInput("page must be a whole number from 1 on.", fields={"page": ["a whole number from 1 on"]})
    return int(said)
