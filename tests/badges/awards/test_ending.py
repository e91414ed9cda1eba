import itertools
import json
from datetime import timedelta

import pytest
from sqlalchemy import delete

from col_core.badges.awards import ending, status, store
from col_core.badges.awards.records import AwardState, Recipient
from col_core.badges.credentials import status_lists
from col_core.badges.credentials.records import BitstringEntry
from col_core.base import deletions
from col_core.base.deletions import DeletionRow
from col_core.base.errors import Conflict, Gone, NotFound
from col_core.house import deletables

REASON = "Ana je goljufala."


def bits(desk, award):
    """Return whether a badge is revoked, and suspended, as its signed lists say."""
    said = []
    for purpose in ("revocation", "suspension"):
        body = json.loads(desk.office.lists.bitstring(award.place.list_id, purpose))
        url = body["id"]
        listed = status_lists.read_bitstring(body)
        entry = BitstringEntry(list_url=url, index=award.place.index, purpose=purpose)
        said.append(status_lists.is_set(listed, entry))
    return tuple(said)


def revoked_ids(desk):
    return [each["id"] for each in json.loads(desk.office.lists.revocations("_city"))["revokedCredential"]]


def test_a_revoked_badge_stands_in_both_lists_and_its_reason_in_none(desk):
    award, _ = desk.one(email="ana@example.org")
    other, _ = desk.order(Recipient(name="Bor"))[0].award, None
    assert bits(desk, award) == (False, False)
    with desk.database.write() as session:
        ended = ending.revoke(session, award.id, reason=REASON, clock=desk.clock)
    assert (ended.state, ended.reason) == (AwardState.REVOKED, REASON)
    assert bits(desk, award) == (True, False)
    assert bits(desk, other) == (False, False)
    assert revoked_ids(desk) == [f"https://testville.example/credentials/{award.id}"]
    assert "Ana" not in desk.office.lists.revocations("_city").decode()


def test_a_list_of_ids_is_kept_until_another_badge_ends_or_a_minute_is_over(desk):
    first, second = (desk.order(Recipient(name=name))[0].award for name in ("Ana", "Bor"))
    for number, each in enumerate((first, second), start=1):
        with desk.database.write() as session:
            ending.revoke(session, each.id, reason=REASON, clock=desk.clock)
        assert len(revoked_ids(desk)) == number
    kept = desk.office.lists.revocations("_city")
    assert desk.office.lists.revocations("_city") is kept
    desk.clock.advance(minutes=1)
    again = desk.office.lists.revocations("_city")
    assert again == kept
    assert again is not kept


def test_a_badge_is_suspended_and_holds_again(desk):
    award, _ = desk.one()
    with desk.database.write() as session:
        ending.suspend(session, award.id, clock=desk.clock)
    assert bits(desk, award) == (False, True)
    with desk.database.write() as session:
        ending.suspend(session, award.id, suspended=False, clock=desk.clock)
    assert bits(desk, award) == (False, False)


def test_of_a_badge_that_was_called_back_only_the_opaque_id_is_left(desk):
    award, _ = desk.one(email="ana@example.org", name="Ana", narrative="Pridna.")
    with desk.database.write() as session:
        ended = ending.recall(session, award.id, clock=desk.clock)
        assert store.documents(session, award.id) == []
    assert (ended.name, ended.email, ended.narrative, ended.evidence, ended.reason) == (None, None, None, (), None)
    assert revoked_ids(desk) == [f"https://testville.example/credentials/{award.id}"]


def test_what_has_ended_ends_no_second_time_but_may_still_be_called_back(desk):
    award, _ = desk.one(narrative="Pridna.")
    with desk.database.write() as session:
        ending.revoke(session, award.id, reason=REASON, clock=desk.clock)
    with desk.database.write() as session:
        for again in (ending.decline, ending.undo):
            with pytest.raises(Conflict, match="has ended already"):
                again(session, award.id, clock=desk.clock)
        recalled = ending.recall(session, award.id, clock=desk.clock)
    assert (recalled.state, recalled.narrative) == (AwardState.RECALLED, None)


def test_another_organisation_ends_nothing(desk):
    award, _ = desk.one()
    with desk.database.write() as session, pytest.raises(NotFound):
        ending.revoke(session, award.id, reason=REASON, clock=desk.clock, issuer="o1")
    with desk.database.write() as session, pytest.raises(NotFound):
        ending.revoke(session, "no\0such", reason=REASON, clock=desk.clock)


