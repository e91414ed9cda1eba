import pytest

from col_core.passport import claims
from col_core.passport.tickets import Tickets


@pytest.mark.parametrize(
    "ticket", ["", ".", "..", "a.b.c", "a.9999999999.", "a.9999999999.x", "a." + "9" * 99 + ".x", "č.1.2"]
)
def test_what_is_no_ticket_opens_nothing(clock, ticket):
    assert Tickets("secret", clock=clock).link_of(ticket) is None


def test_a_ticket_of_another_city_opens_nothing(clock):
    ticket = Tickets("secret", clock=clock).of("link")
    assert Tickets("secret", clock=clock).link_of(ticket) == "link"
    assert Tickets("other", clock=clock).link_of(ticket) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("7kq4-m2xh-9d3w-pz6c", "7KQ4M2XH9D3WPZ6C"),
        ("https://a.example/lt/claim/7KQ4-M2XH-9D3W-PZ6C", "7KQ4M2XH9D3WPZ6C"),
        ("https://a.example/claim/7KQ4-M2XH-9D3W-PZ6C/?utm=1#x", "7KQ4M2XH9D3WPZ6C"),
        ("https://a.example/other", None),
        ("", None),
    ],
)
def test_a_code_is_found_in_what_was_scanned(text, code):
    assert claims.of_text(text) == code
