import pytest

from col_core.badges.checking.service import Checking
from col_core.badges.credentials.records import NotReached, Verdict
from col_core.passport import keeping
from col_core.passport.looking import ASKING_S, Looking
from col_core.passport.tables import HeldRow, HolderRow

FROM_OUTSIDE = {"REMOTE_ADDR": "93.184.216.36"}


class SlowWeb:
    """Issuers who take longer than a page waits, and then do not answer. `elapsed_s` is how long that took so far."""

    def __init__(self):
        self.elapsed_s = 0.0

    def get(self, url, *, accept):
        self.elapsed_s += ASKING_S + 1
        raise NotReached("nobody answers")


@pytest.fixture
def imported(room, phone):
    """Three badges from elsewhere, each of which held when it was imported."""
    giver = room.phone()
    body = giver.get(f"/en/passport/{giver.claim(room.code())}/badge.json").data
    own = phone.claim(room.code(badge="cake"))
    verified = room.city.checking.check(body)
    with room.database.write() as session:
        holder = session.get(HolderRow, session.get(HeldRow, own).holder_id)
        return [
            keeping.bring(
                session,
                body + b" " * number,
                verified,
                picture=None,
                holder=holder,
                clock=room.clock,
            )
            for number in range(3)
        ]


def test_a_page_does_not_wait_for_slow_issuers_one_after_the_other(room, imported):
    web = SlowWeb()
    checking = Checking(documents=web, clock=room.clock)
    looking = Looking(room.database, checking, clock=room.clock, elapsed_s=lambda: web.elapsed_s)
    since = room.clock.now()
    room.clock.advance(minutes=1)
    first, *others = looking.page(imported, may_ask=True)
    assert (first.checked, first.verification.verdict) == (None, Verdict.UNKNOWN)
    assert [(each.checked, each.verification.verdict) for each in others] == [(since, Verdict.VALID)] * 2
    # Who opens it again waits for the next one only.
    assert [each.checked for each in looking.page(imported, may_ask=True)] == [None, None, since]
    assert [each.checked for each in looking.page(imported, may_ask=False)] == [None, None, since]


def test_what_was_not_checked_again_is_over_when_its_time_is(room, imported):
    looking = Looking(room.database, room.city.checking, clock=room.clock)
    room.clock.advance(days=800)
    looked = looking.page(imported, may_ask=False)
    assert [each.verification.verdict for each in looked] == [Verdict.EXPIRED] * 3


def test_opening_pages_counts_as_checking_and_shows_what_is_known_when_that_is_used_up(room, phone, imported):
    share = phone.share(*[each.id for each in imported])
    employer = room.phone()
    for _ in range(room.city.house.config.limits.checks_per_hour):
        employer.client.post("/api/v1/verify", json={"credential": "x"}, environ_overrides=FROM_OUTSIDE)
    assert employer.get(f"/en/p/{share}", environ_overrides=FROM_OUTSIDE).status_code == 200
    assert employer.text.count("answer-valid") == 3
    assert "where another time stands by a badge" in employer.text
    assert room.phone().get(f"/en/p/{share}").status_code == 200
    employer.get(f"/en/p/{share}", environ_overrides=FROM_OUTSIDE)
    assert "Each badge was checked just now" in employer.text
