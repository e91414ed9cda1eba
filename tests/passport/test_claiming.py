import logging
from concurrent.futures import ThreadPoolExecutor

import structlog

from col_core.badges.awards import ending, links, store
from col_core.badges.awards.records import AwardState, LinkKind
from col_core.passport.tables import HeldRow, HolderRow


def awards(room):
    with room.database.read() as session:
        return store.of_issuer(session, "city", achievement_id="tea")


def test_looking_at_a_badge_claims_nothing(room, phone):
    code = room.code()
    for _ in range(3):
        assert phone.get(f"/en/claim/{code}").status_code == 200
    assert "Tea for beginners" in phone.text
    assert "I can make tea." in phone.text
    assert "What is kept about me?" in phone.text
    assert [each.state for each in awards(room)] == [AwardState.ISSUED]
    assert room.count(HolderRow) == 0
    assert "Set-Cookie" not in phone.answer.headers


def test_keeping_it_asks_for_nothing_and_leads_to_the_code_for_another_device(room, phone):
    held = phone.claim(room.code())
    assert phone.get(phone.place).status_code == 200
    assert "It is yours!" in phone.text
    assert "Your recovery code" in phone.text
    (award,) = awards(room)
    assert (award.state, award.name, award.email) == (AwardState.CLAIMED, None, None)
    assert phone.get(f"/en/passport/{held}").status_code == 200


def test_the_cookie_is_for_the_server_alone_and_says_nothing(room, phone):
    phone.claim(room.code())
    cookie = phone.answer.headers["Set-Cookie"]
    assert cookie.startswith("testville_passport=")
    parts = {each.strip().partition("=")[0]: each.strip().partition("=")[2] for each in cookie.split(";")}
    assert {"Secure", "HttpOnly"} <= parts.keys()
    assert (parts["SameSite"], parts["Path"]) == ("Lax", "/")
    assert 395 <= int(parts["Max-Age"]) / 86_400 <= 400
    with room.database.read() as session:
        kept = "".join(str(each) for each in session.connection().exec_driver_sql("SELECT * FROM holder_device").all())
    assert parts["testville_passport"] not in kept


def test_a_second_scan_on_the_same_phone_says_that_it_is_yours(room, phone):
    code = room.code()
    held = phone.claim(code)
    assert phone.get(f"/en/claim/{code}").status_code == 200
    assert "already yours" in phone.text
    assert f"/en/passport/{held}" in phone.text
    assert phone.post(f"/en/claim/{code}").status_code == 303
    assert phone.place == f"/en/passport/{held}"
    assert room.count(HeldRow) == 1


def test_several_badges_come_together_on_one_phone(room, phone):
    for each in (*room.codes(2), room.code(badge="cake")):
        phone.claim(each)
    assert room.count(HolderRow) == 1
    assert phone.get("/en/passport").status_code == 200
    assert phone.text.count('class="wall-badge') == 3


def test_a_used_code_says_so_to_others(room, phone):
    code = room.code()
    phone.claim(code)
    other = room.phone()
    assert other.get(f"/en/claim/{code}").status_code == 410
    assert "Somebody has taken this badge already" in other.text
    assert other.post(f"/en/claim/{code}").status_code == 410
    assert "Set-Cookie" not in other.answer.headers
    assert room.count(HolderRow) == 1


def test_a_badge_that_was_taken_back_is_not_given_any_more(room, phone):
    code = room.code()
    with room.database.write() as session:
        ending.revoke(session, awards(room)[0].id, reason="Pomota", clock=room.clock)
    assert phone.post(f"/en/claim/{code}").status_code == 410
    assert "not given any more" in phone.text


def test_a_link_ends_with_its_time_and_when_all_have_theirs(room):
    link = room.link(most=2)
    code = room.secret(link)
    first, second, third = (room.phone() for _ in range(3))
    first.claim(code)
    assert "already yours" in first.get(f"/en/claim/{code}").get_data(as_text=True)
    first.claim(code)
    second.claim(code)
    assert third.post(f"/en/claim/{code}").status_code == 409
    assert "All badges of this code are taken" in third.text
    assert len(awards(room)) == 2
    room.clock.advance(hours=6)
    assert third.get(f"/en/claim/{code}").status_code == 410
    assert "This code is over" in third.text