def test_what_its_holder_removed_still_verifies_and_says_nothing_here(desk):
    award, _ = desk.one(narrative="Pridna.")
    with desk.database.write() as session:
        erased = ending.erase(session, award.id, clock=desk.clock)
    assert (erased.state, erased.narrative) == (AwardState.ERASED, None)
    assert bits(desk, award) == (False, False)


def test_a_revoked_badge_that_its_holder_removes_says_nothing_here_and_stays_revoked(desk):
    award, _ = desk.one(narrative="Pridna.")
    with desk.database.write() as session:
        store.locked(session, award.id).public = True
        ending.revoke(session, award.id, reason=REASON, clock=desk.clock)
        left = ending.erase(session, award.id, clock=desk.clock)
        assert store.documents(session, award.id) == []
    assert (left.state, left.public, left.narrative, left.reason) == (AwardState.REVOKED, False, None, None)
    assert bits(desk, award) == (True, False)


def test_what_was_erased_meanwhile_is_not_signed_again(desk):
    award, _ = desk.one(narrative="Pridna.")
    with desk.database.write() as session:
        ending.erase(session, award.id, clock=desk.clock)
    for format_ in ("ob3-eddsa", "vc-jwt"):
        with desk.database.write() as session, pytest.raises(Gone):
            desk.office.making.document(session, award, format_)
    with desk.database.write() as session:
        desk.office.making.sign_again(session, [award])
        assert store.documents(session, award.id) == []


def test_what_ended_after_a_backup_ends_again_when_it_is_restored(desk):
    revoked, _ = desk.one(name="Ana")
    erased, _ = desk.order(Recipient(name="Bor"))[0].award, None
    with desk.database.write() as session:
        ending.revoke(session, revoked.id, reason=REASON, clock=desk.clock)
        ending.erase(session, erased.id, clock=desk.clock)
        noted = deletions.listing(session)
    with desk.database.write() as session:
        # As a backup of before would bring them back.
        for each in (revoked, erased):
            row = store.locked(session, each.id)
            row.state, row.narrative, row.public = "claimed", "Pridna.", True
        status.mark(session, [revoked.place], revoked=False, clock=desk.clock)
        session.execute(delete(DeletionRow))
    with desk.database.write() as session:
        again = deletions.delete_again(session, noted, deletables(desk.city.index, clock=desk.clock), clock=desk.clock)
        assert again.number == 2
        assert store.get(session, revoked.id).state is AwardState.REVOKED
        assert store.get(session, erased.id).narrative is None
        assert store.get(session, erased.id).public is False
    assert bits(desk, revoked) == (True, False)


def test_no_place_in_a_list_is_given_twice_and_lists_close_at_the_half(database, clock):
    with database.write() as session:
        first = status.draw(session, "city", 40_000, clock=clock)
        second = status.draw(session, "city", 40_000, clock=clock)
    assert len({*first, *second}) == 80_000
    assert len({each.list_id for each in second}) == 2
    # Neighbours in time are no neighbours in the list.
    steps = [abs(one.index - other.index) for one, other in itertools.pairwise(first)]
    assert sorted(steps)[len(steps) // 2] > 1000


def test_after_a_restore_no_place_of_before_is_given_away(database, clock):
    with database.write() as session:
        (before,) = status.draw(session, "city", 1, clock=clock)
        status.close_all(session)
        (after,) = status.draw(session, "city", 1, clock=clock)
    assert before.list_id != after.list_id


def test_a_list_is_signed_again_when_half_of_its_life_is_over(desk):
    award, _ = desk.one()
    first = desk.office.lists.bitstring(award.place.list_id, "revocation")
    desk.clock.advance(hours=11)
    assert desk.office.lists.bitstring(award.place.list_id, "revocation") == first
    desk.clock.advance(hours=2)
    again = json.loads(desk.office.lists.bitstring(award.place.list_id, "revocation"))
    assert again["validFrom"] > json.loads(first)["validFrom"]


def test_a_badge_holds_until_its_term_is_over(desk):
    award, _ = desk.one()
    assert not award.is_expired(desk.clock.now())
    assert award.is_expired(award.valid_until)
    assert award.valid_until - award.valid_from > timedelta(days=729)
