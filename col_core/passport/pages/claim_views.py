"""Claiming a badge: typing or scanning a code, looking at what it opens, keeping it or not. Looking claims nothing."""

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for

from col_core.badges.awards import codes
from col_core.badges.awards.claiming import Offered, Refusal
from col_core.badges.awards.codes import Codes
from col_core.base.errors import TooManyRequests
from col_core.base.messages import N_
from col_core.passport import claims, holders, keeping
from col_core.passport.claims import Claims
from col_core.passport.keeping import Yours
from col_core.passport.pages import showing
from col_core.passport.pages.device import Guesses, Visitor, keep_private
from col_core.passport.records import Holder
from col_core.web.forms import Form, refuse_foreign
from col_core.web.site import Site

_LONGEST_INPUT = 2000
_STATUSES = {
    Refusal.UNKNOWN: 404,
    Refusal.USED: 410,
    Refusal.EXPIRED: 410,
    Refusal.ENDED: 410,
    Refusal.FULL: 409,
}
# What happened, and what one can do next.
_REFUSED = {
    Refusal.UNKNOWN: (
        N_("This code opens nothing"),
        N_("Perhaps a letter is wrong, or the code on the screen has changed meanwhile. Type it or scan it again."),
    ),
    Refusal.USED: (
        N_("Somebody has taken this badge already"),
        N_("A code is good for one person, once. If it was yours, ask who gave it to you for a new one."),
    ),
    Refusal.EXPIRED: (
        N_("This code is over"),
        N_("Its time has passed. Ask the organisation whether it gives you a new one."),
    ),
    Refusal.ENDED: (
        N_("This badge is not given any more"),
        N_("The organisation took it back. If you think that it should be yours, ask there."),
    ),
    Refusal.FULL: (
        N_("All badges of this code are taken"),
        N_("The code was for a certain number of people. Ask the organisation for another one."),
    ),
}


def blueprint(site: Site, made: Claims, known: Codes, visitor: Visitor, guesses: Guesses) -> Blueprint:
    """Return `/claim`, `/claim/<code>` and what follows when somebody decides."""
    views = site.blueprint("claim", __name__)
    views.after_request(keep_private)
    house = site.house

    @views.get("/claim")
    def form() -> Response:
        return _form(Form({}, site.translator))

    @views.post("/claim")
    def typed() -> Any:
        refuse_foreign(request, base_url=house.config.base_url)
        sent = Form(request.form, site.translator)
        text = sent.text("code", longest=_LONGEST_INPUT, required=True)
        code = claims.of_text(text) if not sent.errors else None
        if code is None:
            sent.errors.setdefault(
                "code", site.translator.gettext("A code has 16 letters and digits, such as 7KQ4-M2XH-9D3W-PZ6C.")
            )
            return _form(sent, status=422)
        return redirect(url_for("claim.look", code=codes.written(code)), 303)

    @views.get("/claim/<code>")
    def look(code: str) -> Response:
        found = _opened(code)
        if isinstance(found, Response):
            return found
        return _offered(
            "passport/offered.html",
            code,
            found,
            narrative=found.award.narrative if found.award is not None else None,
            language=found.award.language if found.award is not None else site.language,
            ticket=made.ticket(found),
        )

    @views.post("/claim/<code>")
    def keep(code: str) -> Any:
        refuse_foreign(request, base_url=house.config.base_url)
        read = codes.read(code)
        guesses.look()
        ticket = request.form.get("ticket", "")
        came: Any = Refusal.UNKNOWN if read is None else made.claim(read, token=visitor.device.token(), ticket=ticket)
        if isinstance(came, Refusal):
            return _refused(came)
        endpoint = "claim.kept" if came.is_new else "passport.badge"
        response = redirect(url_for(endpoint, id_=came.held.id), 303)
        assert isinstance(response, Response)
        return response if came.token is None else visitor.device.keep(response, came.token)

    @views.get("/claim/<code>/decline")
    def declining(code: str) -> Response:
        found = _opened(code)
        if isinstance(found, Response):
            return found
        return _offered("passport/declining.html", code, found, is_link=found.link is not None)

    @views.post("/claim/<code>/decline")
    def decline(code: str) -> Response:
        refuse_foreign(request, base_url=house.config.base_url)
        read = codes.read(code)
        guesses.look()
        refusal = Refusal.UNKNOWN if read is None else made.decline(read)
        return site.page("passport/declined.html") if refusal is None else _refused(refusal)

    @views.get("/passport/<id_>/kept")
    @visitor.needed
    def kept(holder: Holder, id_: str) -> Response:
        with house.database.read() as session:
            held = keeping.get(session, id_, holder=holder)
            number = keeping.count(session, holder)
        code = codes.written(holders.recovery_code(holder, known=known))
        shown = showing.shown(site, held)
        return site.page("passport/kept.html", shown=shown, recovery=code, number=number)

    def _opened(code: str) -> Offered | Response:
        """Return what a code offers, or the page that says why it offers nothing."""
        read = codes.read(code)
        guesses.look()
        found = Refusal.UNKNOWN if read is None else made.look(read, token=visitor.device.token())
        if isinstance(found, Refusal):
            return _refused(found)
        if isinstance(found, Yours):
            return site.page("passport/yours.html", shown=showing.shown(site, found.held))
        return found

    def _offered(template: str, code: str, offered: Offered, **more: Any) -> Response:
        meaning = showing.meaning(site, offered.achievement)
        return site.page(template, code=code, meaning=meaning, issuer=made.issuer_name(offered), **more)

    def _refused(refusal: Refusal) -> Response:
        if refusal is Refusal.UNKNOWN and guesses.wrong():
            raise TooManyRequests("Too many codes that open nothing were tried from this network.", retry_after_s=600)
        title, text = (site.translator.gettext(each) for each in _REFUSED[refusal])
        return site.page(
            "passport/refused.html", status=_STATUSES[refusal], title=title, text=text, form=Form({}, site.translator)
        )

    def _form(form: Form, *, status: int = 200) -> Response:
        with house.database.read() as session:
            holder = visitor.holder(session)
            number = keeping.count(session, holder) if holder is not None else 0
        return site.page("passport/claim.html", status=status, form=form, number=number)

    return views
