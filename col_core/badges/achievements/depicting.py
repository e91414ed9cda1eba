"""How an achievement looks in this city: drawn from what it says, or its own picture in the same frame."""

import base64
from collections.abc import Callable, Mapping

from col_core.badges.achievements import drawing
from col_core.badges.achievements.lettering import initials
from col_core.badges.achievements.motif import Motif
from col_core.badges.achievements.records import Achievement
from col_core.base.files import FileStore

_OWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512" width="512" height="512">'
    '<image href="data:image/png;base64,{}" width="512" height="512"/></svg>'
)
_ANY_SYMBOL = "star"


class Depicting:
    """Draws the badges of one city. `symbols` gives what a badge may show, by name."""

    def __init__(self, *, symbols: Callable[[], Mapping[str, str]], motif: Motif, store: FileStore) -> None:
        self._symbols, self._motif, self._store = symbols, motif, store

    def svg(self, achievement: Achievement, *, issuer: str | None) -> str:
        """Return the picture of `achievement`; `issuer` is the organisation's name, None for the city."""
        content = achievement.content
        if content.picture.own_key is not None:
            with self._store.open(content.picture.own_key) as file:
                return _OWN.format(base64.b64encode(file.read()).decode())
        symbols = self._symbols()
        # A version of before may show what is no longer among them.
        symbol = symbols.get(content.picture.symbol) or symbols[_ANY_SYMBOL]
        return drawing.svg(content, symbol=symbol, motif=self._motif, initials=initials(issuer) if issuer else None)
