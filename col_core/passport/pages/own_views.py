"""What somebody keeps: the wall of their badges, each badge, and the way to another device."""

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for

from col_core.badges import reason_words
from col_core.badges.achievements import reading
from col_core.badges.awards import codes
from col_core.badges.awards.codes import Codes
from col_core.badges.awards.exporting import Exporting
from col_core.badges.checking.service import Checking
from col_core.badges.checking.showing import markdown, place_of
from col_core.base.errors import TooManyRequests
from col_core.base.formats import local
from col_core.passport import forgetting, holders, keeping, sharing, words
from col_core.passport.pages import showing
from col_core.passport.pages.device import Guesses, Visitor, keep_private
from col_core.passport.records import Held, Holder
from col_core.web.forms import Form, refuse_foreign
from col_core.web.site import Site

_LONGEST_CODE = 100
_CHECKS_PER_HOUR = 60


def blueprint(
    site: Site, checking: Checking, known: Codes, exporting: Exporting, visitor: Visitor, guesses: Guesses
) -> Blueprint:
    """Return `/passport` and what lies under it, but for files and shared pages."""
    views = site.blueprint("passport", __name__)
    views.after_request(keep_private)
    house = site.house
    database, clock = house.database, house.clock

    @views.before_request
    def own_forms_only() -> None:
        if request.method == "POST":
            refuse_foreign(request, base_url=house.config.base_url)

    @views.get("/passport")
    def start() -> Response:
        holder = visitor.look()
        if holder is None:
            return site.page("passport/empty.html", holder=None, form=Form({}, site.translator))
        with database.read() as session:
            held = keeping.listing(session, holder)
            pages = [each for each in sharing.listing(session, holder) if each.is_open(clock.now())]
        if not held:
            return site.page("passport/empty.html", holder=holder, form=Form({}, site.translator))
        kind = next((each for each in ("competence", "skill") if request.args.get(each)), "")
        value = request.args.get(kind, "") if kind else ""
        chosen = showing.narrowed(held, kind, value) if kind else held
        return site.page(
            "passport/wall.html",
            shown=[_shown(each) for each in chosen],
            filters=showing.filters(held, site.translator),
            chosen=(kind, value),
            total=len(held),
            number_of_pages=len(pages),
        )

    @views.get("/passport/<id_>")
    @visitor.needed
    def badge(holder: Holder, id_: str) -> Response:
        return _badge(_held(holder, id_))

    @views.post("/passport/<id_>/public")
    @visitor.needed
    def show_to_all(holder: Holder, id_: str) -> Any:
        public = request.form.get("public") == "yes"
        with database.write() as session:
            held = keeping.open_to_all(session, id_, holder=holder, public=public)
            if public and held.award is not None:
                sharing.note_shared(session, [held.award.id], clock.now())
        return redirect(url_for("passport.badge", id_=id_, _anchor="who-sees-it"), 303)

    @views.post("/passport/<id_>/check")
    @visitor.needed
    def check(holder: Holder, id_: str) -> Any:
        guesses.costly(holder, "check", per_hour=_CHECKS_PER_HOUR)
        held = _held(holder, id_)
        with database.read() as session:
            body = keeping.body(session, held)
        verified = checking.check(body)
        with database.write() as session:
            keeping.note_checked(session, held, verified, clock=clock)
        return redirect(url_for("passport.badge", id_=id_, _anchor="standing"), 303)

    @views.get("/passport/<id_>/remove")
    @visitor.needed
    def removing(holder: Holder, id_: str) -> Response:
        return site.page("passport/removing.html", shown=_shown(_held(holder, id_)))

    @views.post("/passport/<id_>/remove")
    @visitor.needed
    def remove(holder: Holder, id_: str) -> Any:
        with database.write() as session:
            keeping.remove(session, id_, holder=holder, clock=clock)
        return redirect(url_for("passport.start"), 303)

    @views.get("/passport/recovery")
    @visitor.needed
    def recovery(holder: Holder) -> Response:
        return site.page("passport/recovery.html", recovery=_recovery(holder))

    @views.post("/passport/recovery")
    @visitor.needed
    def renew(holder: Holder) -> Any:
        token = visitor.device.token()
        assert token is not None
        with database.write() as session:
            holders.renew_recovery(session, holder, known=known, keep_device=token, clock=clock)
        return redirect(url_for("passport.recovery"), 303)

    @views.get("/passport/recover")
    def recover_form() -> Response:
        return _recover_form(Form({}, site.translator))

    @views.post("/passport/recover")
    def recover() -> Any:
        sent = Form(request.form, site.translator)
        text = sent.text("code", longest=_LONGEST_CODE, required=True)
        if sent.errors:
            return _recover_form(sent, status=422)
        try:
            guesses.recovery()
        except TooManyRequests as error:
            sent.errors["code"] = site.translator.gettext("Too many codes were tried here. Please wait an hour.")
            response = _recover_form(sent, status=429)
            response.headers["Retry-After"] = str(error.retry_after_s)
            return response
        code = codes.read(text)
        with database.write() as session:
            found = holders.recover(session, code, clock=clock) if code is not None else None
        if found is None:
            sent.errors["code"] = site.translator.gettext(
                "We do not know this code. Look at it once more, letter by letter."
            )
            return _recover_form(sent, status=422)
        opened = redirect(url_for("passport.start"), 303)
        assert isinstance(opened, Response)
        return visitor.device.keep(opened, found[1])

    @views.get("/passport/leave")
    @visitor.needed
    def leaving(holder: Holder) -> Response:
        return site.page("passport/leaving.html", recovery=_recovery(holder))

    @views.post("/passport/leave")
    def leave() -> Any:
        token = visitor.device.token()
        if token:
            with database.write() as session:
                holders.leave(session, token, clock=clock)
        response = redirect(url_for("passport.start"), 303)
        assert isinstance(response, Response)
        return visitor.device.forget(response)

    @views.get("/passport/forget")
    @visitor.needed
    def forgetting_all(holder: Holder) -> Response:
        with database.read() as session:
            number = keeping.count(session, holder)
        return site.page("passport/forgetting.html", number=number)

    @views.post("/passport/forget")
    @visitor.needed
    def forget_all(holder: Holder) -> Any:
        with database.write() as session:
            forgetting.forget(session, holder, clock=clock)
        response = redirect(url_for("passport.start"), 303)
        assert isinstance(response, Response)
        return visitor.device.forget(response)

    def _held(holder: Holder, id_: str) -> Held:
        with database.read() as session:
            return keeping.get(session, id_, holder=holder)

    def _shown(held: Held) -> showing.Shown:
        return showing.shown(site, held, picture=showing.own_picture(held), checking=checking)

    def _recovery(holder: Holder) -> str:
        return codes.written(holders.recovery_code(holder, known=known))

    def _recover_form(form: Form, *, status: int = 200) -> Response:
        return site.page("passport/recover.html", status=status, form=form)

    def _badge(held: Held) -> Response:
        achievement = None
        if held.award is not None:
            with database.read() as session:
                achievement = reading.version(session, held.award.achievement_id, held.award.achievement_version)
        zone = house.config.timezone
        cv = []
        if held.told is not None:
            tags = words.languages_of(held.told, house.config.languages)
            ordered = sorted(tags, key=lambda tag: tag != site.language)
            cv = [words.cv_words(held, achievement, house.i18n.translator(tag), zone=zone) for tag in ordered]
        until = held.award.valid_until if held.award is not None else held.told.valid_until if held.told else None
        return site.page(
            "passport/badge.html",
            held=held,
            told=held.told,
            shown=_shown(held),
            meaning=showing.meaning(site, achievement) if achievement is not None else None,
            criteria=markdown(held.told.criteria) if held.told is not None else "",
            until=site.translator.date(local(until, zone).date()) if until is not None else "",
            checked=site.translator.date_time(held.checked, zone) if held.checked is not None else "",
            place=place_of(held.told.issuer_id) if held.told is not None else "",
            as_of=reason_words.as_of(held.as_of, site.translator, zone=zone),
            cv=cv,
            endings=exporting.endings,
            address=f"{house.config.base_url}/credentials/{held.award.id}" if held.award is not None else "",
        )

    return views
