import json
import zipfile
from io import BytesIO

import pytest

from col_core.badges.awards import ending, store
from col_core.badges.awards.records import AwardState
from col_core.badges.credentials.records import Verdict
from col_core.passport.tables import HeldRow, HolderDeviceRow, HolderRow, ShareRow

FROM_OUTSIDE = {"REMOTE_ADDR": "93.184.216.37"}


@pytest.fixture
def held(room, phone):
    return phone.claim(room.code(narrative="Kuhala je za dvajset ljudi."))


def test_who_has_nothing_learns_how_to_get_something(phone):
    assert phone.get("/en/passport").status_code == 200
    assert "Claim your badge" in phone.text
    assert phone.answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["", "/remove", "/kept", "/badge.json", "/picture"])
def test_nobody_else_sees_a_badge(room, held, path):
    assert room.phone().get(f"/en/passport/{held}{path}").status_code == 303
    other = room.phone()
    other.claim(room.code(badge="cake"))
    assert other.get(f"/en/passport/{held}{path}").status_code == 404
    assert other.post(f"/en/passport/{held}/remove").status_code == 404
    assert other.post(f"/en/passport/{held}/public", {"public": "yes"}).status_code == 404


def test_a_badge_says_what_to_write_into_a_cv_in_each_language(phone, held):
    phone.get(f"/en/passport/{held}")
    for said in ("I can make tea.", "Znam skuhati čaj.", "Tea for beginners (", "Čaj za začetnike ("):
        assert said in phone.text
    assert "Kuhala je za dvajset ljudi." in phone.text


def test_a_wall_is_narrowed_by_a_key_competence(room, phone, held):
    phone.claim(room.code(badge="cake"))
    phone.get("/en/passport?competence=culture")
    assert phone.text.count('class="wall-badge') == 1
    assert "Cake" in phone.text
    assert phone.get("/en/passport?skill=https://elsewhere.example/").status_code == 200


@pytest.mark.parametrize(
    ("end", "word"), [("revoke", "Revoked"), ("suspend", "Suspended"), ("recall", "Recalled"), ("wait", "Expired")]
)
def test_a_badge_says_how_it_stands_now(room, phone, held, end, word):
    award = room.award_of(held)
    with room.database.write() as session:
        if end == "revoke":
            ending.revoke(session, award, reason="Pomota", clock=room.clock)
        elif end == "suspend":
            ending.suspend(session, award, clock=room.clock)
        elif end == "recall":
            ending.recall(session, award, clock=room.clock)
    if end == "wait":
        room.clock.advance(days=800)
    assert phone.get(f"/en/passport/{held}").status_code == 200
    assert f"<span>{word}</span>" in phone.text
    assert "Pomota" not in phone.text
    assert phone.get("/en/passport").status_code == 200
    assert f"<span>{word}</span>" in phone.text


ENDINGS = ["json", "jwt", "png", "svg", "pdf"]


def test_a_badge_is_taken_along_in_every_form(room, phone, held):
    for ending_ in ENDINGS:
        answer = phone.get(f"/en/passport/{held}/badge.{ending_}")
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == f"attachment; filename=caj-za-zacetnike.{ending_}"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if ending_ != "pdf":
            assert room.city.checking.check(answer.data).verdict is Verdict.VALID


def test_there_is_no_other_form(phone, held):
    assert phone.get(f"/en/passport/{held}/badge.exe").status_code == 404
    assert phone.get(f"/en/passport/{held}/badge.original").status_code == 404


def test_everything_comes_in_one_archive_with_a_page_that_says_what_it_is(room, phone, held):
    phone.claim(room.code(badge="cake"))
    answer = phone.get("/en/passport/archive.zip")
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        index = archive.read("index.html").decode()
        signed = [archive.read(each) for each in names if each.endswith((".json", ".jwt", ".png", ".svg"))]
    assert len(names) == 11
    assert 'lang="en"' in index
    assert "Tea for beginners" in index
    assert all(f'href="{each}"' in index for each in names if each != "index.html")
    assert len(signed) == 8
    assert all(room.city.checking.check(each).verdict is Verdict.VALID for each in signed)


def test_words_for_a_cv_come_on_paper(phone, held):
    answer = phone.get("/sl/passport/words.pdf")
    assert answer.data.startswith(b"%PDF")
    assert phone.get(f"/en/passport/words.pdf?badge={held}").data.startswith(b"%PDF")
    assert phone.get("/en/passport/words.pdf?badge=nothing").status_code == 404


def test_ids_that_no_database_takes_are_not_found(phone, held):
    assert phone.get("/en/passport/words.pdf?badge=%00").status_code == 404
    assert phone.get(f"/en/passport/words.pdf?badge=%00&badge={held}").data.startswith(b"%PDF")
    many = "&".join(f"badge={each}" for each in range(1500))
    assert phone.get(f"/en/passport/words.pdf?{many}").status_code == 404
    assert phone.post("/en/passport/share", {"badge": "\0", "days": "7"}).status_code == 404
    assert phone.post("/en/passport/share", {"badge": [held, "\0"], "days": "7"}).status_code == 404


