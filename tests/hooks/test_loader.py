import pytest

from col_core.base.errors import FetchError, FetchRefused
from col_core.testing.cities import a_city
from col_core.testing.web_server import web_server


def test_a_plugin_sends_json_and_hears_what_was_answered(tmp_path):
    with web_server() as web:
        city = a_city(tmp_path, allow_hosts=(web.host,))
        url = web.put("/issue", b"{}", status=201, Content_Type="application/json; charset=utf-8")
        answered = city.send(url, {"credential": {"name": "Čaj"}}, {"Idempotency-Key": "7"})
        assert (answered.body, answered.media_type, answered.charset) == (b"{}", "application/json", "utf-8")
        assert answered.address == url
        assert not answered.unchanged
        assert web.bodies == ['{"credential":{"name":"Čaj"}}'.encode()]
        assert web.requests[0][1]["idempotency-key"] == "7"


def test_a_plugin_sends_nothing_into_a_private_network_and_hears_what_is_for_good(tmp_path):
    with web_server() as web:
        url = web.put("/", b"", status=422)
        with pytest.raises(FetchRefused):
            a_city(tmp_path).send(url, {})
        with pytest.raises(FetchError) as caught:
            a_city(tmp_path, allow_hosts=(web.host,)).send(url, {})
        assert caught.value.permanent
