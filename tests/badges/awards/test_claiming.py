import threading
from datetime import timedelta

import pytest

from col_core.badges.awards import claiming, ending, funnel, links, store
from col_core.badges.awards.claiming import Refusal
from col_core.badges.awards.codes import SCREEN_STEP_S
from col_core.badges.awards.records import Award, AwardState, LinkKind
from col_core.base.errors import InvalidInput


def claim(desk, code, holder="h1"):
    with desk.database.write() as session:
        found = claiming.look(session, code, known=desk.office.codes, clock=desk.clock)
        if isinstance(found, Refusal):
            return found
        return claiming.claim(session, found, holder_id=holder, issuing=desk.office.issuing, clock=desk.clock)


def a_link(desk, *, kind=LinkKind.OPEN, most=3, hours=2):
    with desk.database.write() as session:
        return links.make(
            session,
            desk.achievement,
            kind=kind,
            issuer="city",
            language="sl",
            most=most,
            expires=desk.clock.now() + timedelta(hours=hours),
            narrative="Bili smo na čaju.",
            known=desk.office.codes,
            clock=desk.clock,
        )


def at_once(number, work):
    done = []
    threads = [threading.Thread(target=lambda n=n: done.append(work(n))) for n in range(number)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return done


def test_a_code_claims_its_badge_and_forgets_for_whom_it_was(desk):
    award, code = desk.one(email="ana@example.org", name="Ana")
    claimed = claim(desk, code)
    assert (claimed.id, claimed.state) == (award.id, AwardState.CLAIMED)
    assert (claimed.email, claimed.name) == (None, None)
    assert claim(desk, code, holder="h2") is Refusal.USED


def test_looking_at_what_a_code_opens_claims_nothing(desk):
    award, code = desk.one()
    with desk.database.read() as session:
        for _ in range(3):
            assert claiming.look(session, code, known=desk.office.codes, clock=desk.clock).award.id == award.id


def test_of_fifty_who_claim_one_badge_at_once_one_gets_it(desk):
    _, code = desk.one()
    came = at_once(50, lambda n: claim(desk, code, holder=f"h{n}"))
    assert sum(isinstance(each, Award) for each in came) == 1
    assert came.count(Refusal.USED) == 49


def test_of_fifty_who_claim_by_a_link_at_once_as_many_get_one_as_it_is_for(desk):
    link = a_link(desk, most=10)
    code = desk.office.codes.of_link(link.id)
    came = at_once(50, lambda n: claim(desk, code, holder=f"h{n}"))
    assert sum(isinstance(each, Award) for each in came) == 10
    with desk.database.read() as session:
        assert funnel.funnels(session)[0].issued == 10


def test_by_a_link_each_holder_gets_one_badge(desk):
    code = desk.office.codes.of_link(a_link(desk).id)
    first, again = claim(desk, code, "h1"), claim(desk, code, "h1")
    assert first.id == again.id
    assert claim(desk, code, "h2").id != first.id
    assert first.narrative == "Bili smo na čaju."


def test_a_link_that_is_over_says_why(desk):
    link = a_link(desk, most=1)
    code = desk.office.codes.of_link(link.id)
    claim(desk, code, "h1")
    assert claim(desk, code, "h2") is Refusal.FULL
    other = desk.office.codes.of_link(a_link(desk, hours=1).id)
    desk.clock.advance(hours=1)
    assert claim(desk, other) is Refusal.EXPIRED
    assert claim(desk, "0" * 16) is Refusal.UNKNOWN


def test_a_closed_link_opens_nothing(desk):
    link = a_link(desk)
    with desk.database.write() as session:
        links.close(session, link.id, clock=desk.clock)
    assert claim(desk, desk.office.codes.of_link(link.id)) is Refusal.EXPIRED


def test_the_code_on_a_screen_changes_and_what_was_photographed_is_soon_worth_nothing(desk):
    link = a_link(desk, kind=LinkKind.SCREEN)
    shown = desk.office.codes.on_screen(link.id, desk.clock.now())
    desk.clock.advance(seconds=SCREEN_STEP_S)
    assert desk.office.codes.on_screen(link.id, desk.clock.now()) != shown
    assert isinstance(claim(desk, shown), Award)
    desk.clock.advance(seconds=3 * SCREEN_STEP_S)
    assert claim(desk, shown, "h2") is Refusal.UNKNOWN
    # The address of the screen itself claims nothing.
    assert claim(desk, desk.office.codes.of_link(link.id)) is Refusal.UNKNOWN


@pytest.mark.parametrize(("most", "hours"), [(0, 1), (10_001, 1), (1, 0), (1, 24 * 400)])
def test_a_link_has_bounds(desk, most, hours):
    with pytest.raises(InvalidInput):
        a_link(desk, most=most, hours=hours)


def test_a_badge_that_was_called_back_cannot_be_claimed(desk):
    award, code = desk.one(email="ana@example.org")
    with desk.database.write() as session:
        ending.recall(session, award.id, clock=desk.clock)
    assert claim(desk, code) is Refusal.UNKNOWN


def test_who_does_not_want_a_badge_leaves_nothing_but_its_id(desk):
    award, code = desk.one(email="ana@example.org", name="Ana", narrative="Pridna.")
    with desk.database.write() as session:
        ending.decline(session, award.id, clock=desk.clock)
    with desk.database.read() as session:
        left = store.get(session, award.id)
        assert store.documents(session, award.id) == []
    assert (left.state, left.name, left.email, left.narrative) == (AwardState.DECLINED, None, None, None)
    assert claim(desk, code) is Refusal.UNKNOWN