def test_an_edition_proves_whose_it_is_and_nobody_keeps_the_address(room, phone, held):
    answer = phone.post(f"/en/passport/{held}/named", {"email": "Ana@example.org"})
    assert answer.status_code == 200
    assert "ana@example.org" not in answer.get_data(as_text=True).lower()
    checking = room.city.checking
    assert checking.check(answer.data, email="Ana@example.org").verdict is Verdict.VALID
    assert checking.check(answer.data, email="bor@example.org").verdict is Verdict.INVALID
    with room.database.read() as session:
        kept = b"".join(each.body for each in store.documents(session, room.award_of(held)))
    assert json.loads(answer.data)["credentialSubject"]["identifier"][0]["identityHash"].encode() not in kept
    assert phone.post(f"/en/passport/{held}/named", {"email": "nobody"}).status_code == 422


def test_a_removed_badge_is_gone_and_its_address_says_by_whom(room, phone, held):
    phone.post(f"/en/passport/{held}/public", {"public": "yes"})
    signed = phone.get(f"/en/passport/{held}/badge.json").data
    share = phone.share(held)
    assert "removed by its holder" in phone.get(f"/en/passport/{held}/remove").get_data(as_text=True)
    award = room.award_of(held)
    assert phone.post(f"/en/passport/{held}/remove").status_code == 303
    assert phone.get(f"/en/passport/{held}").status_code == 404
    stranger = room.phone()
    assert stranger.get(f"/en/credentials/{award}").status_code == 410
    assert "Removed by its holder" in stranger.text
    assert stranger.get(f"/credentials/{award}.json").status_code == 410
    assert stranger.get(f"/en/p/{share}").status_code == 200
    assert "There is no badge on this page any more." in stranger.text
    with room.database.read() as session:
        kept = store.get(session, award)
        assert store.documents(session, award) == []
    assert (kept.state, kept.narrative) == (AwardState.ERASED, None)
    assert room.city.checking.check(signed).verdict is Verdict.VALID


def test_a_recovery_code_opens_the_badges_on_another_device(room, phone, held):
    code = phone.recovery()
    other = room.phone()
    assert other.post("/en/passport/recover", {"code": code.lower().replace("-", " ")}).status_code == 303
    assert "HttpOnly" in other.answer.headers["Set-Cookie"]
    assert other.get(f"/en/passport/{held}").status_code == 200
    assert phone.get(f"/en/passport/{held}").status_code == 200


WRONG = ["", "7KQ4-M2XH-9D3W-PZ6C", "abc", "\x00"]


def test_a_wrong_recovery_code_opens_nothing(room):
    for typed in WRONG:
        other = room.phone()
        assert other.post("/en/passport/recover", {"code": typed}).status_code == 422
        assert "Set-Cookie" not in other.answer.headers


def test_recovery_codes_are_not_guessed_for_long(room):
    other = room.phone()
    answers = {
        other.post(
            "/en/passport/recover", {"code": f"7KQ4-M2XH-9D3W-{each:04d}"}, environ_overrides=FROM_OUTSIDE
        ).status_code
        for each in range(61)
    }
    assert answers == {422, 429}


def test_a_new_recovery_code_makes_the_old_one_worthless_and_signs_out_the_others(room, phone, held):
    old = phone.recovery()
    other = room.phone()
    other.post("/en/passport/recover", {"code": old})
    phone.post("/en/passport/recovery")
    assert phone.recovery() != old
    assert other.get(f"/en/passport/{held}").status_code == 303
    assert room.phone().post("/en/passport/recover", {"code": old}).status_code == 422
    assert phone.get(f"/en/passport/{held}").status_code == 200


def test_a_device_that_is_left_shows_nothing_and_the_badges_stay(room, phone, held):
    code = phone.recovery()
    phone.post("/en/passport/leave")
    assert "testville_passport=;" in phone.answer.headers["Set-Cookie"]
    assert phone.get(f"/en/passport/{held}").status_code == 303
    assert room.count(HolderDeviceRow) == 0
    phone.post("/en/passport/recover", {"code": code})
    assert phone.get(f"/en/passport/{held}").status_code == 200


def test_everything_goes_when_its_holder_asks(room, phone, held):
    phone.share(held)
    award = room.award_of(held)
    assert phone.get("/en/passport/forget").status_code == 200
    phone.post("/en/passport/forget")
    assert [room.count(each) for each in (HolderRow, HolderDeviceRow, HeldRow, ShareRow)] == [0, 0, 0, 0]
    with room.database.read() as session:
        assert store.get(session, award).state is AwardState.ERASED


FORMS = ["{held}/remove", "{held}/public", "{held}/named", "recovery", "leave", "forget", "share", "recover", "add"]


def test_forms_of_other_sites_change_nothing(room, phone, held):
    for path in FORMS:
        foreign = {"Sec-Fetch-Site": "cross-site"}
        assert phone.post(f"/en/passport/{path.format(held=held)}", headers=foreign).status_code == 403
        assert room.count(HeldRow) == 1


OWN = ["", "/{held}", "/recovery", "/share", "/pages", "/archive.zip", "/words.pdf"]


def test_nothing_of_somebodys_own_is_kept_or_found(phone, held):
    for path in OWN:
        headers = phone.get(f"/en/passport{path.format(held=held)}").headers
        assert headers["Cache-Control"] == "no-store"
        assert "noindex" in headers["X-Robots-Tag"]
