"""Saying by which headers of the request an answer may differ (RFC 9110, 12.5.5).

Werkzeug's own set of names is read and written out again whenever one is added, which costs every answer more than all
its other headers.
"""

from werkzeug import Response


def by(response: Response, name: str) -> None:
    """Say that `response` may differ by the header `name`, besides what it says already."""
    said = response.headers.get("Vary")
    if not said:
        response.headers["Vary"] = name
    elif name.lower() not in {each.strip().lower() for each in said.split(",")}:
        response.headers["Vary"] = f"{said}, {name}"
