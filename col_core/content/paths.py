"""Where the texts of a city stand, after `/<lang>/`."""

from col_core.content.library import ALWAYS_THERE
from col_core.content.records import Kind


def path_of(kind: Kind, name: str) -> str:
    """Return the path of a text."""
    if kind is Kind.ARTICLE:
        return f"blog/{name}"
    return name if name in ALWAYS_THERE else f"pages/{name}"
