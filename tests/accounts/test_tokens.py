from datetime import date, timedelta

import pytest
from sqlalchemy import text

from col_core.accounts import tokens
from col_core.accounts.records import Scope


@pytest.fixture
def issued(database, clock):
    def made(**options):
        with database.write() as session:
            return tokens.issue(
                session, organisation_id="o1", scopes=[Scope.OPPORTUNITIES_READ], clock=clock, **options
            )

    return made


def found(database, secret):
    with database.read() as session:
        return tokens.find(session, secret)


def test_a_token_is_found_by_its_secret_alone(database, issued):
    token, secret = issued(name="Website", under_review=True)
    assert found(database, secret) == token
    assert (token.name, token.under_review, token.scopes) == ("Website", True, {Scope.OPPORTUNITIES_READ})
    assert found(database, secret[:-1]) is None
    assert found(database, "\udc00") is None


def test_the_secret_is_long_and_nowhere_in_the_database(database, issued):
    _, secret = issued()
    with database.read() as session:
        row = session.execute(text("SELECT * FROM api_token")).one()
    assert len(secret) >= 43
    assert not any(secret.removeprefix("col_") in str(each) for each in row)


def test_a_token_ends_with_its_time_or_when_it_is_revoked(database, clock, issued):
    short, _ = issued(expires=clock.now() + timedelta(days=1))
    long, secret = issued()
    clock.advance(days=1)
    assert (short.is_good(clock.now()), long.is_good(clock.now())) == (False, True)
    with database.write() as session:
        assert tokens.revoke(session, long.id, clock=clock)
        assert not tokens.revoke(session, "unknown", clock=clock)
    assert not found(database, secret).is_good(clock.now())


def test_the_day_of_the_last_use_is_noted(database, clock, issued):
    token, secret = issued()
    with database.write() as session:
        tokens.note_use(session, token.id, clock=clock)
    assert found(database, secret).used == date(2026, 1, 7)
