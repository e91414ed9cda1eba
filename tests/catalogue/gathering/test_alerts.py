import email
import email.policy

import pytest

from col_core.base import outbox
from col_core.base.errors import FetchError
from col_core.base.jobs import Worker
from col_core.base.mail import Mailer
from col_core.catalogue.gathering import runs
from col_core.catalogue.gathering.alert_mails import AlertMails
from col_core.catalogue.gathering.alerts import MAIL_JOB
from col_core.catalogue.records import Draft
from col_core.testing.mail_server import mail_server


def a_draft(title):
    return Draft(title={"sl": title})


def fails(house, times):
    house.source.error = FetchError("library.example.org did not answer.")
    for _ in range(times):
        house.sync()
    house.source.error = None


def mails(house):
    return [payload["kind"] for job, payload in house.jobs() if job == MAIL_JOB]


def look_for_quiet(house):
    with house.database.write() as session:
        return runs.quiet(session, [house.config], clock=house.clock)


def changes_daily(house, days):
    for day in range(days):
        house.sync(a=a_draft(f"Program {day}"))
        house.clock.advance(days=1)


def test_a_source_that_breaks_is_told_once_and_so_is_that_it_works_again(house):
    house.sync(a=a_draft("A"))
    fails(house, 6)
    assert (house.events().count("source.broken"), mails(house)) == (1, ["broken"])
    assert house.state().alert_since == house.clock.now()
    for _ in range(3):
        house.sync(a=a_draft("A"))
    assert (house.events().count("source.recovered"), mails(house)) == (1, ["broken", "recovered"])
    assert (house.state().alert, house.state().alert_since) == (None, None)
    fails(house, 3)
    assert mails(house) == ["broken", "recovered", "broken"]


def test_a_source_that_has_no_good_run_for_long_is_silent_until_one_comes(house):
    house.sync(a=a_draft("A"))
    house.clock.advance(hours=6)
    assert look_for_quiet(house) == ["library"]
    assert look_for_quiet(house) == []
    assert house.state().alert == "There was no good run since 2026-01-07 12:00 UTC."
    house.sync(a=a_draft("A"))
    assert (house.state().alert, mails(house)) == (None, ["silent", "recovered"])


def test_a_source_that_changes_daily_and_then_no_more_is_told_though_its_runs_succeed(house):
    changes_daily(house, 10)
    for _ in range(7):
        house.sync(a=a_draft("Program 9"))
        assert look_for_quiet(house) == []
        house.clock.advance(days=1)
    house.sync(a=a_draft("Program 9"))
    assert look_for_quiet(house) == ["library"]
    assert house.state().alert == (
        "Its runs succeed, but nothing was new since 2026-01-16; usually something is every day."
    )
    house.sync(a=a_draft("Program 9"))
    assert mails(house) == ["still"], "a run that brings nothing new is no all-clear"
    house.sync(a=a_draft("Program 10"))
    assert (house.state().alert, mails(house)) == (None, ["still", "recovered"])


def test_a_source_that_always_changes_seldom_is_not_missed_early(house):
    for number in range(6):
        house.sync(a=a_draft(f"Program {number}"))
        house.clock.advance(days=30)
    for _ in range(3):
        house.sync(a=a_draft("Program 5"))
        assert look_for_quiet(house) == []
        house.clock.advance(days=25)


def test_nobody_knows_yet_what_is_usual_for_a_new_source(house):
    changes_daily(house, 3)
    for _ in range(60):
        house.clock.advance(days=1)
        house.sync(a=a_draft("Program 2"))
    assert look_for_quiet(house) == []


def test_a_clock_that_was_ahead_does_not_keep_a_source_from_being_missed(house):
    house.clock.advance(days=400)
    house.sync(a=a_draft("A"))
    house.clock.advance(days=-400)
    assert look_for_quiet(house) == []
    house.clock.advance(hours=6)
    assert look_for_quiet(house) == ["library"]


SOURCE = """
[operator]
name = "Testville"
email = "portal@testville.example"

[[sources]]
id = "library"
plugin = "csv"
name = { sl = "Knjižnica", en = "Library" }
url = "offers.csv"
"""


@pytest.mark.parametrize("kind", ["broken", "silent", "still", "recovered"])
def test_the_operator_reads_which_source_it_is_and_what_to_do(open_town, tmp_path, clock, kind):
    url = f"sqlite:///{tmp_path / 'city.db'}"
    payload = {"source": "library", "kind": kind, "message": "It did not answer.", "since": "2026-01-07T12:00:00+00:00"}
    with open_town(tmp_path / "town", url, clock=clock, more=SOURCE) as town, mail_server() as server:
        house = town.city.house
        mailer = Mailer(server.url, "robot@testville.example", clock)
        work = AlertMails(house.config, i18n=house.i18n, mailer=mailer)
        with town.database.write() as session:
            outbox.enqueue(session, MAIL_JOB, payload, clock=clock)
        Worker(town.database, jobs=work.jobs(), periodics=[], clock=clock).drain()
    (envelope,) = server.messages
    arrived = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert envelope.rcpt_tos == ["portal@testville.example"]
    assert "Knjižnica" in arrived["Subject"]
    assert arrived["Message-ID"] == f"<source-library-{kind}-20260107130000@testville.example>"
    assert ("It did not answer." in arrived.get_content()) == (kind != "recovered")
