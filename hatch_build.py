"""What hatchling asks before it packs a wheel: were the static files built?"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_MANIFEST = Path("col_core/web/static/build/manifest.json")


class StaticFiles(BuildHookInterface):
    """Refuses a wheel without what browsers load; an editable install may build it later."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        if version != "editable" and not Path(self.root, _MANIFEST).exists():
            raise FileNotFoundError(f"{_MANIFEST} is missing: build the static files first, with `make setup`.")
