"""What hatchling asks before it packs a wheel: were the static files built?"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_BUILT = (
    Path("col_core/web/static/build/manifest.json"),
    Path("col_core/badges/credentials/bundled/contexts.json"),
)


class StaticFiles(BuildHookInterface):
    """Refuses a wheel without what browsers load and badges are signed by; an editable install may build it later."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        for each in _BUILT:
            if version != "editable" and not Path(self.root, each).exists():
                raise FileNotFoundError(f"{each} is missing: build the static files first, with `make setup`.")
