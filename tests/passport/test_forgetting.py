import json

import pytest

from col_core.badges.awards import store
from col_core.badges.awards.records import AwardState
from col_core.badges.awards.tables import ClaimUseRow
from col_core.base import deletions
from col_core.passport import forgetting
from col_core.passport.tables import HeldRow, HolderRow, ShareRow


@pytest.fixture
def held(room, phone):
    return phone.claim(room.code())


def again(room, kind, key):
    """Take away once more what a backup brought back."""
    found = {each.kind: each for each in forgetting.deletables(room.clock)}[kind]
    deleted = deletions.Deletion(kind=kind, key=key, deleted=room.clock.now())
    with room.database.write() as session:
        first = found.again(session, [deleted])
        assert found.again(session, [deleted]) == 0
        return first


def noted(room):
    with room.database.read() as session:
        return {each.kind: each.key for each in deletions.listing(session)}


def test_who_does_not_look_for_years_is_forgotten_as_if_they_had_removed_everything(room, phone, held):
    award = room.award_of(held)
    room.clock.advance(days=1000)
    other = room.phone()
    other.claim(room.code(badge="cake"))
    assert forgetting.forget_unseen(room.database, days=1100, clock=room.clock) == 0
    room.clock.advance(days=101)
    assert forgetting.forget_unseen(room.database, days=1100, clock=room.clock) == 1
    assert room.count(HolderRow) == 1
    assert phone.get(f"/en/passport/{held}").status_code == 303
    assert room.phone().get(f"/en/credentials/{award}").status_code == 410


def uses(room):
    with room.database.read() as session:
        return {each.holder_id for each in session.query(ClaimUseRow)}


@pytest.mark.parametrize("way", ["asked", "unseen"])
def test_nothing_ties_together_what_somebody_claimed_by_links(room, phone, way):
    for _ in range(2):
        phone.claim(room.secret(room.link()))
    (holder,) = uses(room)
    if way == "asked":
        phone.post("/en/passport/forget")
    else:
        room.clock.advance(days=1101)
        forgetting.forget_unseen(room.database, days=1100, clock=room.clock)
    assert room.count(HolderRow) == 0
    assert len(uses(room) - {holder}) == 2


def test_who_looks_is_not_forgotten(room, phone, held):
    for _ in range(3):
        room.clock.advance(days=500)
        assert phone.get("/en/passport").status_code == 200
        forgetting.forget_unseen(room.database, days=1100, clock=room.clock)
    assert room.count(HeldRow) == 1


def test_the_worker_forgets_after_as_long_as_the_city_says(room, held):
    assert room.city.house.config.privacy.passport_days == 1100
    worker = room.city.worker()
    worker.drain()
    room.clock.advance(days=1101)
    worker.drain()
    assert (room.count(HolderRow), room.count(HeldRow)) == (0, 0)


def test_a_removed_badge_does_not_come_back_with_a_backup(room, phone, held):
    share, award = phone.share(held), room.award_of(held)
    assert again(room, "passport.removed", held) == 1
    assert phone.get(f"/en/passport/{held}").status_code == 404
    with room.database.read() as session:
        assert store.get(session, award).state is AwardState.ERASED
        assert json.loads(session.get(ShareRow, share).held_ids) == []


def test_a_holder_a_page_and_a_device_do_not_come_back_with_a_backup(room, phone, held):
    share, code = phone.share(held), phone.recovery()
    assert again(room, "passport.share_withdrawn", share) == 1
    assert room.phone().get(f"/en/p/{share}").status_code == 410
    phone.post("/en/passport/recovery")
    renewed = noted(room)["passport.codes_renewed"]
    with room.database.write() as session:
        row = session.query(HolderRow).one()
        row.recovery_number, row.recovery_digest = 1, "before"
        holder = row.id
    assert again(room, "passport.codes_renewed", renewed) == 1
    assert room.phone().post("/en/passport/recover", {"code": code}).status_code == 422
    assert room.phone().post("/en/passport/recover", {"code": phone.recovery()}).status_code == 303
    assert again(room, "passport.holder_forgotten", holder) == 1
    assert room.count(HolderRow) == 0


def test_every_way_to_go_is_written_down_by_an_id_alone(room, phone, held):
    other = room.phone()
    other.post("/en/passport/recover", {"code": phone.recovery()})
    share = phone.share(held)
    phone.post(f"/en/passport/pages/{share}/withdraw")
    phone.post(f"/en/passport/{held}/remove")
    other.post("/en/passport/leave")
    phone.post("/en/passport/recovery")
    phone.post("/en/passport/forget")
    kinds = noted(room)
    assert {each.kind for each in forgetting.deletables(room.clock)} <= kinds.keys()
    assert "badges.emptied" in kinds
