"""The form with which visitors write to the city, about the site or about an offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for

from col_core.base.errors import TooManyRequests
from col_core.base.i18n import LocalText
from col_core.base.ratelimit import RateLimiter
from col_core.catalogue.reading import Catalogue
from col_core.content import feedback
from col_core.content.labels import FEEDBACK_LABELS
from col_core.content.records import ABOUT_AN_OFFER, ABOUT_THE_SITE, FeedbackKind
from col_core.web.forms import Form, count_form, refuse_foreign
from col_core.web.site import Site

LONGEST_MESSAGE = 4_000
_LONGEST_ID = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """The offer that somebody writes about."""

    id: str
    title: LocalText


def blueprint(site: Site, catalogue: Catalogue, limiter: RateLimiter) -> Blueprint:
    """Return `/feedback` (`?about=<opportunity>` reports a problem with it) and the page that says thank you."""
    views = site.blueprint("feedback", __name__)
    house = site.house

    @views.get("/feedback")
    def form() -> Response:
        asked = Form(request.args, site.translator)
        offer = _offer(request.args.get("about", ""))
        asked.choice("kind", _kinds(offer))
        asked.errors.clear()
        return _shown(asked, offer)

    @views.post("/feedback")
    def send() -> Any:
        refuse_foreign(request, base_url=house.config.base_url)
        sent = Form(request.form, site.translator)
        offer = _offer(request.form.get("about", ""))
        about = offer.id if offer is not None else None
        thanks = redirect(url_for("feedback.thanks", about=about), 303)
        if sent.is_trapped:
            return thanks
        kind = sent.choice("kind", _kinds(offer))
        message = sent.text("message", longest=LONGEST_MESSAGE, required=True)
        email = sent.email("email")
        if sent.errors:
            return _shown(sent, offer, status=422)
        try:
            count_form(request, limiter, per_hour=house.config.limits.forms_per_hour)
        except TooManyRequests as error:
            sent.errors[""] = site.translator.gettext(
                "A lot was sent from your connection in the last hour. Please try again later; your text is still here."
            )
            response = _shown(sent, offer, status=429)
            response.headers["Retry-After"] = str(error.retry_after_s)
            return response
        with house.database.write() as session:
            feedback.receive(
                session,
                kind=FeedbackKind(kind),
                message=message,
                language=site.language,
                clock=house.clock,
                about=about,
                email=email,
            )
        return thanks

    @views.get("/feedback/thanks")
    def thanks() -> Response:
        return site.page("content/thanks.html", offer=_offer(request.args.get("about", "")))

    def _offer(id_: str) -> Offer | None:
        one = catalogue.get(id_) if id_.isascii() and id_.isalnum() and len(id_) <= _LONGEST_ID else None
        title = site.pick(one.content.title) if one is not None else None
        return Offer(id=one.id, title=title) if one is not None and title is not None else None

    def _shown(form: Form, offer: Offer | None, *, status: int = 200) -> Response:
        return site.page(
            "content/feedback.html",
            status=status,
            form=form,
            offer=offer,
            kinds=[(each.value, site.translator.pgettext(*FEEDBACK_LABELS[each])) for each in _kinds(offer)],
            longest=LONGEST_MESSAGE,
            days=site.translator.days(house.config.privacy.feedback_days),
        )

    return views


def _kinds(offer: Offer | None) -> Sequence[FeedbackKind]:
    return ABOUT_THE_SITE if offer is None else ABOUT_AN_OFFER
