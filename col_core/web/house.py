"""What every room's views need to do their work, handed to them by the composition root."""

from dataclasses import dataclass

from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.files import FileStore
from col_core.base.i18n import I18n
from col_core.base.settings import CityConfig
from col_core.hooks.registry import Plugins


@dataclass(frozen=True, kw_only=True)
class House:
    """One city in one process."""

    config: CityConfig
    database: Database
    clock: Clock
    i18n: I18n
    files: FileStore
    plugins: Plugins
