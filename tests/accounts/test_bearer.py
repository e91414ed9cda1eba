from datetime import timedelta

import pytest
from flask import Flask, request

from col_core.accounts import tokens
from col_core.accounts.bearer import Bearer
from col_core.accounts.records import Scope
from col_core.base.errors import Forbidden, TooManyRequests, Unauthenticated
from col_core.base.ratelimit import DatabaseLimiter

READ, WRITE = Scope.OPPORTUNITIES_READ, Scope.OPPORTUNITIES_WRITE


@pytest.fixture
def bearer(database, clock):
    limiter = DatabaseLimiter(database, clock)
    return Bearer(database, limiter=limiter, clock=clock, city_id="testville", per_minute=3)


@pytest.fixture
def secret(database, clock):
    with database.write() as session:
        expires = clock.now() + timedelta(hours=1)
        return tokens.issue(session, organisation_id="o1", scopes=[READ], clock=clock, expires=expires)[1]


def ask(call, authorization=None):
    headers = {} if authorization is None else {"Authorization": authorization}
    with Flask("test").test_request_context(headers=headers):
        return call(request)


def test_a_good_token_says_whose_it_is(bearer, secret, database):
    token = ask(lambda each: bearer.require(each, READ), f"Bearer {secret}")
    assert token.organisation_id == "o1"
    with database.read() as session:
        assert tokens.find(session, secret).used is not None


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_the_scheme_is_read_in_any_case(bearer, secret, scheme):
    assert ask(bearer.optional, f"{scheme}  {secret}") is not None


@pytest.mark.parametrize("authorization", ["Bearer nonsense", "Bearer", "Bearer ", "Bearer a b c", "Bearer \xff"])
def test_an_unknown_token_is_turned_away_even_where_none_is_needed(bearer, secret, authorization):
    with pytest.raises(Unauthenticated) as caught:
        ask(bearer.optional, authorization)
    assert caught.value.challenge == 'Bearer realm="testville", error="invalid_token"'


@pytest.mark.parametrize("authorization", [None, "", "Basic YTpi"])
def test_who_shows_none_hears_what_is_needed(bearer, authorization):
    assert ask(bearer.optional, authorization) is None
    with pytest.raises(Unauthenticated) as caught:
        ask(lambda each: bearer.require(each, WRITE), authorization)
    assert caught.value.challenge == 'Bearer realm="testville", scope="opportunities:write"'


def test_a_token_that_is_too_narrow_is_forbidden_and_hears_the_scope(bearer, secret):
    with pytest.raises(Forbidden) as caught:
        ask(lambda each: bearer.require(each, WRITE), f"Bearer {secret}")
    assert caught.value.challenge == (
        'Bearer realm="testville", error="insufficient_scope", scope="opportunities:write"'
    )


def test_a_token_that_is_over_opens_nothing(bearer, secret, clock):
    clock.advance(hours=1)
    with pytest.raises(Unauthenticated):
        ask(bearer.optional, f"Bearer {secret}")


def test_a_token_that_comes_too_often_waits(bearer, secret):
    for _ in range(3):
        ask(bearer.optional, f"Bearer {secret}")
    with pytest.raises(TooManyRequests) as caught:
        ask(bearer.optional, f"Bearer {secret}")
    assert 1 <= caught.value.retry_after_s <= 60
