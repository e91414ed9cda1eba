"""Saying by which headers of the request an answer may differ (RFC 9110, 12.5.5).

Werkzeug's own set of names is read and written out again whenever one is added, which costs every answer more than all
its other headers.
"""

from werkzeug import Response


def by(response: Response, *names: str) -> None:
    """Say that `response` may differ by the headers `names`, besides what it says already."""
    said = [each.strip() for each in response.headers.get("Vary", "").split(",") if each.strip()]
    there = {each.lower() for each in said}
    response.headers["Vary"] = ", ".join([*said, *(each for each in names if each.lower() not in there)])
