import httpx
import pytest

from col_core.testing.web_server import web_server
from col_core.testing.wires import Fault, wire

BODY = b"x" * 20_000


@pytest.fixture
def laid():
    with web_server() as server, wire(int(server.host.partition(":")[2])) as made:
        server.put("/page", BODY)
        yield made


def ask(made, timeout=5):
    return httpx.get(f"{made.url}/page", timeout=timeout).content


def test_a_whole_wire_carries_everything(laid):
    assert ask(laid) == BODY
    assert laid.passed > len(BODY)


def test_a_cut_wire_carries_nothing_until_it_is_healed(laid):
    laid.suffer(Fault.CUT)
    with pytest.raises(httpx.TransportError):
        ask(laid)
    laid.heal()
    assert ask(laid) == BODY


def test_a_hanging_wire_takes_and_never_gives(laid):
    laid.suffer(Fault.HANGING)
    with pytest.raises(httpx.TimeoutException):
        ask(laid, timeout=0.3)


def test_a_lossy_wire_breaks_some(laid):
    laid.suffer(Fault.LOSSY)
    broken = 0
    for _ in range(40):
        try:
            assert ask(laid) == BODY
        except httpx.TransportError:
            broken += 1
    assert 5 < broken < 35


def test_a_slow_wire_gives_in_drops(laid):
    laid.suffer(Fault.SLOW)
    with pytest.raises(httpx.ReadTimeout), httpx.stream("GET", f"{laid.url}/page", timeout=0.01) as answer:
        answer.read()
    laid.heal()
    assert ask(laid) == BODY


def test_nobody_behind_it_is_as_a_cut(laid):
    with wire() as nowhere, pytest.raises(httpx.TransportError):
        ask(nowhere)
