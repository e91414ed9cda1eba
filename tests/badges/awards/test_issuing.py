import json
import threading

import pytest
from sqlalchemy import select

from col_core.badges.awards import claiming, codes, ending, funnel, store
from col_core.badges.awards.issuing import CHUNK, MAIL_JOB
from col_core.badges.awards.records import AwardState, GivenStatus, Order, Recipient
from col_core.badges.awards.tables import AwardRunRow
from col_core.base.errors import Conflict, Forbidden, InvalidInput, NotFound
from col_core.base.outbox import OutboxRow

ANA, BOR = Recipient(email="ana@example.org", narrative="Skuhala je tri čaje."), Recipient(name="Bor")
ISSUED, ALREADY = GivenStatus.ISSUED, GivenStatus.ALREADY


def statuses(given):
    return [each.status for each in given]


def test_everybody_on_a_list_gets_a_signed_badge_with_a_code_of_its_own(desk):
    ana, bor = desk.order(ANA, BOR)
    assert statuses([ana, bor]) == [ISSUED, ISSUED]
    assert ana.code != bor.code
    with desk.database.read() as session:
        (document,) = store.documents(session, ana.award.id)
    said = json.loads(document.body)
    assert said["id"] == f"https://testville.example/credentials/{ana.award.id}"
    assert said["issuer"]["id"] == "did:web:testville.example"
    assert said["credentialSubject"]["id"] == ana.award.recipient_id
    assert "ana@" not in document.body.decode()
    assert {each["type"] for each in said["credentialStatus"]} == {"BitstringStatusListEntry", "1EdTechRevocationList"}
    assert said["validUntil"].startswith("2028-01-07")


def test_the_same_list_again_gives_none_twice_and_shows_the_same_codes(desk):
    first = desk.order(ANA, BOR, Recipient())
    again = desk.order(ANA, BOR, Recipient())
    assert statuses(again) == [ALREADY] * 3
    assert [each.code for each in again] == [each.code for each in first]
    assert [each.award.id for each in again] == [each.award.id for each in first]


def test_an_address_gets_an_achievement_once_whatever_else_is_on_the_list(desk):
    desk.order(ANA, BOR)
    again = desk.order(Recipient(email="ANA@example.org"), Recipient(name="Cene"))
    assert statuses(again) == [ALREADY, ISSUED]


def test_another_occasion_gives_another_badge_and_the_same_one_does_not(desk):
    summer = desk.order(ANA, BOR, occasion="2026 poletje")
    winter = desk.order(ANA, BOR, occasion="2026 zima")
    grown = desk.order(BOR, Recipient(name="Cene"), ANA, occasion="2026 poletje")
    assert statuses(summer) == statuses(winter) == [ISSUED, ISSUED]
    assert statuses(grown) == [ALREADY, ISSUED, ALREADY]


def test_two_of_one_name_on_a_list_are_two_people_and_one_address_twice_is_one(desk):
    given = desk.order(BOR, BOR, ANA, ANA, occasion="tabor")
    assert statuses(given) == [ISSUED, ISSUED, ISSUED, ALREADY]
    assert given[3].award.id == given[2].award.id


def test_who_carries_an_order_on_takes_the_next_rows_from_where_it_stands(desk):
    people = [Recipient(name=f"{number}") for number in range(2 * CHUNK + 1)]
    run = desk.order(*people, run=False)
    assert desk.office.issuing.advance(run.id).done == CHUNK
    # Whoever took it first is gone; a worker goes on.
    desk.city.worker().drain(rounds=50)
    run = desk.office.issuing.run(run.id)
    assert (run.done, run.finished is not None) == (2 * CHUNK + 1, True)
    given = desk.office.issuing.given(run.id)
    assert statuses(given) == [ISSUED] * len(people)
    assert len({(each.award.place.list_id, each.award.place.index) for each in given}) == len(people)
    assert desk.office.issuing.advance(run.id) == run


def test_several_who_carry_on_one_order_at_once_issue_none_twice(desk):
    run = desk.order(*[Recipient(name=f"{number}") for number in range(3 * CHUNK)], run=False)

    def carry_on():
        while desk.office.issuing.advance(run.id).finished is None:
            pass

    hands = [threading.Thread(target=carry_on) for _ in range(4)]
    for each in hands:
        each.start()
    for each in hands:
        each.join(60)
    with desk.database.read() as session:
        (found,) = funnel.funnels(session)
    assert found.issued == 3 * CHUNK


