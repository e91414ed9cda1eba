"""Answers of the API that are given again: as they went out, and past nothing that every answer goes through."""

import pytest

from col_core.app import create_app

OFFERS = "/api/v1/opportunities?per_page=100"
NEVER_THE_SAME = {"X-Request-ID", "Date"}


@pytest.fixture
def client(medina):
    return create_app(medina).test_client()


@pytest.fixture
def works(client):
    """One entry for each request that Flask heard of."""
    heard = []
    client.application.before_request(lambda: heard.append(1) and None)
    return heard


def headers(response):
    return {name: value for name, value in response.headers if name not in NEVER_THE_SAME}


@pytest.mark.parametrize(
    "path", [OFFERS, "/api/v1/organisations", "/feeds/opportunities.rss", "/api/v1/map/0/0/0.json"]
)
@pytest.mark.parametrize("packing", ["", "br", "gzip"])
def test_what_is_given_again_is_what_went_out(client, works, path, packing):
    asked = {"Accept-Encoding": packing}
    first = client.get(path, headers=asked)
    again = client.get(path, headers=asked)
    assert len(works) == 1
    assert (again.status_code, again.data) == (200, first.data)
    assert headers(again) == headers(first)
    assert {"Content-Security-Policy", "X-Content-Type-Options", "ETag", "Vary"} <= set(headers(again))
    assert first.headers["X-Request-ID"] != again.headers["X-Request-ID"]


def test_another_host_a_token_and_another_method_reach_the_application(client, works):
    client.get(OFFERS)
    assert client.get(OFFERS, headers={"Host": "elsewhere.example"}).status_code == 421
    assert client.get(OFFERS, headers={"Authorization": "Bearer none"}).status_code == 401
    assert client.post(OFFERS).status_code in (401, 415)
    assert len(works) >= 2
