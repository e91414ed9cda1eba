"""What every answer tells the browser about itself, so that nothing foreign runs and nothing is told to strangers."""

from flask import Flask, Response

# What a room sets itself stands: a page brings its own content policy, the map's tiles may be read from anywhere.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "browsing-topics=(), camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


def install(app: Flask) -> None:
    """Add the headers to every answer of `app`, errors included."""

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
