"""A screen in a room: its code changes all the time, so that only who is there can claim."""

import io

import segno
from flask import Blueprint, Response

from col_core.badges.achievements import reading
from col_core.badges.awards import codes, links
from col_core.badges.awards.codes import SCREEN_STEP_S
from col_core.badges.awards.office import Office
from col_core.base.errors import Gone, NotFound
from col_core.passport.pages import showing
from col_core.passport.pages.device import Guesses, keep_private
from col_core.web.site import Site


def blueprint(site: Site, office: Office, guesses: Guesses) -> Blueprint:
    """Return `/screen/<code>`; the code in the address is the secret of who runs the screen."""
    views = site.blueprint("screen", __name__)
    views.after_request(keep_private)
    house = site.house

    @views.get("/screen/<code>")
    def screen(code: str) -> Response:
        secret = codes.read(code)
        guesses.look()
        now = house.clock.now()
        with house.database.read() as session:
            link = links.screen(session, secret) if secret is not None else None
            achievement = reading.current(session, link.achievement_id) if link is not None else None
        if link is None or achievement is None:
            raise NotFound("There is no such screen.")
        if link.closed is not None or now >= link.expires or achievement.archived:
            raise Gone("This screen is closed.")
        shown = office.codes.on_screen(link.id, now)
        # Without the language: each phone gets the page in its own.
        address = f"{house.config.base_url}/claim/{codes.written(shown)}"
        left_s = SCREEN_STEP_S - int(now.timestamp()) % SCREEN_STEP_S
        return site.page(
            "passport/screen.html",
            meaning=showing.meaning(site, achievement),
            link=link,
            is_full=link.used >= link.most,
            code=codes.written(shown),
            qr=qr_code(address),
            typed_at=f"{house.config.base_url.partition('://')[2]}/claim",
            left_s=left_s,
            step_s=SCREEN_STEP_S,
        )

    return views


def qr_code(text: str) -> str:
    """Return a QR code as SVG that fills its place."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", border=3, xmldecl=False, svgns=True, omitsize=True, light="#fff", dark="#000"
    )
    return out.getvalue().decode()
