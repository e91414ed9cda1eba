"""For whom this server answers: the host of `[city] base_url`, those of `[serve] hosts`, and this machine itself.

Links are made from the settings and never from what a request says; a request for another host is turned away, so that
no cache and no mail ever gets an answer made for a name that is not ours. This machine's own names are let in: whoever
looks after the server asks by them, and no visitor's browser is led there.
"""

from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from col_core.base.errors import Misdirected
from col_core.base.settings import CityConfig

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})
# Asked by those who look after the servers, by whatever name or number each has.
_ANY_HOST = frozenset({"/healthz", "/readyz", "/metrics"})
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def install(app: Flask, config: CityConfig) -> None:
    """Turn requests for other hosts away; believe as many proxies as `[serve] proxies` says what they tell."""
    ours = frozenset(hosts(config))

    @app.before_request
    def refuse_other_hosts() -> None:
        host = request.environ.get("HTTP_HOST", "").lower()
        if host in ours or request.path in _ANY_HOST or _without_port(host) in _THIS_MACHINE:
            return
        raise Misdirected("This server does not answer for that host. Its address is in the settings: [city] base_url.")

    if config.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=config.proxies, x_proto=config.proxies, x_host=0, x_port=0, x_prefix=0
        )


def hosts(config: CityConfig) -> list[str]:
    """Return the values of `Host` that this city answers for."""
    parts = urlsplit(config.base_url)
    host = parts.netloc.rpartition("@")[2].lower()
    default = _DEFAULT_PORTS.get(parts.scheme, "")
    both = [host.removesuffix(default), host] if host.endswith(default) else [host]
    return [*both, *([] if parts.port else [host + default]), *(each.lower() for each in config.hosts)]


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