def test_who_removed_a_badge_of_a_link_gets_no_second_one(room, phone):
    code = room.secret(room.link())
    held = phone.claim(code)
    phone.post(f"/en/passport/{held}/remove")
    assert phone.post(f"/en/claim/{code}").status_code == 410
    assert room.count(HeldRow) == 0


UNKNOWN = ["7KQ4-M2XH-9D3W-PZ6C", "short", "x" * 300, "%20", "ПРИВЕТ-ПРИВЕТ"]


def test_an_unknown_code_is_not_found_and_says_what_to_do(room, phone):
    for code in UNKNOWN:
        assert phone.get(f"/en/claim/{code}").status_code == 404
        assert "This code opens nothing" in phone.text
        assert phone.post(f"/en/claim/{code}").status_code == 404
        assert room.count(HolderRow) == 0


def test_guessing_is_soon_over(room, phone):
    from_outside = {"REMOTE_ADDR": "93.184.216.38"}
    tried = [f"/en/claim/7KQ4-M2XH-9D3W-{number:04d}" for number in range(65)]
    answers = [phone.get(each, environ_overrides=from_outside).status_code for each in tried]
    assert answers[:60] == [404] * 60
    assert set(answers[60:]) == {429}
    assert int(phone.answer.headers["Retry-After"]) > 0
    # Behind a proxy that is not named, every visitor seems to be there.
    assert {phone.get(each).status_code for each in tried} == {404}


TYPED = ["{code}", " {lower} ", "{bare}", "https://testville.example/sl/claim/{code}?x=1"]


def test_a_code_may_be_typed_or_scanned_in_any_way(room, phone):
    for typed in TYPED:
        code = room.code()
        text = typed.format(code=code, lower=code.lower(), bare=code.replace("-", ""))
        assert phone.post("/en/claim", {"code": text}).status_code == 303
        assert phone.place == f"/en/claim/{code}"


NO_CODES = ["", "abc", "https://elsewhere.example/", "\x00" * 16]


def test_what_is_no_code_is_said_beside_the_field(phone):
    for typed in NO_CODES:
        assert phone.post("/en/claim", {"code": typed}).status_code == 422
        assert 'id="error-code"' in phone.text


FORMS = ["/en/claim", "/en/claim/{code}", "/en/claim/{code}/decline"]


def test_forms_of_other_sites_are_refused(room, phone):
    code, foreign = room.code(), {"Sec-Fetch-Site": "cross-site"}
    for path in FORMS:
        assert phone.post(path.format(code=code), {"code": code}, headers=foreign).status_code == 403
        assert [each.state for each in awards(room)] == [AwardState.ISSUED]


def test_pages_of_codes_are_kept_by_nobody_and_their_address_is_told_to_nobody(room, phone):
    code = room.code()
    for path in ("/en/claim", f"/en/claim/{code}", f"/en/claim/{code}/decline", "/en/claim/7KQ4-M2XH-9D3W-PZ6C"):
        headers = phone.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "noindex" in headers["X-Robots-Tag"]
        assert "og:url" not in phone.text


def test_no_log_holds_a_code_or_a_cookie(room, phone, caplog):
    code = room.code()
    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as said:
        phone.get(f"/en/claim/{code}")
        phone.claim(code)
        token = phone.answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
        phone.get("/en/passport")
        room.phone().get(f"/en/claim/{code}")
    written = f"{said}{caplog.text}"
    assert "/claim/<code>" in written
    for secret in (code, code.replace("-", ""), token):
        assert secret not in written


def test_fifty_who_claim_one_badge_at_once_get_it_once(room):
    code = room.code()
    phones = [room.phone() for _ in range(50)]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda each: each.post(f"/en/claim/{code}").status_code, phones))
    assert sorted(answers) == [303] + [410] * 49
    assert (room.count(HeldRow), room.count(HolderRow)) == (1, 1)
    assert len(awards(room)) == 1


