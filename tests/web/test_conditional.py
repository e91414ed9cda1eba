import pytest
from flask import Blueprint, Flask, Response, request

from col_core.base.errors import TooManyRequests, Unavailable
from col_core.testing.clock import FixedClock
from col_core.web import conditional


class Shop:
    """Says what `stock` holds; counts how often it had to look."""

    def __init__(self):
        self.stock, self.number, self.looks, self.clock = "apples", 1, 0, FixedClock()
        views = Blueprint("shop", __name__)
        conditional.install(views, version=self.version, clock=self.clock)
        views.add_url_rule("/stock", "stock", lambda: self.answer("public, max-age=60"))
        views.add_url_rule("/till", "till", lambda: self.answer("private"))
        app = Flask(__name__)
        app.testing = True
        self.counted, self.most, self.fault = [], 100, None
        conditional.front(app, count=self.count)
        app.after_request(lambda response: (response.headers.add("X-Dressed", "yes"), response)[1])
        app.register_blueprint(views)
        self.client = app.test_client()

    def version(self):
        if self.fault is not None:
            raise self.fault
        return self.number

    def count(self, address):
        self.counted.append(address)
        if len(self.counted) > self.most:
            raise TooManyRequests("Too many.", retry_after_s=1)

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
    assert dict(again.headers) == {name: value for name, value in first.headers if name != "Date"}
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


def test_what_is_kept_went_through_all_that_dresses_an_answer(shop):
    assert shop.client.get("/stock").headers["X-Dressed"] == "yes"
    again = shop.client.get("/stock")
    assert (again.headers.getlist("X-Dressed"), shop.looks) == (["yes"], 1)
    assert "Content-Type" not in shop.ask(again.headers["ETag"]).headers


def test_another_host_or_packing_is_another_answer(shop):
    shop.tag()
    for number, headers in enumerate(({"Host": "elsewhere.example"}, {"Accept-Encoding": "br"}), 2):
        shop.tag(**headers)
        assert shop.looks == number


def test_only_the_head_is_given_to_who_asks_for_it(shop):
    whole = shop.client.get("/stock")
    head = shop.client.head("/stock")
    assert (head.data, shop.looks) == (b"", 1)
    assert head.headers["Content-Length"] == str(len(whole.data))


def test_who_is_given_what_is_kept_counts_and_may_be_turned_away(shop):
    shop.client.get("/stock")
    shop.client.get("/stock", environ_overrides={"REMOTE_ADDR": "198.41.0.4"})
    assert (shop.counted, shop.looks) == (["198.41.0.4"], 1)
    shop.most = 1
    shop.client.get("/stock")
    assert shop.looks == 2  # the application is asked, which says why


def test_an_answer_whose_state_cannot_be_read_is_left_to_the_application(shop):
    tag = shop.tag()
    shop.fault = Unavailable("The database cannot be reached.", retry_after_s=1)
    with pytest.raises(Unavailable):
        shop.ask(tag)


def test_what_is_given_again_does_not_say_when_it_was_made(shop):
    fresh, again = shop.client.get("/stock"), shop.client.get("/stock")
    assert ("Date" in fresh.headers, "Date" in again.headers, shop.looks) == (True, False, 1)


def test_who_asks_only_for_what_it_has_already_is_answered_by_the_application(shop):
    tag = shop.tag()
    refused = shop.client.get("/stock", headers={"If-Match": '"another"'})
    assert (refused.status_code, refused.headers["Cache-Control"]) == (412, "no-store")
    assert shop.client.get("/stock", headers={"If-Match": tag}).status_code == 200
    assert shop.looks == 3


def test_an_address_that_no_one_would_type_is_answered_and_not_kept(shop):
    for looks in (1, 2):
        shop.client.get("/stock", headers={"Accept-Language": "sl," * 1_000})
        assert shop.looks == looks
