"""The pages of this room, put together."""

from collections.abc import Sequence

from flask import Blueprint

from col_core.badges.awards.exporting import Exporting
from col_core.badges.awards.office import Office
from col_core.badges.checking.service import Checking
from col_core.base.ratelimit import RateLimiter
from col_core.passport.claims import Claims
from col_core.passport.looking import Looking
from col_core.passport.pages import add_views, claim_views, file_views, own_views, screen_views, share_views
from col_core.passport.pages.device import Guesses, Visitor
from col_core.passport.papers import Draw, Papers
from col_core.passport.tickets import Tickets
from col_core.web.site import Site


def blueprints(
    site: Site,
    office: Office,
    *,
    exporting: Exporting,
    drawn: Draw,
    checking: Checking,
    limiter: RateLimiter,
    secret: str,
) -> Sequence[Blueprint]:
    """Return every page of claiming, keeping and sharing. `secret` is the city's."""
    house = site.house
    visitor, guesses = Visitor(house), Guesses(limiter)
    papers = Papers(house, drawn=drawn)
    claims = Claims(office, tickets=Tickets(secret, clock=house.clock))
    looking = Looking(house.database, checking, clock=house.clock)
    return (
        claim_views.blueprint(site, claims, office.codes, visitor, guesses),
        screen_views.blueprint(site, office, guesses),
        own_views.blueprint(site, checking, office.codes, exporting, visitor, guesses),
        file_views.blueprint(site, office, exporting, papers, visitor, guesses),
        share_views.blueprint(site, looking, papers, visitor, limiter),
        add_views.blueprint(site, checking, office.codes, limiter, visitor),
    )
