"""Pieces of pages that plugins bring. A piece that fails is left out; the page is shown without it."""

from collections.abc import Sequence
from functools import partial

from markupsafe import Markup, escape

from col_core.base.errors import PluginError
from col_core.hooks.registry import Plugins
from col_core.web.hooks import WebParts

# A page waits so long for a piece, and is shown without it then.
_WITHIN_S = 2.0


class Blocks:
    """The blocks of a city's plugins. `parts` pairs a plugin's name with what it adds."""

    def __init__(self, plugins: Plugins, parts: Sequence[tuple[str, WebParts]]) -> None:
        self._plugins = plugins
        self._blocks = [(name, block) for name, part in parts for block in part.blocks]

    def of(self, slot: str, language: str, shown: str) -> list[Markup]:
        """Return what stands in `slot` of the page that shows the object with the id `shown` ("" on the home page)."""
        pieces = []
        for name, block in self._blocks:
            if block.slot != slot:
                continue
            try:
                render = partial(block.render, language, shown)
                made = self._plugins.guard(name, f"block {slot}", render, within_s=_WITHIN_S)
            except PluginError:
                continue
            pieces.append(escape(made))
        return pieces
