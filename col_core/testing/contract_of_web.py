"""The contracts of what is shown and handed on: map layers, parts of pages, formats of feeds."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from markupsafe import escape

from col_core.catalogue.hooks import MapLayer, OpportunityFormat
from col_core.catalogue.records import Draft, Opportunity
from col_core.testing.opportunities import FULL, an_opportunity
from col_core.web.hooks import WebParts

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_SOURCES = ("raster", "raster-dem", "vector", "geojson", "image")
# Keys of the MapLibre style specification whose texts a browser fetches.
_FETCHED = ("url", "tiles", "data", "sprite", "glyphs", "urls")


class MapLayerContract:
    """What every base map and overlay must do."""

    @pytest.fixture
    def layers(self) -> Sequence[MapLayer]:
        """Return the layers of the plugin. To be filled in."""
        raise NotImplementedError("a contract suite needs a `layers` fixture")

    def test_each_has_a_name_of_its_own(self, layers: Sequence[MapLayer]) -> None:
        assert layers
        names = [each.id for each in layers]
        assert len(set(names)) == len(names)
        for layer in layers:
            assert _NAME.fullmatch(layer.id), f"{layer.id!r}: use small letters, digits and hyphens"
            assert layer.title
            assert all(text.strip() for text in layer.title.values())

    def test_a_browser_can_read_it(self, layers: Sequence[MapLayer]) -> None:
        for layer in layers:
            json.dumps([layer.source, layer.layers], allow_nan=False)
            assert layer.source.get("type") in _SOURCES
            assert layer.layers, f"{layer.id} draws nothing"
            assert all(each.get("id") and each.get("type") for each in layer.layers)

    def test_a_browser_asks_only_our_own_server(self, layers: Sequence[MapLayer]) -> None:
        for layer in layers:
            for address in _addresses(layer.source):
                assert re.match(r"/(?!/)|pmtiles:///(?!/)", address), f"{layer.id} would ask {address}"


class WebPartsContract:
    """What every part that a plugin adds to pages must do."""

    @pytest.fixture
    def parts(self) -> WebParts:
        """Return the parts. To be filled in."""
        raise NotImplementedError("a contract suite needs a `parts` fixture")

    def test_blocks_can_be_shown(self, parts: WebParts) -> None:
        for block in parts.blocks:
            for language in ("en", "sl"):
                assert "<script" not in str(escape(block.render(language, ""))), (
                    "the content policy runs no such script"
                )

    def test_entries_of_the_menu_have_words_and_lead_to_a_page_of_ours(self, parts: WebParts) -> None:
        for entry in parts.menu:
            assert any(text.strip() for text in entry.label.values())
            assert not re.match(r"//|[a-z]+:", entry.path), f"{entry.path} leads out of the portal"

    def test_blueprints_have_different_names(self, parts: WebParts) -> None:
        names = [each.name for each in parts.blueprints]
        assert len(set(names)) == len(names)


class FormatContract:
    """What every format of feeds must do."""

    @pytest.fixture
    def format_(self) -> OpportunityFormat:
        """Return the format. To be filled in."""
        raise NotImplementedError("a contract suite needs a `format_` fixture")

    def test_it_says_what_it_is(self, format_: OpportunityFormat) -> None:
        assert isinstance(format_, OpportunityFormat)
        assert format_.name.strip()
        assert "/" in format_.media_type
        assert re.fullmatch(r"[a-z0-9]{1,12}", format_.extension), f"{format_.extension!r} cannot end an address"

    def test_it_writes_whatever_there_is(self, format_: OpportunityFormat) -> None:
        for listed in ([], _samples()[:1], _samples(), iter(_samples())):
            for language in ("sl", "en"):
                assert isinstance(format_.write(listed, language=language), bytes)

    def test_what_differs_is_written_differently(self, format_: OpportunityFormat) -> None:
        written = [format_.write([each], language="sl") for each in _samples()]
        assert len(set(written)) == len(written), "two different opportunities look alike"


def _samples() -> list[Opportunity]:
    """Return opportunities from full to bare, with what trips writers: markup, quotes, other scripts, line breaks."""
    odd = 'A "<b>&amp;</b>"; č, ž\n\u200f مرحبا'
    return [
        an_opportunity(id_="a1"),
        an_opportunity(replace(FULL, title={"lt": odd}, description={"lt": odd}), id_="b2"),
        an_opportunity(Draft(title={"en": "Bare"}), id_="c3", organiser=None, source=None, image_key=None),
    ]


def _addresses(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _addresses(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _addresses(inner, key)
    elif isinstance(value, str) and key in _FETCHED:
        yield value
