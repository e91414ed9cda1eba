"""What anyone may ask of badges: who issued them, how they stand, and those that their holders opened."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import orjson
from flask import Blueprint, Response, redirect, request
from sqlalchemy.orm import Session

from col_core.badges.awards import endorsing, store
from col_core.badges.awards.exporting import MEDIA_TYPES, Exporting
from col_core.badges.awards.office import Office
from col_core.badges.awards.records import Award, AwardState
from col_core.badges.keyring import documents
from col_core.badges.keyring.identities import CITY_SLUG, Identity
from col_core.base.errors import Gone, NotFound
from col_core.web import conditional, cross_origin
from col_core.web.house import House

_DOCUMENT_S, _LIST_S = 300, 300
_HTML = "text/html"
# What programs ask for, and the ending that stands for it. The first that fits best is given.
_ASKED = {
    "application/vc": "json",
    "application/vc+ld+json": "json",
    "application/ld+json": "json",
    "application/json": "json",
    "application/vc+jwt": "jwt",
    "application/jwt": "jwt",
    "text/plain": "jwt",
    "image/png": "png",
    "image/svg+xml": "svg",
    "application/pdf": "pdf",
}


class Opened(Protocol):
    """Says whether a holder opened a badge to whoever shows a secret; the passport, a floor above, knows."""

    def __call__(self, session: Session, award_id: str, secret: str) -> bool: ...


class Vouched(Protocol):
    """Gives the credentials in which a network vouches for this city; the network room, a floor above, keeps them."""

    def __call__(self, session: Session) -> Sequence[Mapping[str, Any]]: ...


def blueprint(house: House, office: Office, exporting: Exporting, opened: Opened, vouched: Vouched) -> Blueprint:
    """Return the addresses of badges and their issuers. `secret` in the query is that of a page that shows one."""
    views = Blueprint("badge_documents", __name__)
    cross_origin.allow(views)
    config, database = house.config, house.database

    def identity(slug: str | None) -> Identity:
        if slug is None:
            return office.identities.city()
        with database.read() as session:
            found = office.identities.by_slug(session, slug)
        if found is None:
            raise NotFound("There is no such organisation.")
        return found

    def profile_of(found: Identity) -> Response:
        with database.read() as session:
            of_city = vouched(session) if found.organiser is None else ()
            endorsements = [*of_city, *endorsing.bodies(session, achievement_id="", organiser_id=found.key)]
        return _json(documents.profile(found, endorsements=endorsements), "application/ld+json", fresh_s=_DOCUMENT_S)

    def did_document(slug: str | None) -> Response:
        found = identity(slug)
        with database.read() as session:
            body = documents.did_document(session, found, keyring=office.keyring)
        return _json(body, "application/did+ld+json", fresh_s=_DOCUMENT_S)

    @views.get("/.well-known/did.json")
    def city_did() -> Response:
        return did_document(None)

    @views.get("/organisations/<slug>/did.json")
    def organisation_did(slug: str) -> Response:
        return did_document(slug)

    @views.get("/organisations/<slug>/profile.json")
    def profile(slug: str) -> Response:
        return profile_of(identity(None if slug == CITY_SLUG else slug))

    @views.get("/organisations/<slug>")
    def organisation(slug: str) -> Any:
        found = identity(slug)
        best = request.accept_mimetypes.best_match([_HTML, "application/json", "application/ld+json"], default=_HTML)
        if best == _HTML:
            answer = redirect(f"/{config.default_language}/organisations/{found.slug}", 303)
        else:
            answer = profile_of(found)
        answer.headers["Vary"] = "Accept"
        return answer

    @views.get("/status/<id_>")
    def revocation_list(id_: str) -> Response:
        return _bytes(office.lists.bitstring(id_, "revocation"), "application/vc", fresh_s=_LIST_S)

    @views.get("/status/<id_>/suspension")
    def suspension_list(id_: str) -> Response:
        return _bytes(office.lists.bitstring(id_, "suspension"), "application/vc", fresh_s=_LIST_S)

    @views.get("/revocations/<slug>")
    def revocations(slug: str) -> Response:
        return _bytes(office.lists.revocations(slug), "application/json", fresh_s=_LIST_S)

    @views.get("/endorsements/<id_>")
    def endorsement(id_: str) -> Response:
        with database.read() as session:
            found = endorsing.get(session, id_)
        if found is None:
            raise NotFound("There is no such endorsement.")
        return _bytes(found.body, "application/vc", fresh_s=_DOCUMENT_S)

    def shown(id_: str) -> Award:
        secret = request.args.get("secret", "")
        with database.read() as session:
            found = store.get(session, id_)
            if found is not None and found.state is AwardState.ERASED:
                raise Gone("This badge was removed by its holder.")
            if found is None or not (found.public or (secret and opened(session, id_, secret))):
                raise NotFound("There is no such badge, or its holder shows it to nobody.")
        return found

    @views.get("/credentials/<id_>")
    def credential(id_: str) -> Any:
        name, _, suffix = id_.partition(".")
        award = shown(name)
        if not suffix:
            best = request.accept_mimetypes.best_match([_HTML, *_ASKED], default="application/vc")
            if best == _HTML:
                answer = redirect(f"/{award.language}/credentials/{award.id}", 303)
                answer.headers["Vary"] = "Accept"
                return answer
            suffix = _ASKED[best]
        if suffix not in MEDIA_TYPES:
            raise NotFound("A badge has no such form.")
        exported = exporting.exported(award, suffix, format_=request.args.get("format"))
        response = Response(exported.body, content_type=exported.media_type)
        response.headers["Vary"] = "Accept"
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["X-Robots-Tag"] = "noindex"
        if suffix == "svg":
            # A drawing that anybody baked runs nothing, wherever it is opened.
            response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        response.set_etag(hashlib.blake2b(exported.body, digest_size=10).hexdigest())
        return response.make_conditional(request)

    return views


def _json(value: Mapping[str, Any], media_type: str, *, fresh_s: int) -> Response:
    return _bytes(orjson.dumps(value), media_type, fresh_s=fresh_s)


def _bytes(body: bytes, media_type: str, *, fresh_s: int) -> Response:
    return conditional.public(Response(body, content_type=media_type), fresh_s=fresh_s)
