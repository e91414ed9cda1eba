"""How much one network address may ask for. What only hands out files is not counted."""

import ipaddress

from flask import Flask, request

from col_core.base.ratelimit import RateLimiter

_MINUTE_S = 60
_UNCOUNTED = frozenset({"assets", "media", "health", "metrics"})


def install(app: Flask, limiter: RateLimiter, *, per_minute: int) -> None:
    """Answer 429 to an address that asks for more than `per_minute`.

    Addresses of private networks and of this machine are not counted: behind a proxy that `[serve] proxies` does not
    name, every visitor seems to be there, and all would be turned away for one.
    """

    @app.before_request
    def count() -> None:
        visitor = network(request.remote_addr)
        if request.blueprint not in _UNCOUNTED and visitor is not None and visitor.is_global:
            limiter.hit(f"read:{visitor}", limit=per_minute, window_s=_MINUTE_S)


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
