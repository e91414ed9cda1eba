import re
from io import BytesIO

import pytest
from PIL import Image

from col_core.badges.awards import ending, store
from col_core.passport.tables import ShareRow


@pytest.fixture
def held(room, phone):
    return phone.claim(room.code(narrative="Kuhala je za dvajset ljudi."))


def opened(room, share):
    with room.database.read() as session:
        return session.get(ShareRow, share).opened


def test_an_employer_sees_who_what_and_that_it_holds(room, phone, held):
    share = phone.share(held, title="Ana <b>K.</b>")
    employer = room.phone()
    assert employer.get(f"/en/p/{share}").status_code == 200
    for said in (
        "Ana &lt;b&gt;K.&lt;/b&gt;",
        "answer-valid",
        "Čaj za začetnike",
        "Tea for beginners",
        "I can make tea.",
        "Kuhala je",
    ):
        assert said in employer.text
    assert "Set-Cookie" not in employer.answer.headers
    assert "noindex" in employer.answer.headers["X-Robots-Tag"]
    assert employer.answer.headers["Cache-Control"] == "no-store"
    with room.database.read() as session:
        assert store.get(session, room.award_of(held)).shared is not None


@pytest.mark.parametrize(("end", "kind"), [("revoke", "revoked"), ("suspend", "suspended"), ("wait", "expired")])
def test_what_does_not_hold_is_never_green(room, phone, held, end, kind):
    share, award = phone.share(held, days=365), room.award_of(held)
    employer = room.phone()
    assert "answer-valid" in employer.get(f"/en/p/{share}").get_data(as_text=True)
    if end == "wait":
        room.clock.advance(days=800)
        phone.post("/en/passport/share", {"badge": held, "days": "7"})
        share = phone.place.partition("new=")[2]
    else:
        with room.database.write() as session:
            if end == "revoke":
                ending.revoke(session, award, reason="x", clock=room.clock)
            else:
                ending.suspend(session, award, clock=room.clock)
    employer.get(f"/en/p/{share}")
    assert f"answer-{kind}" in employer.text
    assert "answer-valid" not in employer.text


def test_a_withdrawn_page_is_closed_at_once_with_its_files(room, phone, held):
    share, award = phone.share(held), room.award_of(held)
    employer = room.phone()
    file = f"/credentials/{award}.json?secret={share}"
    assert employer.get(file).status_code == 200
    assert employer.get(f"/credentials/{award}.json").status_code == 404
    assert employer.get(f"/credentials/{award}.json?secret=guess").status_code == 404
    phone.post(f"/en/passport/pages/{share}/withdraw")
    assert employer.get(f"/en/p/{share}").status_code == 410
    assert "This page is closed" in employer.text
    assert employer.get(file).status_code == 404
    assert employer.get(f"/en/p/{share}/picture.png").status_code == 410


def test_a_page_closes_when_its_time_is_over(room, phone, held):
    share = phone.share(held, days=7)
    room.clock.advance(days=6, hours=23)
    assert room.phone().get(f"/en/p/{share}").status_code == 200
    room.clock.advance(hours=2)
    assert room.phone().get(f"/en/p/{share}").status_code == 410
    assert "Its time is over" in phone.get("/en/passport/pages").get_data(as_text=True)


def test_only_how_often_is_counted_and_not_ones_own_looks(room, phone, held):
    share = phone.share(held)
    phone.get(f"/en/p/{share}")
    assert "This is how others see it." in phone.text
    for _ in range(3):
        room.phone().get(f"/en/p/{share}")
    assert opened(room, share) == 3
    assert "Opened 3 times." in phone.get("/en/passport/pages").get_data(as_text=True)


def test_an_unknown_page_is_not_found(phone):
    assert phone.get("/en/p/nothing").status_code == 404
    assert phone.get("/en/p/nothing/picture.png").status_code == 404


LACKING = [{"days": "30"}, {"badge": "{held}"}, {"badge": "{held}", "days": "99999"}]


def test_a_form_that_lacks_something_says_what(phone, held):
    for form in LACKING:
        sent = {key: value.format(held=held) for key, value in form.items()}
        assert phone.post("/en/passport/share", sent).status_code == 422
        assert "field-error" in phone.text


def test_nobody_shares_or_withdraws_what_is_somebody_elses(room, phone, held):
    share = phone.share(held)
    other = room.phone()
    other.claim(room.code(badge="cake"))
    assert other.post("/en/passport/share", {"badge": held, "days": "7"}).status_code == 404
    assert other.post(f"/en/passport/pages/{share}/withdraw").status_code == 404


def test_a_link_to_a_page_has_a_picture(room, phone, held):
    share = phone.share(held, phone.claim(room.code(badge="cake")), title="Znam veliko")
    employer = room.phone()
    address = re.search(r'og:image" content="https://testville.example([^"]+)"', employer.get(f"/en/p/{share}").text)[1]
    with Image.open(BytesIO(employer.get(address).data)) as picture:
        assert picture.size == (1200, 630)


def test_a_badge_is_public_as_long_as_its_holder_wants(room, phone, held):
    award = room.award_of(held)
    stranger = room.phone()
    address = f"/en/credentials/{award}"
    assert stranger.get(address).status_code == 404
    phone.post(f"/en/passport/{held}/public", {"public": "yes"})
    assert stranger.get(address).status_code == 200
    assert "answer-valid" in stranger.text
    assert stranger.get(f"/credentials/{award}", headers={"Accept": "text/html"}).status_code == 303
    assert stranger.place == f"/sl/credentials/{award}"
    assert stranger.get(f"{address}/picture.png").mimetype == "image/png"
    phone.post(f"/en/passport/{held}/public", {"public": "no"})
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"{address}/picture.png").status_code == 404


def test_whoever_sees_a_badge_can_check_it_by_its_address(room, phone, held):
    share, award = phone.share(held), room.award_of(held)
    checking = room.city.checking
    address = f"https://testville.example/credentials/{award}"
    assert checking.check(f"{address}?secret={share}").verdict == "valid"
    assert checking.check(address).verdict == "unknown"
