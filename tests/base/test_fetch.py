import gzip
import threading
import time
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from col_core.base.addresses import is_public
from col_core.base.errors import FetchError, FetchRefused
from col_core.base.fetch import HttpClient, shown
from col_core.testing.web_server import WebServer, web_server


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@pytest.fixture
def client(web: WebServer) -> HttpClient:
    return HttpClient(allow_hosts=(web.host,), user_agent="test")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "100.100.100.200", "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.0.192", "198.18.0.1", "240.0.0.1",
        "168.63.129.16", "192.88.99.1", "::1", "::", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1",
        "2001:0:7f00:1::", "2001::ffff:ffff:80ff:fffe", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
        "fec0::1", "ff02::1", "2001:db8::1", "100::1", "2600:1::5efe:10.0.0.1", "5f00::1", "3fff::1", "x", "",
    ],
)  # fmt: skip
def test_an_address_inside_some_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::1"],
)
def test_an_address_of_the_internet_is(address: str) -> None:
    assert is_public(address)


def test_a_page_is_brought_with_what_the_server_says_of_it(web: WebServer, client: HttpClient) -> None:
    url = web.put("/a", "čaj".encode("cp1250"), Content_Type='Text/CSV; charset="windows-1250"', ETag='"1"')
    response = client.get(url, accept="text/csv")
    assert response.body.decode(response.charset or "") == "čaj"
    assert (response.status, response.media_type, response.etag, response.final_url) == (200, "text/csv", '"1"', url)
    assert web.requests[0][1]["user-agent"] == "test"
    assert web.requests[0][1]["accept"] == "text/csv"
    assert web.requests[0][1]["host"] == web.host


def test_an_unchanged_page_costs_no_body(web: WebServer, client: HttpClient) -> None:
    def how(request: BaseHTTPRequestHandler) -> None:
        known = request.headers.get("If-None-Match") == '"1"' or request.headers.get("If-Modified-Since") == "yesterday"
        request.send_response(304 if known else 200)
        request.send_header("Content-Length", "0" if known else "4")
        request.end_headers()
        request.wfile.write(b"" if known else b"body")

    url = web.answer("/", how)
    assert client.get(url).body == b"body"
    assert client.get(url, etag='"1"').unchanged
    assert client.get(url, last_modified="yesterday").unchanged
    assert not client.get(url, etag='"2"').unchanged


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/", "http://2130706433:{port}/",
        "http://0x7f.1:{port}/", "http://127.1:{port}/", "http://0:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/",
        "file:///etc/passwd", "ftp://example.org/", "gopher://x", "//x", "feeds/a.ics", "http://", "javascript:x",
        "http://user:secret@example.org/", "http://[::1/", "",
    ],
)  # fmt: skip
def test_no_address_leads_inside(web: WebServer, url: str) -> None:
    web.put("/", b"secret")
    with pytest.raises(FetchRefused) as caught:
        HttpClient(user_agent="test").get(url.format(port=web.host.partition(":")[2]), deadline_s=5)
    assert caught.value.permanent
    assert "secret" not in str(caught.value)
    assert web.requests == []


