import gzip

import brotli
import pytest
from flask import Flask, Response, request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Accept

from col_core.web import compression
from col_core.web.compression import best_encoding

PAGE = ("<p>Kaj bi rad znal? Ką norėtum išmokti?</p>" * 100).encode()


@pytest.fixture
def app():
    app = Flask("test", static_folder=None)
    compression.install(app)

    @app.get("/page")
    def page():
        response = Response(PAGE, mimetype=request.args.get("type", "text/html"))
        response.set_etag("abc")
        response.make_conditional(request)
        return response

    @app.get("/short")
    def short():
        return "short"

    @app.get("/said")
    def said():
        response = Response(PAGE + request.args["more"].encode(), mimetype="application/json")
        response.headers["Cache-Control"] = request.args["kept"]
        return response

    @app.get("/packed")
    def packed():
        return Response(gzip.compress(PAGE), mimetype="text/html", headers={"Content-Encoding": "gzip"})

    return app


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("br;q=0, *", "gzip"),
        ("*", "br"),
        ("BR", "br"),
        ("deflate", None),
        ("identity, br;q=0.5", None),
        ("gzip;q=0", None),
        ("*;q=0", None),
        ("", None),
    ],
)
def test_a_page_is_packed_as_the_browser_likes_it(client, accepted, encoding):
    answer = client.get("/page", headers={"Accept-Encoding": accepted})
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert unpack(answer.data) == PAGE


@pytest.mark.parametrize(
    ("media_type", "is_packed"),
    [
        ("application/json", True),
        ("application/geo+json", True),
        ("application/problem+json", True),
        ("application/xml", True),
        ("application/rss+xml", True),
        ("text/css", True),
        ("text/calendar", True),
        ("image/webp", False),
        ("application/octet-stream", False),
    ],
)
def test_text_is_packed_and_what_is_packed_already_is_not(client, media_type, is_packed):
    answer = client.get("/page", query_string={"type": media_type}, headers={"Accept-Encoding": "br"})
    assert ("Content-Encoding" in answer.headers) == is_packed


def test_a_packed_page_is_recognised_when_it_is_asked_for_again(client):
    first = client.get("/page", headers={"Accept-Encoding": "br"})
    assert first.headers["ETag"] == 'W/"abc"'
    for accepted in ("br", "gzip", ""):
        asked = {"If-None-Match": first.headers["ETag"], "Accept-Encoding": accepted}
        again = client.get("/page", headers=asked)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Vary"] == "Accept-Encoding"
        assert "Content-Encoding" not in again.headers


def test_a_head_request_says_the_same_as_the_page(client):
    page = client.get("/page", headers={"Accept-Encoding": "br"}).headers
    head = client.head("/page", headers={"Accept-Encoding": "br"}).headers
    assert {name: head[name] for name in ("Content-Length", "Content-Encoding", "ETag")} == {
        name: page[name] for name in ("Content-Length", "Content-Encoding", "ETag")
    }


def test_little_is_sent_as_it_is(client):
    assert "Content-Encoding" not in client.get("/short", headers={"Accept-Encoding": "br"}).headers


def test_nothing_is_packed_twice(client):
    answer = client.get("/packed", headers={"Accept-Encoding": "br, gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == PAGE


@given(st.lists(st.tuples(st.sampled_from(["br", "gzip", "identity", "*", "zstd"]), st.floats(0, 1))))
def test_no_coding_is_chosen_that_the_browser_refuses(accepted):
    chosen = best_encoding(Accept(accepted))
    assert chosen is None or dict(Accept(accepted)).get(chosen, dict(Accept(accepted)).get("*", 0)) > 0


@pytest.mark.parametrize(("kept", "times"), [("public, max-age=60", 1), ("private, no-cache", 3)])
def test_what_is_public_is_packed_once_and_what_is_not_is_not_kept(client, monkeypatch, kept, times):
    packed = []
    monkeypatch.setattr(compression, "_pack", lambda body, encoding: packed.append(body) or gzip.compress(body))
    asked = f"/said?kept={kept}&more={kept}"
    bodies = {client.get(asked, headers={"Accept-Encoding": "gzip"}).data for _ in range(3)}
    assert len(packed) == times
    assert {gzip.decompress(each) for each in bodies} == {PAGE + kept.encode()}


def test_each_packing_and_each_answer_is_kept_by_itself(client):
    def answered(more, encoding):
        return client.get(f"/said?kept=public&more={more}", headers={"Accept-Encoding": encoding}).data

    for _ in range(2):
        assert gzip.decompress(answered("one", "gzip")) == PAGE + b"one"
        assert brotli.decompress(answered("one", "br")) == PAGE + b"one"
        assert brotli.decompress(answered("two", "br")) == PAGE + b"two"
