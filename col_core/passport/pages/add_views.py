"""Bringing a badge from elsewhere: checked and shown first, kept only when its holder says so."""

import base64
import binascii
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for

from col_core.badges.awards.codes import Codes
from col_core.badges.checking import showing as checking_showing
from col_core.badges.checking.api import count
from col_core.badges.checking.service import Checking
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.records import Verification
from col_core.base.errors import InvalidInput, TooManyRequests, Unavailable
from col_core.base.ratelimit import RateLimiter
from col_core.passport import holders, keeping
from col_core.passport.keeping import LARGEST_IMPORT_BYTES
from col_core.passport.pages.device import Visitor, keep_private
from col_core.passport.records import Picture
from col_core.web.forms import Form, refuse_foreign
from col_core.web.site import Site


def blueprint(site: Site, checking: Checking, known: Codes, limiter: RateLimiter, visitor: Visitor) -> Blueprint:
    """Return `/passport/add`."""
    views = site.blueprint("passport_add", __name__)
    views.after_request(keep_private)
    house = site.house

    @views.get("/passport/add")
    def form() -> Response:
        return _form(Form({}, site.translator))

    @views.post("/passport/add")
    def look() -> Response:
        refuse_foreign(request, base_url=house.config.base_url)
        sent = Form(request.form, site.translator)
        text = sent.text("credential", longest=house.config.limits.body_bytes)
        upload = request.files.get("file")
        given: bytes | str = (upload.read() if upload is not None else b"") or text
        if not given and not sent.errors:
            sent.errors["file"] = site.translator.gettext("Choose a file, or paste an address or the text of a badge.")
        if sent.errors:
            return _form(sent, status=422)
        try:
            _count()
            body, (verified, picture) = _come(given)
        except (TooManyRequests, Unavailable) as error:
            return _busy(sent, error)
        return _looked(body, verified, picture)

    @views.post("/passport/add/keep")
    def keep() -> Any:
        refuse_foreign(request, base_url=house.config.base_url)
        sent = Form({}, site.translator)
        try:
            body = base64.b64decode(request.form.get("badge", ""), validate=True)
        except (binascii.Error, ValueError):
            body = b""
        if not body or len(body) > LARGEST_IMPORT_BYTES:
            sent.errors["file"] = site.translator.gettext("The badge did not arrive whole. Please choose it once more.")
            return _form(sent, status=422)
        try:
            _count()
            verified, shown = checking.check_and_depict(body)
        except (TooManyRequests, Unavailable) as error:
            return _busy(sent, error)
        try:
            with house.database.write() as session:
                holder, token = visitor.holder(session), None
                if holder is None:
                    holder, token = holders.begin(session, known=known, clock=house.clock)
                came = keeping.bring(session, body, verified, picture=_picture(shown), holder=holder, clock=house.clock)
        except InvalidInput:
            sent.errors["file"] = site.translator.gettext("This is no badge that can be kept.")
            return _form(sent, status=422)
        held = came.held if isinstance(came, keeping.Yours) else came
        endpoint = "passport.badge" if isinstance(came, keeping.Yours) else "claim.kept"
        response = redirect(url_for(endpoint, id_=held.id), 303)
        assert isinstance(response, Response)
        return response if token is None else visitor.device.keep(response, token)

    def _come(given: bytes | str) -> tuple[bytes, tuple[Verification, str | None]]:
        try:
            body = checking.body(given)
        except Unreadable:
            # The page says what is wrong with it, as the one that checks badges does.
            return b"", checking.check_and_depict(given)
        return body, checking.check_and_depict(body)

    def _looked(body: bytes, verified: Verification, picture: str | None) -> Response:
        shown = checking_showing.show(verified, site.translator, zone=house.config.timezone, picture=picture)
        fits = 0 < len(body) <= LARGEST_IMPORT_BYTES
        return site.page(
            "passport/looked.html",
            shown=shown,
            badge=base64.b64encode(body).decode() if fits and keeping.is_badge(verified) else "",
            is_too_large=len(body) > LARGEST_IMPORT_BYTES,
            form=Form({}, site.translator),
            longest=house.config.limits.body_bytes,
        )

    def _busy(sent: Form, error: TooManyRequests | Unavailable) -> Response:
        sent.errors[""] = site.translator.gettext("Many badges are being checked right now. Please try again soon.")
        response = _form(sent, status=error.status)
        response.headers["Retry-After"] = str(error.retry_after_s)
        return response

    def _form(form: Form, *, status: int = 200) -> Response:
        return site.page("passport/add.html", status=status, form=form, longest=LARGEST_IMPORT_BYTES)

    def _count() -> None:
        count(limiter, per_hour=house.config.limits.checks_per_hour)

    return views


def _picture(address: str | None) -> Picture | None:
    """Return what a data address holds."""
    if address is None:
        return None
    head, _, data = address.partition(";base64,")
    return Picture(body=base64.b64decode(data), media_type=head.removeprefix("data:"))
