"""Hooks of the web room: pages, menu entries and blocks that plugins add."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint

from col_core.hooks.city import City
from col_core.hooks.markers import hookspec

SLOTS = ("home", "opportunity", "organisation", "footer")


@dataclass(frozen=True, kw_only=True)
class MenuEntry:
    """A link in the foot of every page. `label` maps a language to text; `path` follows `/<lang>/`."""

    label: Mapping[str, str]
    path: str


@dataclass(frozen=True, kw_only=True)
class Block:
    """A piece of a page. `slot` says where: `home`, `opportunity`, `organisation`, `footer`. Raises ValueError else.

    `render` gets the language and the id of what the page shows ("" on the home page), and returns plain text or
    `markupsafe.Markup`; plain text is escaped.
    """

    slot: str
    render: Callable[[str, str], Any]

    def __post_init__(self) -> None:
        if self.slot not in SLOTS:
            raise ValueError(f"There is no slot {self.slot!r} for a block; there are {', '.join(SLOTS)}.")


@dataclass(frozen=True, kw_only=True)
class WebParts:
    """What a plugin adds to the site. Blueprints are mounted as they are.

    A public answer of the API or a feed that was given a moment ago is given again before Flask is asked, as long as
    nothing changed. What a blueprint registers for every request (`before_app_request`, `after_app_request`,
    `teardown_app_request`) does not see those, so it is no place to count or to turn away; views of a plugin's own see
    all that they answer.
    """

    blueprints: Sequence[Blueprint] = ()
    menu: Sequence[MenuEntry] = ()
    blocks: Sequence[Block] = ()


@hookspec
def col_web_parts(city: City) -> WebParts:  # type: ignore[empty-body]
    """Return pages, menu entries and blocks. Called once, at boot; where it fails, the parts are left out."""
