"""Badges as files for their holder: each in every form, all in one archive, and on paper with words for a CV."""

from typing import Any

from flask import Blueprint, Response, request

from col_core.badges.awards.exporting import MEDIA_TYPES, Exporting
from col_core.badges.awards.office import Office
from col_core.base.errors import Conflict, Gone, NotFound
from col_core.passport import keeping
from col_core.passport.archive import Archive
from col_core.passport.pages.device import Guesses, Visitor, keep_private
from col_core.passport.papers import Papers, file_name
from col_core.passport.records import Held, Holder, Standing
from col_core.web.forms import Form, refuse_foreign
from col_core.web.site import Site

_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_COSTLY_PER_HOUR = 20
_MOST_ON_PAPER = 60


def blueprint(
    site: Site, office: Office, exporting: Exporting, papers: Papers, visitor: Visitor, guesses: Guesses
) -> Blueprint:
    """Return the downloads of `/passport`."""
    views = site.blueprint("passport_files", __name__)
    views.after_request(keep_private)
    house = site.house
    archive = Archive(house, exporting, papers)

    @views.get("/passport/<id_>/badge.<suffix>")
    @visitor.needed
    def file(holder: Holder, id_: str, suffix: str) -> Response:
        held = _held(holder, id_)
        name = f"{file_name(held)}.{suffix}"
        if held.award is None:
            with house.database.read() as session:
                imported = keeping.body(session, held)
            if suffix != "original":
                raise NotFound("A badge from elsewhere is there as it came.")
            return _attached(imported, *_kind_of(imported, file_name(held)))
        if held.standing(house.clock.now()) is Standing.GONE:
            raise Gone("The issuer recalled this badge.")
        if suffix not in MEDIA_TYPES:
            raise NotFound("A badge has no such form.")
        made = exporting.exported(held.award, suffix)
        return _attached(made.body, made.media_type, name)

    @views.get("/passport/<id_>/picture")
    @visitor.needed
    def picture(holder: Holder, id_: str) -> Response:
        held = _held(holder, id_)
        with house.database.read() as session:
            found = keeping.picture(session, held)
        response = Response(found.body, content_type=found.media_type)
        response.headers["Content-Security-Policy"] = _SANDBOX
        return response

    @views.post("/passport/<id_>/named")
    @visitor.needed
    def named(holder: Holder, id_: str) -> Response:
        """An edition that holds the salted hash of an address; neither is kept here."""
        refuse_foreign(request, base_url=house.config.base_url)
        held = _held(holder, id_)
        if held.award is None or held.standing(house.clock.now()) is Standing.GONE:
            raise Conflict("Only a badge of this city can be tied to an e-mail address here.")
        sent = Form(request.form, site.translator)
        email = sent.email("email", required=True)
        if email is None or sent.errors:
            return site.page("passport/named.html", status=422, form=sent, id_=id_)
        guesses.costly(holder, "named", per_hour=_COSTLY_PER_HOUR)
        with house.database.write() as session:
            signed = office.making.naming(session, held.award, email)
        return _attached(signed.body, signed.media_type, f"{file_name(held)}-e-mail.json")

    @views.get("/passport/words.pdf")
    @visitor.needed
    def portfolio(holder: Holder) -> Response:
        guesses.costly(holder, "paper", per_hour=_COSTLY_PER_HOUR)
        chosen = request.args.getlist("badge")
        with house.database.read() as session:
            held = keeping.by_ids(session, chosen, holder_id=holder.id) if chosen else keeping.listing(session, holder)
        shown = [each for each in held if each.standing(house.clock.now()) is not Standing.GONE][:_MOST_ON_PAPER]
        if not shown:
            raise NotFound("There is no badge to print.")
        return _attached(papers.portfolio(shown, language=site.language), "application/pdf", "badges.pdf")

    @views.get("/passport/archive.zip")
    @visitor.needed
    def everything(holder: Holder) -> Any:
        guesses.costly(holder, "archive", per_hour=_COSTLY_PER_HOUR)
        with house.database.read() as session:
            held = keeping.listing(session, holder)
        response = Response(archive.stream(held, language=site.language), content_type="application/zip")
        response.headers["Content-Disposition"] = 'attachment; filename="badges.zip"'
        return response

    def _held(holder: Holder, id_: str) -> Held:
        with house.database.read() as session:
            return keeping.get(session, id_, holder=holder)

    return views


def _attached(body: bytes, media_type: str, name: str) -> Response:
    response = Response(body, content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _SANDBOX
    return response


def _kind_of(imported: bytes, name: str) -> tuple[str, str]:
    """Return the media type and the name of a file that was imported."""
    if imported.startswith(b"\x89PNG"):
        return "image/png", f"{name}.png"
    begin = imported[:200].lstrip()
    if begin.startswith(b"<"):
        return "image/svg+xml", f"{name}.svg"
    return ("application/json", f"{name}.json") if begin.startswith(b"{") else ("text/plain", f"{name}.jwt")
