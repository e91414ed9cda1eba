import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from col_core.base.config import load_city
from col_core.base.errors import ConfigError
from col_core.base.keys import SECRET_FILE, keep_secret, secret_key

CITY = Path(__file__).parents[2] / "cities" / "ljubljana"


def the_city(var, **environ):
    return load_city(CITY, environ={"COL_VAR": str(var), **environ})


def test_a_city_makes_its_secret_once_and_for_its_owner_alone(tmp_path):
    city = the_city(tmp_path)
    made = secret_key(city)
    assert len(made) >= 32
    assert secret_key(city) == made
    assert stat.S_IMODE((city.var / SECRET_FILE).stat().st_mode) == 0o600
    assert [each.name for each in city.var.iterdir()] == [SECRET_FILE]


def test_processes_that_start_at_once_agree_on_one_secret(tmp_path):
    city = the_city(tmp_path)
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(lambda _: secret_key(city), range(64)))) == 1


def test_the_environment_wins_and_no_file_is_made(tmp_path):
    city = the_city(tmp_path, COL_SECRET_KEY="e" * 40)
    assert secret_key(city) == "e" * 40
    assert not city.var.exists()


def test_a_secret_that_is_too_short_is_refused_without_being_shown(tmp_path):
    with pytest.raises(ConfigError, match="COL_SECRET_KEY holds no secret") as caught:
        secret_key(the_city(tmp_path, COL_SECRET_KEY="opensesame"))
    assert "opensesame" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff\xfe" * 40])
def test_a_damaged_file_is_said_and_kept(tmp_path, content):
    city = the_city(tmp_path)
    city.var.mkdir()
    (city.var / SECRET_FILE).write_bytes(content)
    with pytest.raises(ConfigError, match=r"secret\.key holds no secret"):
        secret_key(city)
    assert (city.var / SECRET_FILE).read_bytes() == content


def test_a_secret_is_replaced_only_on_demand(tmp_path):
    keep_secret(tmp_path, "a" * 40)
    keep_secret(tmp_path, "b" * 40)
    assert (tmp_path / SECRET_FILE).read_text() == "a" * 40 + "\n"
    keep_secret(tmp_path, "c" * 40, replace=True)
    assert (tmp_path / SECRET_FILE).read_text() == "c" * 40 + "\n"
