"""Who can look into the folder of a city's state, by whichever command it comes to be."""

import stat

import pytest

from col_core.base import keys, state_folder
from col_core.base.at_work import at_work
from col_core.base.config import load_city
from col_core.cli.frame import database_of
from col_core.cli.main import main
from col_core.house import open_city


@pytest.fixture
def config(tmp_path):
    assert main(["city", "new", "Harbour", str(tmp_path / "town")]) == 0
    return load_city(tmp_path / "town", environ={"COL_VAR": str(tmp_path / "var")})


def mode(folder):
    return stat.S_IMODE(folder.stat().st_mode)


def by_a_command_that_opens_the_city(config):
    with open_city(config):
        pass


def by_a_command_that_opens_its_database(config):
    with database_of(config):
        pass


def by_being_at_work(config):
    with at_work(config):
        pass


@pytest.mark.parametrize(
    "made",
    [by_a_command_that_opens_the_city, by_a_command_that_opens_its_database, by_being_at_work, keys.secret_key],
    ids=lambda each: each.__name__,
)
def test_the_state_folder_is_made_for_its_owner_alone(config, made):
    made(config)
    assert mode(config.var) == 0o700


def test_a_state_folder_that_is_there_keeps_its_mode(config):
    config.var.mkdir(mode=0o750, parents=True)
    state_folder.make(config.var)
    assert mode(config.var) == 0o750