def test_claim_links_are_mailed_to_those_with_an_address_and_once(desk):
    desk.order(ANA, BOR, mails=True)
    desk.order(ANA, BOR, mails=True)
    with desk.database.read() as session:
        waiting = session.scalars(select(OutboxRow).where(OutboxRow.job == MAIL_JOB)).all()
    assert len(waiting) == 1


def test_when_an_order_is_done_it_names_only_those_who_have_not_claimed(desk):
    begun = desk.order(ANA, Recipient(email="bor@example.org"), run=False)
    desk.office.issuing.advance(begun.id)
    ana, bor = desk.office.issuing.given(begun.id)
    assert (ana.recipient.email, bor.recipient.email) == ("ana@example.org", "bor@example.org")
    with desk.database.write() as session:
        offered = claiming.look(session, ana.code, known=desk.office.codes, clock=desk.clock)
        claiming.claim(session, offered, holder_id="h", issuing=desk.office.issuing, clock=desk.clock)
        assert session.scalars(select(AwardRunRow.rows)).all() == ["[]"]
    ana, bor = desk.office.issuing.given(begun.id)
    assert (ana.recipient.email, ana.recipient.narrative, bor.recipient.email) == (None, None, "bor@example.org")


def test_an_order_that_cannot_be_used_issues_nothing(desk):
    issuing = desk.office.issuing
    with pytest.raises(NotFound, match="no badge 'coffee'"):
        issuing.order(Order(achievement_id="coffee", recipients=[ANA], language="sl"))
    with pytest.raises(InvalidInput, match="names nobody"):
        issuing.order(Order(achievement_id="tea", recipients=[], language="sl"))
    with pytest.raises(InvalidInput, match="no language of this city"):
        issuing.order(Order(achievement_id="tea", recipients=[ANA], language="lt"))
    with pytest.raises(Forbidden, match="another organisation"):
        issuing.order(Order(achievement_id="tea", recipients=[ANA], language="sl"), issuer="o1")
    with desk.database.read() as session:
        assert funnel.funnels(session) == []


def test_what_was_taken_back_before_anybody_claimed_it_may_be_issued_again(desk):
    (first,) = desk.order(ANA)
    with desk.database.write() as session:
        ended = ending.undo(session, first.award.id, clock=desk.clock)
    assert (ended.state, ended.email, ended.narrative) == (AwardState.UNDONE, None, None)
    (second,) = desk.order(ANA)
    assert second.status is ISSUED
    with desk.database.read() as session:
        assert claiming.look(session, first.code, known=desk.office.codes, clock=desk.clock) is claiming.Refusal.UNKNOWN
        assert store.documents(session, first.award.id) == []


def test_a_claimed_badge_cannot_be_taken_back_in_silence(desk):
    award, code = desk.one(email="ana@example.org")
    with desk.database.write() as session:
        offered = claiming.look(session, code, known=desk.office.codes, clock=desk.clock)
        claiming.claim(session, offered, holder_id="h", issuing=desk.office.issuing, clock=desk.clock)
    with desk.database.write() as session, pytest.raises(Conflict, match="claimed this badge already"):
        ending.undo(session, award.id, clock=desk.clock)


def test_codes_are_read_however_people_write_them():
    code = codes.Codes("s" * 40).of_award("a", 1)
    assert codes.read(codes.written(code)) == code
    assert codes.read(f"  {codes.written(code).lower().replace('-', ' ')} ") == code
    assert codes.read(code.replace("0", "O").replace("1", "l")) == code
    for wrong in ("", code[:-1], code + "A", code[:-1] + "č", "A" * 1000):
        assert codes.read(wrong) is None


def test_a_code_has_eighty_bits_and_another_secret_makes_another_one():
    made = {codes.Codes("s" * 40).of_award(f"{number}", 1) for number in range(2000)}
    assert len(made) == 2000
    assert {len(each) for each in made} == {16}
    assert codes.Codes("t" * 40).of_award("1", 1) not in made
