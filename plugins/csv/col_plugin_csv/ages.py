"""Ages as people write them in one cell: "15–29 let", "nuo 14 m.", "12+", "up to 30"."""

import re

from col_core.plugin import Ages

_YEARS = r"\s*(?:let|leta|leti|metų|metai|m\.?|years?|yrs?)?"
_SPAN = re.compile(rf"(?:od|nuo|from)?\s*(\d{{1,3}})\s*(?:-|–|—|do|iki|to)\s*(\d{{1,3}}){_YEARS}", re.IGNORECASE)
_FROM = re.compile(rf"(?:(?:od|nuo|from)\s*(\d{{1,3}}){_YEARS}|(\d{{1,3}})\s*\+{_YEARS})", re.IGNORECASE)
_UP_TO = re.compile(rf"(?:do|iki|up to)\s*(\d{{1,3}}){_YEARS}", re.IGNORECASE)
_ANY = frozenset(("vsi", "za vse", "vse starosti", "visi", "visiems", "all", "all ages", "everyone"))


def read(text: str) -> Ages:
    """Return the ages, in years. Raises ValueError for what is none; a single number could mean either bound."""
    said = " ".join(text.split())
    if said.casefold() in _ANY:
        return Ages()
    if found := _SPAN.fullmatch(said):
        return Ages(min=int(found[1]), max=int(found[2]))
    if found := _FROM.fullmatch(said):
        return Ages(min=int(found[1] or found[2]))
    if found := _UP_TO.fullmatch(said):
        return Ages(max=int(found[1]))
    raise ValueError(f'"{text[:60]}" is not ages; write 15-29, 15+ or do 29')
