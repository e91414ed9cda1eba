"""What a server needs is looked at before it begins; what is wrong is said in a sentence."""

import socket
import subprocess
import sys

import pytest

from col_core.cli.main import main
from col_core.testing.servers import free_port
from col_core.testing.towns import write_town


@pytest.fixture
def taken():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", free_port()))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_port_on_which_something_answers_is_left_to_it(town, taken, capsys):
    assert main(["--city", str(town), "serve", "--port", str(taken)]) == 1
    said = capsys.readouterr().err
    assert said == f"Something answers on port {taken} already. Stop it, or choose another: --port 8080.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--port", "99999"), "99999 is no port: it must be a number from 1 to 65535. Choose one: --port 8080."),
        (("--port", "0"), "0 is no port"),
        (("--host", "localhost"), "localhost is no address to listen on: write the number of one, such as 127.0.0.1"),
        (("--workers", "0"), "--workers: found 0; expected 1 or more."),
    ],
)
def test_what_nobody_can_listen_on_is_wrong_use(town, capsys, words, said):
    assert main(["--city", str(town), "serve", *words]) == 2
    assert capsys.readouterr().err.startswith(said)


@pytest.mark.parametrize("said", ["abc", "0", "65534", "9" * 5000])
def test_a_first_port_that_leaves_no_room_for_a_demonstration_is_named(monkeypatch, capsys, said):
    monkeypatch.setenv("PORT_BASE", said)
    assert main(["demo"]) == 2
    assert capsys.readouterr().err == f"PORT_BASE: found '{said}'; expected a number from 1 to 65533.\n"


def test_a_demonstration_does_not_share_a_port(monkeypatch, taken, capsys):
    monkeypatch.setenv("PORT_BASE", str(taken - 1))
    assert main(["demo"]) == 1
    assert f"Something answers on port {taken} already" in capsys.readouterr().err


@pytest.mark.long
def test_a_city_that_cannot_be_opened_says_why_once_and_ends(town):
    write_town(town, plugins=("lang_en", "csv"))
    command = [sys.executable, "-m", "col_core", "--city", str(town), "serve", "--port", str(free_port())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert done.stdout.count("[city] languages names sl, and no enabled plugin brings it") == 1
    assert "Traceback" not in done.stdout + done.stderr
