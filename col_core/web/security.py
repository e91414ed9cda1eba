"""What every answer tells the browser about itself, so that nothing foreign runs and nothing is told to strangers."""

import hashlib
import secrets

from flask import Flask, Response, g

# What a room sets itself stands: the map's tiles may be read from anywhere, a picture is sandboxed.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "browsing-topics=(), camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PAGE = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def install(app: Flask) -> None:
    """Add the headers to every answer of `app`, errors included."""

    @app.after_request
    def protect(response: Response) -> Response:
        there = {name.lower() for name, _ in response.headers}
        missing = [each for each in HEADERS.items() if each[0].lower() not in there]
        # A 304 renews the headers of the page that the browser kept, whose scripts carry the nonce of that day.
        if response.status_code != 304 and "content-security-policy" not in there:
            missing.append(("Content-Security-Policy", _policy(response)))
        response.headers.extend(missing)
        return response


def nonce() -> str:
    """Return the word that marks this request's own scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    word: str = g.csp_nonce
    return word


def etag_without_nonce(body: bytes) -> str:
    """Return the ETag of a page, which must not change with the nonce in it."""
    return hashlib.blake2b(body.replace(nonce().encode(), b""), digest_size=12).hexdigest()


def _policy(response: Response) -> str:
    return _PAGE.format(nonce=nonce()) if response.mimetype == "text/html" else _NOTHING
