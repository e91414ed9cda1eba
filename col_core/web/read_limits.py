"""How much one network address may ask for. What only hands out files is not counted."""

import ipaddress
from collections.abc import Callable

from flask import Flask, request

from col_core.base.ratelimit import RateLimiter

_MINUTE_S = 60
_UNCOUNTED = frozenset({"assets", "media", "health", "metrics"})


def install(app: Flask, count: Callable[[str | None], None]) -> None:
    """Let `count` turn away who asks `app` for too much: see `counter`."""

    @app.before_request
    def turn_away() -> None:
        if request.blueprint not in _UNCOUNTED:
            count(request.remote_addr)


def counter(limiter: RateLimiter, *, per_minute: int) -> Callable[[str | None], None]:
    """Return what counts a request of a network address, and raises TooManyRequests after `per_minute` of them.

    Addresses of private networks and of this machine are not counted: behind a proxy that `[serve] proxies` does not
    name, every visitor seems to be there, and all would be turned away for one.
    """

    def count(address: str | None) -> None:
        visitor = network(address)
        if visitor is not None and visitor.is_global:
            limiter.hit(f"read:{visitor}", limit=per_minute, window_s=_MINUTE_S)

    return count


def network(address: str | None) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """Return what one household has: an IPv4 address, or the first half of an IPv6 one; None where it is unknown."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return ipaddress.IPv4Network(parsed.ipv4_mapped)
        return ipaddress.IPv6Network((parsed, 64), strict=False)
    return ipaddress.IPv4Network(parsed)
