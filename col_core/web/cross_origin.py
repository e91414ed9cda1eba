"""Letting programs on other websites read what is public. Source: https://fetch.spec.whatwg.org/#http-cors-protocol"""

from flask import Blueprint, Response, request

_MAY_BE_READ = "Content-Language, ETag, Link, Location, Retry-After"
_MAY_BE_SENT = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match"
_A_DAY_S = 86_400


def allow(views: Blueprint) -> None:
    """Let pages of any origin read the answers of `views`, errors included.

    That is safe since no cookie opens anything here: a token is sent only by who has it.
    """

    @views.after_request
    def say_so(response: Response) -> Response:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = _MAY_BE_READ
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD, OPTIONS")
            response.headers["Access-Control-Allow-Headers"] = _MAY_BE_SENT
            response.headers["Access-Control-Max-Age"] = str(_A_DAY_S)
        return response
