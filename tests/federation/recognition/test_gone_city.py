"""Badges outlive their city: it is turned off for good, and what it published is known elsewhere."""

import json
from datetime import timedelta

from sqlalchemy import func, select

from col_core.badges.credentials.records import Aspect, Outcome, Verdict
from col_core.base.outbox import OutboxRow
from col_core.federation.recognition import copies
from col_core.federation.recognition.mirroring import MIRROR_JOB


def reasons(verification):
    return {each: verification.checks[each].reason for each in (Aspect.ISSUER, Aspect.STATUS, Aspect.NETWORK)}


def test_badges_of_a_city_that_is_off_for_good_verify_as_it_left_them(towns, clock):
    ljubljana, vilnius, turn_off = towns
    _, stolen = ljubljana.give(name="Early")
    ljubljana.compromise()
    _, tea = ljubljana.give("tea")
    ljubljana.rotate()
    _, later = ljubljana.give("tea", name="Later")
    revoked, taken_back = ljubljana.give("books")
    _, books = ljubljana.give("books", name="Cene")
    ljubljana.revoke(revoked.award)
    _, without_copy = vilnius.give("tea")
    vilnius.meet(ljubljana)
    done = vilnius.mirror(ljubljana)
    assert (done.taken, done.wrong) == (8, {})
    turn_off()
    clock.advance(days=2)
    for body in (tea, later, books):
        found = vilnius.check(body)
        assert found.verdict == Verdict.VALID
        assert reasons(found) == {
            Aspect.ISSUER: "issuer_copy", Aspect.STATUS: "status_clear_then", Aspect.NETWORK: "network_member",
        }  # fmt: skip
        assert found.as_of == clock.now() - timedelta(days=2)
    assert vilnius.check(taken_back).verdict == Verdict.REVOKED
    assert (vilnius.check(stolen).verdict, vilnius.check(stolen).reason) == (Verdict.INVALID, "key_revoked")
    altered = json.loads(tea) | {"name": "Other"}
    assert vilnius.check(json.dumps(altered)).verdict == Verdict.INVALID
    said = vilnius.api(books)
    assert said["as_of"] == "2026-01-07T12:00:00+00:00"
    assert said["note"] == {
        "sl": "Strežnik izdajatelja ni odgovoril; kar je znano, je z\N{NO-BREAK SPACE}dne 7. jan. 2026.",
        "lt": "Išdavėjo serveris neatsakė; žinoma tai, kas buvo 2026-01-07.",
        "en": "The issuer's server did not answer; what is known is of 7 Jan 2026.",
    }
    for language, note in said["note"].items():
        assert note.replace("'", "&#39;") in vilnius.page(books, language)
    assert vilnius.api(without_copy)["as_of"] is vilnius.api(without_copy)["note"] is None
    clock.advance(days=60)
    assert reasons(vilnius.check(books))[Aspect.NETWORK] == "network_former"
    assert vilnius.check(books).verdict == Verdict.VALID


def test_a_badge_of_a_stranger_that_is_off_is_as_unknown_as_before(towns):
    ljubljana, vilnius, turn_off = towns
    _, body = ljubljana.give()
    assert vilnius.mirror(ljubljana).taken == 0
    vilnius.meet(ljubljana, recognised_until=None)
    assert vilnius.mirror(ljubljana).taken == 0
    turn_off()
    found = vilnius.check(body)
    assert (found.verdict, found.reason, found.as_of) == (Verdict.UNKNOWN, "issuer_unreachable", None)


def test_a_key_that_came_after_the_copy_is_unknown_and_not_wrong(towns):
    ljubljana, vilnius, turn_off = towns
    ljubljana.give()
    vilnius.meet(ljubljana)
    vilnius.mirror(ljubljana)
    ljubljana.rotate()
    _, body = ljubljana.give(name="Later")
    turn_off()
    found = vilnius.check(body)
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "issuer_unreachable")


def test_the_worker_asks_who_becomes_recognised_and_keeps_every_state_of_its_keys(towns, clock):
    ljubljana, vilnius, turn_off = towns
    _, body = ljubljana.give()
    vilnius.meet(ljubljana)
    worker = vilnius.city.worker()
    worker.drain()
    place = f"{ljubljana.host}/.well-known/did.json"
    with vilnius.database.read() as session:
        assert len(copies.history(session, place)) == 1
        assert session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.job == MIRROR_JOB)) == 0
    ljubljana.rotate()
    clock.advance(hours=1)
    worker.drain()
    clock.advance(hours=1)
    worker.drain()
    with vilnius.database.read() as session:
        kept = copies.history(session, place)
        assert [each.since for each in kept] == [clock.now() - timedelta(hours=each) for each in (2, 1)]
        assert {each.fetched for each in copies.listing(session)} == {clock.now()}
    turn_off()
    clock.advance(hours=2)
    worker.drain()
    assert vilnius.check(body).checks[Aspect.ISSUER].outcome == Outcome.PASSED


def test_what_is_kept_is_forgotten_years_after_its_city_was_heard_of_last(towns, clock):
    ljubljana, vilnius, turn_off = towns
    _, body = ljubljana.give()
    vilnius.meet(ljubljana)
    vilnius.mirror(ljubljana)
    turn_off()
    for years, verdict in ((9, Verdict.VALID), (2, Verdict.UNKNOWN)):
        clock.advance(days=years * 366)
        vilnius.city.federation.mirroring.forget()
        assert vilnius.check(body).verdict == verdict
