"""What every command of `col` shares: finding the city, opening it, saying what went wrong in one sentence."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from col_core.base import state_folder
from col_core.base.config import load_city
from col_core.base.database import Database
from col_core.base.errors import ConfigError
from col_core.base.migrate import upgrade
from col_core.base.settings import CityConfig

DONE, FAILED, WRONG_USE = 0, 1, 2


class WrongUse(ConfigError):
    """The command cannot be understood as it was written; it ends with the code for wrong use."""


class Subcommands(Protocol):
    """The part of argparse's sub-parsers that commands use."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser: ...


def city_of(arguments: argparse.Namespace) -> CityConfig:
    """Return the settings of the city that `--city` or COL_CITY names. Raises ConfigError, WrongUse."""
    return load_city(folder_of(arguments))


def folder_of(arguments: argparse.Namespace) -> Path:
    """Return the folder of that city, whatever stands in it. Raises WrongUse where none is named."""
    folder = arguments.city or os.environ.get("COL_CITY")
    if not folder:
        raise WrongUse("Which city? Write `col --city DIR …`, or set COL_CITY.")
    return Path(folder)


@contextmanager
def database_of(config: CityConfig) -> Iterator[Database]:
    """Open the city's database alone, brought to the present form, for as long as the block lasts."""
    state_folder.make(config.var)
    database = Database(config.database_url)
    try:
        upgrade(database)
        yield database
    finally:
        database.dispose()