def test_only_the_exact_pair_of_host_and_port_is_let_through(web: WebServer) -> None:
    url = web.put("/", b"x")
    port = web.host.partition(":")[2]
    for almost in ("127.0.0.1:1", f"localhost:{port}", f"27.0.0.1:{port}", "127.0.0.1:80"):
        with pytest.raises(FetchRefused):
            HttpClient(allow_hosts=(almost,), user_agent="test").get(url)
    assert (
        HttpClient(allow_hosts=(f"LOCALHOST:{port}",), user_agent="test").get(f"http://localhost:{port}/").body == b"x"
    )


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    client = HttpClient(user_agent="test", resolver=lambda _host, _port: ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(FetchRefused, match=r"example\.org"):
        client.get("http://example.org/")


def test_the_name_is_asked_once_and_the_connection_goes_to_the_answer(web: WebServer) -> None:
    asked = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    port = web.host.partition(":")[2]
    web.put("/", b"x")
    client = HttpClient(allow_hosts=(f"feeds.example.org:{port}",), user_agent="test", resolver=resolver)
    assert client.get(f"http://feeds.example.org:{port}/").body == b"x"
    assert asked == ["feeds.example.org"]
    assert web.requests[0][1]["host"] == f"feeds.example.org:{port}"


def test_a_redirect_is_followed_and_checked_at_each_hop(web: WebServer, client: HttpClient) -> None:
    target = web.put("/there/end", b"x")
    first = web.put("/a", b"", status=302, Location="/there/b")
    web.put("/there/b", b"", status=308, Location="end")
    assert client.get(first).final_url == target
    inside = web.put("/c", b"", status=301, Location="http://[::1]:22/")
    with pytest.raises(FetchRefused, match=r"/c leads elsewhere: ::1 lies in a private network"):
        client.get(inside)
    elsewhere = web.put("/d", b"", status=307, Location="file:///etc/passwd")
    with pytest.raises(FetchRefused):
        client.get(elsewhere)


def test_a_server_that_is_not_there_is_told_in_words() -> None:
    client = HttpClient(allow_hosts=("127.0.0.1:1",), user_agent="test")
    with pytest.raises(FetchError, match=r"^http://127\.0\.0\.1:1/ could not be read: Connection refused\.$"):
        client.get("http://127.0.0.1:1/")


def test_five_hops_are_followed_and_no_more(web: WebServer, client: HttpClient) -> None:
    for number in range(1, 8):
        web.put(f"/{number}", b"", status=302, Location=f"/{number - 1}")
    web.put("/0", b"end")
    assert client.get(web.url("/5")).body == b"end"
    with pytest.raises(FetchRefused, match="5 redirects"):
        client.get(web.url("/6"))


@pytest.mark.parametrize(
    ("coding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("Deflate", lambda b: zlib.compress(b)[2:-4])],
)
def test_packed_answers_are_unpacked(web: WebServer, client: HttpClient, coding: str, pack: object) -> None:
    assert callable(pack)
    url = web.put("/", pack(b"kava " * 1000), Content_Encoding=coding)
    assert client.get(url, max_bytes=5000).body == b"kava " * 1000
    with pytest.raises(FetchError, match="larger"):
        client.get(url, max_bytes=4999)


def test_two_gzip_members_are_one_answer(web: WebServer, client: HttpClient) -> None:
    url = web.put("/", gzip.compress(b"a") + gzip.compress(b"b"), Content_Encoding="gzip")
    assert client.get(url).body == b"ab"


def test_a_gigabyte_of_zeros_in_a_megabyte_is_stopped_early(web: WebServer, client: HttpClient) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(1000)) + packer.flush()
    url = web.put("/", bomb, Content_Encoding="gzip")
    # Time at work, which does not grow where others work beside it; a thousand times as much would take longer.
    begun = time.process_time()
    with pytest.raises(FetchError, match="larger"):
        client.get(url, max_bytes=1_000_000)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip"])
def test_a_coding_that_was_not_asked_for_is_refused(web: WebServer, client: HttpClient, coding: str) -> None:
    with pytest.raises(FetchError, match="not asked for"):
        client.get(web.put("/", b"x", Content_Encoding=coding))


def test_what_is_said_to_be_too_large_is_not_even_begun(web: WebServer, client: HttpClient) -> None:
    def how(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(10**13))
        request.end_headers()

    with pytest.raises(FetchError, match="larger"):
        client.get(web.answer("/", how), max_bytes=1000)


def test_an_endless_answer_is_cut(web: WebServer, client: HttpClient) -> None:
    def how(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while True:
            request.wfile.write(bytes(65_536))

    with pytest.raises(FetchError, match="larger"):
        client.get(web.answer("/", how), max_bytes=1_000_000)


@pytest.mark.parametrize("where", ["before", "head", "body"])
def test_a_server_that_drips_is_left_at_the_deadline(web: WebServer, client: HttpClient, where: str) -> None:
    is_left = threading.Event()

    def how(request: BaseHTTPRequestHandler) -> None:
        if where == "before":
            is_left.wait(60)
        if where == "head":
            request.wfile.write(b"HTTP/1.0 200 OK\r\nX-A: ")
        else:
            request.send_response(200)
            request.end_headers()
        for _ in range(600):
            if is_left.wait(0.1):
                return
            request.wfile.write(b"a")
            request.wfile.flush()

    url = web.answer("/", how)
    with pytest.raises(FetchError, match="within the time"):
        client.get(url, deadline_s=0.5)
    is_left.set()


def test_a_resolver_that_hangs_is_left_at_the_deadline() -> None:
    is_left = threading.Event()

    def resolver(host: str, port: int) -> list[str]:
        assert is_left.wait(60)
        return []

    with pytest.raises(FetchError, match="within the time"):
        HttpClient(user_agent="test", resolver=resolver).get("http://example.org/", deadline_s=0.2)
    is_left.set()


def test_an_answer_that_breaks_off_is_an_error(web: WebServer, client: HttpClient) -> None:
    def how(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b"half")
        request.close_connection = True

    with pytest.raises(FetchError):
        client.get(web.answer("/", how))
    packed = gzip.compress(b"kava" * 1000)[:-10]
    with pytest.raises(FetchError, match="broke off"):
        client.get(web.put("/gz", packed, Content_Encoding="gzip"))
    with pytest.raises(FetchError, match="unpacked"):
        client.get(web.put("/no", b"<html>", Content_Encoding="gzip"))


@pytest.mark.parametrize("status", [202, 206, 302, 304, 403, 404, 410, 429, 500, 503])
def test_any_other_status_is_an_error(web: WebServer, client: HttpClient, status: int) -> None:
    with pytest.raises(FetchError, match=str(status)) as caught:
        client.get(web.put("/", b"", status=status))
    assert caught.value.permanent is (status in (403, 404, 410))
    assert not isinstance(caught.value, FetchRefused)


def test_what_is_not_http_is_an_error(web: WebServer, client: HttpClient) -> None:
    def how(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n")
        request.close_connection = True

    with pytest.raises(FetchError):
        client.get(web.answer("/", how))
    with pytest.raises(FetchError):
        client.get("https" + web.url("/").removeprefix("http"))


def test_a_proxy_in_the_environment_is_not_used(
    web: WebServer, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert client.get(web.put("/", b"x")).body == b"x"


def test_messages_show_an_address_without_its_secrets() -> None:
    assert shown("https://user:pass@example.org/a?token=1#x") == "https://example.org/a"


def test_what_is_sent_arrives_as_json_with_its_headers(web: WebServer, client: HttpClient) -> None:
    url = web.put("/issue", b'{"done":true}', status=201, Content_Type="application/json")
    response = client.post(url, {"name": "Čaj", "n": 1}, headers={"Authorization": "Bearer abc"})
    assert (response.status, response.body, response.media_type) == (201, b'{"done":true}', "application/json")
    assert web.bodies == ['{"name":"Čaj","n":1}'.encode()]
    sent = web.requests[0][1]
    assert sent["content-type"] == "application/json"
    assert sent["authorization"] == "Bearer abc"
    assert (sent["host"], sent["accept"]) == (web.host, "application/json")


@pytest.mark.parametrize("status", [200, 201, 202, 204, 207])
def test_any_status_that_says_done_is_taken_for_what_was_sent(web: WebServer, client: HttpClient, status: int) -> None:
    assert client.post(web.put("/", b"", status=status), {}).status == status


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 304, 400, 401, 404, 408, 409, 422, 429, 500, 502, 503])
def test_any_other_status_is_an_error_that_says_whether_to_try_again(
    web: WebServer, client: HttpClient, status: int
) -> None:
    web.put("/there", b"{}")
    with pytest.raises(FetchError, match=str(status)) as caught:
        client.post(web.put("/", b"", status=status, Location="/there"), {})
    assert caught.value.permanent is (status not in (304, 408, 429, 500, 502, 503))
    assert caught.value.answered == status
    assert [path for path, _ in web.requests] == ["/"], "what is sent follows nobody elsewhere"


def test_the_other_side_s_own_reason_is_told_on_one_line(web: WebServer, client: HttpClient) -> None:
    problem = b'{"title":"Bad Request","detail":"The issuer\\n<b>is not</b> known."}'
    with pytest.raises(FetchError, match=r"status 400: The issuer is not known\.$"):
        client.post(web.put("/a", problem, status=400, Content_Type="application/problem+json"), {})
    for said in (b'["no"]', b"{", b'{"detail":7}', b'{"detail":"' + b"x" * 30_000 + b'"}', b"[" * 20_000):
        with pytest.raises(FetchError, match=r"status 400\.$"):
            client.post(web.put("/b", said, status=400, Content_Type="application/json"), {})


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "http://10.0.0.1/", "file:///etc/passwd", "http://a:b@c/"])
def test_nothing_is_sent_inside(web: WebServer, url: str) -> None:
    web.put("/", b"{}")
    with pytest.raises(FetchRefused):
        HttpClient(user_agent="test").post(url.format(port=web.host.partition(":")[2]), {}, deadline_s=5)
    assert web.requests == []