def test_fifty_at_a_link_for_ten_get_ten(room):
    code = room.secret(room.link(most=10))
    phones = [room.phone() for _ in range(50)]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda each: each.post(f"/en/claim/{code}").status_code, phones))
    assert sorted(answers) == [303] * 10 + [409] * 40
    assert (room.count(HeldRow), room.count(HolderRow)) == (10, 10)


def ticket_on(page):
    return page.partition('name="ticket" value="')[2].partition('"')[0]


def test_reading_may_take_longer_than_a_screen_shows_its_code(room, phone):
    link = room.link(LinkKind.SCREEN)
    code = room.on_screen(link)
    ticket = ticket_on(phone.get(f"/en/claim/{code}").get_data(as_text=True))
    room.clock.advance(minutes=10)
    assert room.phone().post(f"/en/claim/{code}").status_code == 404
    assert phone.post(f"/en/claim/{code}", {"ticket": ticket}).status_code == 303
    assert "Tea for beginners" in phone.get(phone.place).get_data(as_text=True)


def test_a_ticket_is_good_for_a_quarter_of_an_hour_and_for_its_own_link(room, phone):
    link, other = room.link(LinkKind.SCREEN), room.link(LinkKind.SCREEN)
    code = room.on_screen(link)
    ticket = ticket_on(phone.get(f"/en/claim/{code}").get_data(as_text=True))
    forged = ticket.replace(link.id, other.id)
    room.clock.advance(minutes=5)
    assert phone.post(f"/en/claim/{code}", {"ticket": forged}).status_code == 404
    room.clock.advance(minutes=11)
    assert phone.post(f"/en/claim/{code}", {"ticket": ticket}).status_code == 404
    assert room.count(HeldRow) == 0


def test_a_ticket_opens_no_screen_that_was_closed_meanwhile(room, phone):
    link = room.link(LinkKind.SCREEN)
    code = room.on_screen(link)
    ticket = ticket_on(phone.get(f"/en/claim/{code}").get_data(as_text=True))
    with room.database.write() as session:
        links.close(session, link.id, clock=room.clock)
    room.clock.advance(minutes=5)
    assert phone.post(f"/en/claim/{code}", {"ticket": ticket}).status_code == 404
    assert room.count(HeldRow) == 0


def test_a_screen_shows_another_code_each_half_minute(room, phone):
    link = room.link(LinkKind.SCREEN, most=30)
    secret = room.secret(link)
    first = phone.get(f"/en/screen/{secret}").get_data(as_text=True)
    assert room.on_screen(link) in first
    assert "<svg" in first
    assert '<noscript><meta http-equiv="refresh"' in first
    assert phone.answer.headers["Cache-Control"] == "no-store"
    room.phone().claim(room.on_screen(link))
    room.clock.advance(seconds=31)
    second = phone.get(f"/en/screen/{secret}").get_data(as_text=True)
    assert room.on_screen(link) in second
    assert room.on_screen(link) not in first
    assert "<strong>1</strong>" in second
    room.clock.advance(hours=6)
    assert phone.get(f"/en/screen/{secret}").status_code == 410
    assert phone.get("/en/screen/7KQ4-M2XH-9D3W-PZ6C").status_code == 404


def test_an_address_without_a_language_leads_to_the_page_in_ones_own(room, phone):
    code = room.code()
    phone.get(f"/claim/{code}", headers={"Accept-Language": "en"})
    assert (phone.answer.status_code, phone.place) == (302, f"/en/claim/{code}")


def test_who_says_no_thanks_is_told_what_happens_before_it_does(room, phone):
    code = room.code()
    assert phone.get(f"/en/claim/{code}/decline").status_code == 200
    assert "This cannot be undone." in phone.text
    assert [each.state for each in awards(room)] == [AwardState.ISSUED]
    assert phone.post(f"/en/claim/{code}/decline").status_code == 200
    (award,) = awards(room)
    assert (award.state, award.name, award.email) == (AwardState.DECLINED, None, None)
    assert phone.get(f"/en/claim/{code}").status_code in (404, 410)


def test_nobody_can_decline_for_all_who_have_a_link(room, phone):
    code = room.secret(room.link())
    assert "stays good for the others" in phone.get(f"/en/claim/{code}/decline").get_data(as_text=True)
    phone.post(f"/en/claim/{code}/decline")
    room.phone().claim(code)
