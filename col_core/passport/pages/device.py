"""What a device keeps of its holder: one cookie with a random word in it, which says nothing by itself."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, g, redirect, request, url_for
from sqlalchemy.orm import Session

from col_core.base.errors import TooManyRequests
from col_core.base.ratelimit import RateLimiter
from col_core.base.settings import CityConfig
from col_core.passport import holders
from col_core.passport.records import Holder
from col_core.web.house import House
from col_core.web.read_limits import network

# Browsers keep no cookie for longer.
_MAX_AGE_S = 400 * 86_400
_HOUR_S = 3600
# A whole school may stand behind one address.
_LOOKS_PER_HOUR, _WRONG_PER_HOUR = 3000, 60


class Device:
    """Reads and writes the cookie of one city."""

    def __init__(self, config: CityConfig) -> None:
        self._name = f"{config.id}_passport"
        self._is_secure = config.base_url.startswith("https://")

    def token(self) -> str | None:
        """Return what the device of this request keeps."""
        return request.cookies.get(self._name)

    def keep(self, response: Response, token: str) -> Response:
        """Let the device keep `token`."""
        response.set_cookie(
            self._name, token, max_age=_MAX_AGE_S, httponly=True, samesite="Lax", secure=self._is_secure
        )
        return response

    def forget(self, response: Response) -> Response:
        """Let the device keep nothing any more."""
        response.delete_cookie(self._name, httponly=True, samesite="Lax", secure=self._is_secure)
        return response


class Visitor:
    """Who asks, as far as their device says."""

    def __init__(self, house: House) -> None:
        self.device = Device(house.config)
        self._house = house

    def holder(self, session: Session) -> Holder | None:
        """Return whose device this is, or None."""
        token = self.device.token()
        return holders.of_device(session, token) if token else None

    def look(self) -> Holder | None:
        """Return whose device this is, and note that they looked at their badges today."""
        token = self.device.token()
        if not token:
            return None
        house = self._house
        with house.database.read() as session:
            holder = holders.of_device(session, token)
            is_noted = holder is None or holders.is_noted(session, holder, clock=house.clock)
        if holder is not None and not is_noted:
            with house.database.write() as session:
                holders.note_seen(session, holder, clock=house.clock)
        return holder

    def needed(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """Let a view be for holders: it gets the `holder` first, and others are led to the start of the passport."""

        @wraps(view)
        def asked(*args: Any, **values: Any) -> Any:
            holder = self.look()
            if holder is None:
                return redirect(url_for("passport.start"), 303)
            g.holder = holder
            return view(holder, *args, **values)

        return asked


class Guesses:
    """Bounds how often codes are tried from one network: all of them by far, wrong ones soon."""

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter

    def look(self) -> None:
        """Count that a code is looked at. Raises TooManyRequests."""
        self._hit("claim", _LOOKS_PER_HOUR)

    def wrong(self) -> bool:
        """Count a code that opens nothing; return whether there were too many."""
        try:
            self._hit("claim-wrong", _WRONG_PER_HOUR)
        except TooManyRequests:
            return True
        return False

    def recovery(self) -> None:
        """Count that a recovery code is tried. Raises TooManyRequests."""
        self._hit("recover", _WRONG_PER_HOUR)

    def costly(self, holder: Holder, what: str, *, per_hour: int) -> None:
        """Count something of a holder that takes us long. Raises TooManyRequests."""
        self._limiter.hit(f"passport-{what}:{holder.id}", limit=per_hour, window_s=_HOUR_S)

    def _hit(self, what: str, limit: int) -> None:
        visitor = network(request.remote_addr)
        # Counted as reading is (`web/read_limits`): nobody is turned away for all who come through one proxy.
        if visitor is not None and visitor.is_global:
            self._limiter.hit(f"{what}:{visitor}", limit=limit, window_s=_HOUR_S)


def keep_private(response: Response) -> Response:
    """Say of a page of somebody's own that nobody keeps it, finds it, or hears its address."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