@pytest.mark.parametrize("value", ["a\r\nX-Other: 1", "tajno\x00", "ključ", " space", "tab\t"])
def test_a_header_that_is_none_is_refused_without_telling_it(web: WebServer, client: HttpClient, value: str) -> None:
    with pytest.raises(FetchRefused, match="Authorization") as caught:
        client.post(web.put("/", b"{}"), {}, headers={"Authorization": value})
    assert value not in str(caught.value)
    with pytest.raises(FetchRefused):
        client.post(web.url("/"), {}, headers={"X\r\nY": "1"})
    assert web.requests == []


def test_a_slow_or_endless_answer_to_what_was_sent_is_left(web: WebServer, client: HttpClient) -> None:
    is_left = threading.Event()

    def slow(request: BaseHTTPRequestHandler) -> None:
        is_left.wait(60)

    with pytest.raises(FetchError, match="within the time") as caught:
        client.post(web.answer("/", slow), {}, deadline_s=0.3)
    is_left.set()
    assert not caught.value.permanent
    with pytest.raises(FetchError, match="larger"):
        client.post(web.put("/big", b"x" * 1001), {}, max_bytes=1000)


def test_what_is_sent_along_goes_to_the_host_that_was_asked_and_to_no_other(web: WebServer, client: HttpClient) -> None:
    web.put("/end", b"x")
    here = web.put("/here", b"", status=302, Location="/end")
    port = web.host.partition(":")[2]
    elsewhere = web.put("/elsewhere", b"", status=302, Location=f"http://localhost:{port}/end")
    both = HttpClient(allow_hosts=(web.host, f"localhost:{port}"), user_agent="test")
    for url in (here, elsewhere):
        both.get(url, headers={"Authorization": "Bearer abc"})
    told = [(path, headers.get("authorization")) for path, headers in web.requests]
    assert told == [("/here", "Bearer abc"), ("/end", "Bearer abc"), ("/elsewhere", "Bearer abc"), ("/end", None)]
    with pytest.raises(FetchRefused):
        client.get(here, headers={"Authorization": "a\nb"})


def test_what_is_sent_as_it_is_brings_back_whatever_was_answered(web: WebServer, client: HttpClient) -> None:
    url = web.put("/inbox", b"later", status=503, Retry_After="7")
    answer = client.send(url, b"\x00as it is", headers={"Content-Type": "application/activity+json"})
    assert (answer.status, answer.headers["retry-after"], answer.body) == (503, "7", b"later")
    assert web.bodies == [b"\x00as it is"]
    assert web.requests[0][1]["content-type"] == "application/activity+json"
    web.put("/inbox", b"x" * 30_000)
    assert client.send(url, b"", headers={}).body == b""


def test_nothing_is_sent_as_it_is_to_where_the_guard_says_no(client: HttpClient) -> None:
    with pytest.raises(FetchRefused):
        client.send("http://127.0.0.1:9/", b"", headers={})
