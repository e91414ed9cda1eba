import pytest

from col_core.app import create_app
from col_core.base.config import load_city
from col_core.house import open_city
from col_core.testing.towns import write_town

# Addresses of the root servers' operators stand for visitors: those of examples are not global.
VISITOR, OTHER, HOUSEHOLD = "198.41.0.4", "199.9.14.201", "2001:503:ba3e::2:30"
LIMITS = "[limits]\nreads_per_minute = 10\n[serve]\nproxies = %s\n"


@pytest.fixture
def open_client(tmp_path, clock):
    def opened(proxies):
        folder = write_town(tmp_path / "town", more=LIMITS % proxies)
        return open_city(load_city(folder, environ={"COL_VAR": str(tmp_path / "var")}), clock=clock)

    return opened


def asked(client, count, path="/api/v1/organisations", **environ):
    return [client.get(path, environ_overrides=environ).status_code for _ in range(count)]


def test_an_address_that_asks_too_often_waits_and_others_do_not(open_client, clock):
    with open_client(0) as city:
        client = create_app(city).test_client()
        assert asked(client, 11, REMOTE_ADDR=VISITOR) == [200] * 10 + [429]
        refused = client.get("/sl/opportunities", environ_overrides={"REMOTE_ADDR": VISITOR})
        assert (refused.status_code, refused.mimetype) == (429, "text/html")
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert asked(client, 1, REMOTE_ADDR=OTHER) == [200]
        assert asked(client, 1, path="/healthz", REMOTE_ADDR=VISITOR) == [200]
        clock.advance(seconds=60)
        assert asked(client, 1, REMOTE_ADDR=VISITOR) == [200]


def test_the_addresses_of_one_household_count_together(open_client):
    with open_client(0) as city:
        client = create_app(city).test_client()
        assert asked(client, 10, REMOTE_ADDR=HOUSEHOLD) == [200] * 10
        assert asked(client, 1, REMOTE_ADDR=HOUSEHOLD.replace("2:30", "7")) == [429]


def test_visitors_of_one_machine_or_behind_a_proxy_that_is_not_named_are_not_one_visitor(open_client):
    with open_client(0) as city:
        client = create_app(city).test_client()
        assert set(asked(client, 15, REMOTE_ADDR="127.0.0.1") + asked(client, 15, REMOTE_ADDR="10.0.0.7")) == {200}


def test_what_nobody_vouches_for_does_not_hide_an_address(open_client):
    with open_client(0) as city:
        client = create_app(city).test_client()
        given = [
            client.get(
                "/api/v1/organisations",
                environ_overrides={"REMOTE_ADDR": VISITOR},
                headers={"X-Forwarded-For": f"199.9.14.{number}"},
            ).status_code
            for number in range(11)
        ]
    assert given == [200] * 10 + [429]


def test_behind_a_proxy_that_is_named_each_visitor_counts_for_themselves(open_client):
    with open_client(1) as city:
        client = create_app(city).test_client()

        def through_proxy(forwarded, count):
            return [
                client.get("/api/v1/organisations", headers={"X-Forwarded-For": forwarded}).status_code
                for _ in range(count)
            ]

        assert through_proxy(VISITOR, 11) == [200] * 10 + [429]
        assert through_proxy(OTHER, 1) == [200]
        assert through_proxy(f"{OTHER}, {VISITOR}", 1) == [429], "what the visitor wrote in front is not believed"
