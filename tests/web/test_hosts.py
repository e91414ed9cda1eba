import pytest

from col_core.app import create_app
from col_core.base.config import load_city
from col_core.house import open_city
from col_core.testing.towns import write_town


@pytest.fixture
def client(tmp_path, clock):
    folder = write_town(tmp_path / "town", more='[serve]\nhosts = ["www.testville.example"]\n')
    with open_city(load_city(folder, environ={"COL_VAR": str(tmp_path / "var")}), clock=clock) as city:
        yield create_app(city).test_client()


@pytest.mark.parametrize(
    "host",
    ["testville.example", "TESTVILLE.example", "testville.example:443", "www.testville.example", "localhost:8001",
     "127.0.0.1", "[::1]:9000"],
)  # fmt: skip
def test_the_city_answers_for_its_own_hosts(client, host):
    assert client.get("/api/v1/organisations", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "testville.example.evil.example", "testville.example:8080", "localhost.evil.example", "",
     "testville.example@evil.example", "127.0.0.1.evil.example:80"],
)  # fmt: skip
def test_a_request_for_another_host_is_turned_away_and_the_name_stands_nowhere(client, host):
    for path in ("/api/v1/organisations", "/sl/", "/", "/sl/opportunities/"):
        answer = client.get(path, headers={"Host": host, "X-Forwarded-Host": "evil.example"})
        assert answer.status_code in (400, 421)
        assert "evil" not in answer.text + str(answer.headers)
    assert client.get("/sl/", headers={"Host": host}).mimetype == "text/html"
    assert client.get("/api/v1/organisations", headers={"Host": host}).mimetype == "application/problem+json"


def test_what_a_proxy_says_of_the_host_changes_no_link(client):
    answer = client.get("/sl/", headers={"Host": "testville.example", "X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 200
    assert "evil.example" not in answer.text
    assert "https://testville.example/sl/" in answer.text


def test_those_who_look_after_the_server_may_ask_by_any_name(client):
    assert client.get("/healthz", headers={"Host": "10.1.2.3:8001"}).status_code == 200
