"""What a holder shows to others: pages for an employer, and badges that everybody may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for

from col_core.badges.awards import store
from col_core.badges.awards.records import AwardState
from col_core.badges.checking import showing as checking_showing
from col_core.badges.checking.api import count
from col_core.base.errors import Gone, InvalidInput, NotFound, TooManyRequests
from col_core.base.formats import local
from col_core.base.ratelimit import RateLimiter
from col_core.passport import keeping, sharing, social_picture
from col_core.passport.looking import Looked, Looking
from col_core.passport.pages import showing
from col_core.passport.pages.device import Visitor, keep_private
from col_core.passport.papers import Papers
from col_core.passport.records import Held, Holder, Share
from col_core.web.forms import Form, refuse_foreign
from col_core.web.site import Site

DAYS = (7, 30, 90, 365)
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A badge as somebody else sees it. `files` maps a form to its address; `picture` may be None.

    `checked_then` is when it was checked, "" where that was just now.
    """

    id: str
    checked: checking_showing.Shown
    picture: str | None
    initials: str
    checked_then: str
    files: dict[str, str]
    address: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnPage:
    """A page that a holder opened."""

    id: str
    title: str
    address: str
    until: str
    state: str
    opened: int
    names: Sequence[str]


def blueprint(site: Site, looking: Looking, papers: Papers, visitor: Visitor, limiter: RateLimiter) -> Blueprint:
    """Return `/passport/share`, `/passport/pages`, `/p/<id>` and `/credentials/<id>`."""
    views = site.blueprint("sharing", __name__)
    views.after_request(keep_private)
    house = site.house
    database, clock, base = house.database, house.clock, house.config.base_url

    @views.get("/passport/share")
    @visitor.needed
    def form(holder: Holder) -> Response:
        asked = Form({}, site.translator)
        return _form(holder, asked, chosen=request.args.getlist("badge"))

    @views.post("/passport/share")
    @visitor.needed
    def share(holder: Holder) -> Any:
        refuse_foreign(request, base_url=base)
        sent = Form(request.form, site.translator)
        title = sent.text("title", longest=sharing.LONGEST_TITLE)
        days = sent.choice("days", [str(each) for each in DAYS])
        chosen = request.form.getlist("badge")
        if not 1 <= len(chosen) <= sharing.MOST_SHARED:
            sent.errors["badge"] = site.translator.gettext(
                "Choose at least one badge, and at most %(most)s.", most=site.translator.number(sharing.MOST_SHARED)
            )
        if sent.errors:
            return _form(holder, sent, chosen=chosen, status=422)
        try:
            with database.write() as session:
                made = sharing.share(
                    session,
                    chosen,
                    holder=holder,
                    title=title,
                    language=site.language,
                    days=int(days),
                    clock=clock,
                )
        except InvalidInput as error:
            sent.errors[""] = site.translator.gettext("You have many open pages already. Withdraw one first.")
            return _form(holder, sent, chosen=chosen, status=error.status)
        return redirect(url_for("sharing.pages", new=made.id), 303)

    @views.get("/passport/pages")
    @visitor.needed
    def pages(holder: Holder) -> Response:
        with database.read() as session:
            found = sharing.listing(session, holder)
            names = {each.id: each.told.name for each in keeping.listing(session, holder) if each.told is not None}
        own = [_own_page(each, names) for each in found]
        new = next((each for each in own if each.id == request.args.get("new")), None)
        return site.page("passport/pages.html", pages=own, new=new)

    @views.post("/passport/pages/<id_>/withdraw")
    @visitor.needed
    def withdraw(holder: Holder, id_: str) -> Any:
        refuse_foreign(request, base_url=base)
        with database.write() as session:
            sharing.withdraw(session, id_, holder=holder, clock=clock)
        return redirect(url_for("sharing.pages"), 303)

    @views.get("/p/<id_>")
    def page(id_: str) -> Response:
        try:
            share, held = _shared(id_)
        except Gone:
            return site.page("passport/closed.html", status=410, removed=False)
        looked = looking.page(held, may_ask=_may_ask(held))
        holder = visitor.look()
        is_own = holder is not None and holder.id == share.holder_id
        if not is_own and request.method == "GET":
            with database.write() as session:
                sharing.count_visit(session, share.id)
        return site.page(
            "passport/shared.html",
            title=share.title,
            seen=[_seen(each, share, found) for each, found in zip(held, looked, strict=True)],
            until=_day(share.expires),
            is_own=is_own,
            picture=site.address("sharing.page_picture", id_=share.id),
        )

    @views.get("/p/<id_>/picture.png")
    def page_picture(id_: str) -> Response:
        share, held = _shared(id_)
        return _social(share.title or site.translator.gettext("My badges"), held)

    @views.get("/p/<id_>/<held_id>/picture")
    def imported_picture(id_: str, held_id: str) -> Response:
        _, held = _shared(id_)
        one = next((each for each in held if each.id == held_id), None)
        if one is None:
            raise NotFound("There is no such badge on this page.")
        with database.read() as session:
            found = keeping.picture(session, one)
        response = Response(found.body, content_type=found.media_type)
        response.headers["Content-Security-Policy"] = _SANDBOX
        return response

    @views.get("/credentials/<id_>")
    def credential(id_: str) -> Response:
        with database.read() as session:
            award = store.get(session, id_)
            held = keeping.public(session, id_)
        if award is not None and award.state is AwardState.ERASED:
            return site.page("passport/closed.html", status=410, removed=True)
        if held is None or held.told is None:
            raise NotFound("There is no such badge, or its holder shows it to nobody.")
        holder = visitor.look()
        return site.page(
            "passport/public.html",
            one=_seen(held, None, looking.page([held], may_ask=True)[0]),
            is_own=holder is not None and holder.id == held.holder_id,
            held_id=held.id,
            picture=site.address("sharing.credential_picture", id_=id_),
        )

    @views.get("/credentials/<id_>/picture.png")
    def credential_picture(id_: str) -> Response:
        with database.read() as session:
            held = keeping.public(session, id_)
        if held is None or held.told is None:
            raise NotFound("There is no such badge, or its holder shows it to nobody.")
        return _social(held.told.name, [held])

    def _shared(id_: str) -> tuple[Share, list[Held]]:
        with database.read() as session:
            share = sharing.visit(session, id_, clock=clock)
            return share, keeping.by_ids(session, share.held_ids, holder_id=share.holder_id)

    def _may_ask(held: Sequence[Held]) -> bool:
        """Whether this visitor may have other issuers asked: that is counted as checking a badge is."""
        if not looking.must_ask(held):
            return True
        try:
            count(limiter, per_hour=house.config.limits.checks_per_hour)
        except TooManyRequests:
            return False
        return True

    def _seen(held: Held, share: Share | None, looked: Looked | None) -> Seen | None:
        if looked is None:
            return None
        then = looked.checked
        own = url_for("sharing.imported_picture", id_=share.id, held_id=held.id) if share is not None else None
        object_ = showing.shown(site, held, picture=own)
        secret = f"?secret={share.id}" if share is not None else ""
        address = f"{base}/credentials/{held.award.id}" if held.award is not None else ""
        return Seen(
            id=held.id,
            checked=checking_showing.show(
                looked.verification, site.translator, zone=house.config.timezone, picture=object_.picture
            ),
            picture=object_.picture,
            initials=object_.initials,
            checked_then=site.translator.date_time(then, house.config.timezone) if then is not None else "",
            files={each: f"{address}.{each}{secret}" for each in ("json", "png", "pdf")} if address else {},
            address=f"{address}{secret}" if address else "",
        )

    def _social(title: str, held: Sequence[Held]) -> Response:
        found = (papers.drawing(each) for each in held)
        drawings = [each for each in found if each is not None][: social_picture.MOST]
        lines = list(dict.fromkeys(each.told.issuer_name for each in held if each.told is not None))[:2]
        body = social_picture.draw(
            title=title,
            lines=lines,
            city=f"{house.config.city_name(site.language)} – {site.translator.gettext('City of Learning')}",
            pictures=drawings,
            assets=site.assets,
            logo=house.config.theme.logo,
        )
        return Response(body, mimetype="image/png")

    def _form(holder: Holder, form: Form, *, chosen: Sequence[str], status: int = 200) -> Response:
        with database.read() as session:
            held = keeping.listing(session, holder)
        shown = [showing.shown(site, each, picture=showing.own_picture(each)) for each in held if each.told is not None]
        form.values.setdefault("days", "30")
        return site.page(
            "passport/share.html",
            status=status,
            form=form,
            shown=shown,
            chosen=set(chosen) or ({shown[0].id} if len(shown) == 1 else set()),
            days=[(str(each), site.translator.days(each)) for each in DAYS],
            longest=sharing.LONGEST_TITLE,
        )

    def _own_page(share: Share, names: dict[str, str]) -> OwnPage:
        is_open = share.is_open(clock.now())
        return OwnPage(
            id=share.id,
            title=share.title,
            address=f"{base}/{share.language}/p/{share.id}",
            until=_day(share.expires if share.withdrawn is None else share.withdrawn),
            state="open" if is_open else "withdrawn" if share.withdrawn is not None else "over",
            opened=share.opened,
            names=[names[each] for each in share.held_ids if each in names],
        )

    def _day(instant: Any) -> str:
        day: date = local(instant, house.config.timezone).date()
        return site.translator.date(day)

    return views
