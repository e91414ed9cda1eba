import pytest
from flask import Blueprint, Flask, Response, request

from col_core.testing.clock import FixedClock
from col_core.web import conditional


class Shop:
    """Says what `stock` holds; counts how often it had to look."""

    def __init__(self):
        self.stock, self.number, self.looks, self.clock = "apples", 1, 0, FixedClock()
        views = Blueprint("shop", __name__)
        conditional.install(views, version=lambda: self.number, clock=self.clock)
        views.add_url_rule("/stock", "stock", lambda: self.answer("public, max-age=60"))
        views.add_url_rule("/till", "till", lambda: self.answer("private"))
        app = Flask(__name__)
        app.register_blueprint(views)
        self.client = app.test_client()

    def answer(self, kept):
        self.looks += 1
        response = Response(f"{self.stock} {request.accept_languages.best or ''}")
        response.headers["Cache-Control"] = kept
        response.add_etag()
        response.make_conditional(request)
        return response

    def tag(self, path="/stock", **headers):
        return self.client.get(path, headers=headers).headers["ETag"]

    def ask(self, tag, path="/stock", **headers):
        return self.client.get(path, headers={"If-None-Match": tag, **headers})


@pytest.fixture
def shop():
    return Shop()


def test_what_did_not_change_is_not_made_a_second_time(shop):
    first = shop.client.get("/stock")
    again = shop.client.get("/stock")
    assert (again.status_code, again.data, shop.looks) == (200, first.data, 1)
    assert dict(again.headers) == dict(first.headers)
    known = shop.ask(first.headers["ETag"])
    assert (known.status_code, known.data, shop.looks) == (304, b"", 1)
    assert known.headers["Cache-Control"] == "public, max-age=60"
    assert known.headers["ETag"]
    assert shop.client.head("/stock").headers["Content-Length"] == first.headers["Content-Length"]


def test_what_was_only_confirmed_is_made_for_who_does_not_have_it(shop):
    tag = shop.tag()
    shop.number = 2
    assert [shop.ask(tag).status_code, shop.looks] == [304, 2]
    assert [shop.client.get("/stock").data[:6], shop.looks] == [b"apples", 3]
    assert [shop.client.get("/stock").data[:6], shop.looks] == [b"apples", 3]


def test_a_weak_tag_of_the_same_answer_is_enough(shop):
    tag = shop.tag()
    assert shop.ask(f'"other", W/{tag}').status_code == 304
    assert shop.looks == 1


def test_a_change_that_touches_the_answer_is_told(shop):
    tag = shop.tag()
    shop.stock, shop.number = "pears", 2
    assert shop.ask(tag).status_code == 200


def test_a_change_that_leaves_the_answer_costs_one_look(shop):
    tag = shop.tag()
    shop.ask(tag)
    shop.number = 2
    assert [shop.ask(tag).status_code, shop.looks] == [304, 2]
    assert [shop.ask(tag).status_code, shop.looks] == [304, 2]


def test_time_alone_makes_it_look_again(shop):
    tag = shop.tag()
    shop.ask(tag)
    shop.clock.advance(minutes=1)
    assert shop.ask(tag).status_code == 304
    assert shop.looks == 2


def test_another_address_or_language_is_another_answer(shop):
    tag = shop.tag()
    shop.ask(tag)
    assert shop.ask(tag, "/stock?page=2").status_code == 304
    assert shop.looks == 2
    assert shop.ask(tag, **{"Accept-Language": "sl"}).status_code == 200


def test_what_is_for_one_person_is_not_kept(shop):
    tag = shop.tag("/till")
    for looks in (2, 3):
        assert shop.ask(tag, "/till").status_code == 304
        assert shop.looks == looks


def test_who_shows_a_token_is_always_answered_afresh(shop):
    assert shop.ask(shop.tag(), Authorization="Bearer x").status_code == 304
    assert shop.looks == 2
