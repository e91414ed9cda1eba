"""The page on which anybody checks a badge: paste, upload, drop or scan. No account, no script needed, nothing kept."""

from contextlib import closing

from flask import Blueprint, Response, request

from col_core.badges.checking import showing
from col_core.badges.checking.api import count
from col_core.badges.checking.service import Checking
from col_core.base.errors import TooManyRequests, Unavailable
from col_core.base.ratelimit import RateLimiter
from col_core.web.forms import Form, refuse_foreign
from col_core.web.site import Site

_LONGEST_ADDRESS = 2_000


def blueprint(site: Site, checking: Checking, limiter: RateLimiter) -> Blueprint:
    """Return `/verify`. `?address=…` fills the field in and checks nothing: only a person's own press does that."""
    views = site.blueprint("verify", __name__)
    house = site.house
    longest = house.config.limits.body_bytes

    @views.get("/verify")
    def form() -> Response:
        asked = Form({}, site.translator)
        asked.values["credential"] = request.args.get("address", "")[:_LONGEST_ADDRESS]
        return _form(asked)

    @views.post("/verify")
    def check() -> Response:
        refuse_foreign(request, base_url=house.config.base_url)
        sent = Form(request.form, site.translator)
        text = sent.text("credential", longest=longest)
        email = sent.email("email")
        given = _uploaded() or text
        if not given and not sent.errors:
            sent.errors["file"] = site.translator.gettext("Choose a file, or paste an address or the text of a badge.")
        if sent.errors:
            return _form(sent, status=422)
        try:
            count(limiter, per_hour=house.config.limits.checks_per_hour)
            verification, picture = checking.check_and_depict(given, email=email)
        except (TooManyRequests, Unavailable) as error:
            sent.errors[""] = site.translator.gettext("Many badges are being checked right now. Please try again soon.")
            response = _form(sent, status=error.status)
            response.headers["Retry-After"] = str(error.retry_after_s)
            return response
        shown = showing.show(verification, site.translator, zone=house.config.timezone, picture=picture)
        response = site.page("badges/verified.html", shown=shown, form=Form({}, site.translator), longest=longest)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _form(form: Form, *, status: int = 200) -> Response:
        return site.page("badges/verify.html", status=status, form=form, longest=longest)

    return views


def _uploaded() -> bytes:
    upload = request.files.get("file")
    if upload is None:
        return b""
    with closing(upload):
        return bytes(upload.read())
