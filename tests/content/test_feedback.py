import email
import email.policy

import pytest
from sqlalchemy import func, select

from col_core.base.jobs import Worker
from col_core.base.mail import Mailer
from col_core.base.outbox import OutboxRow
from col_core.content import feedback
from col_core.content.feedback import FeedbackWork
from col_core.content.records import FeedbackKind
from col_core.testing.mail_server import mail_server


def receive(database, clock, kind=FeedbackKind.IDEA, message="Več koncertov!", **rest):
    with database.write() as session:
        return feedback.receive(session, kind=kind, message=message, language="sl", clock=clock, **rest)


def kept(database):
    with database.read() as session:
        return feedback.listing(session)


def work(texts, database, clock, mailer=None):
    made = FeedbackWork(texts.config, database=database, i18n=texts.i18n, clock=clock, mailer=mailer)
    return Worker(database, jobs=made.jobs(), periodics=made.periodics(), clock=clock)


def waiting(database):
    with database.read() as session:
        return session.scalars(select(OutboxRow.payload).where(OutboxRow.job == feedback.MAIL_JOB)).all()


def test_what_somebody_wrote_is_kept_as_it_was_written(database, clock):
    received = receive(database, clock, email="jaz@example.org", about="0123456789abcdef", message="Š\n😀 <b>")
    assert kept(database) == [received]
    assert (received.created, received.email, received.message) == (clock.now(), "jaz@example.org", "Š\n😀 <b>")


def test_what_does_not_feel_safe_comes_first(database, clock):
    unsafe = receive(database, clock, FeedbackKind.UNSAFE)
    clock.advance(hours=1)
    first, second = receive(database, clock), receive(database, clock.advance(hours=1) or clock)
    assert [each.id for each in kept(database)] == [unsafe.id, second.id, first.id]
    assert [each.urgent for each in kept(database)] == [True, False, False]


def test_it_is_deleted_when_its_time_is_over(database, clock, texts):
    old = receive(database, clock)
    clock.advance(days=20)
    new = receive(database, clock)
    worker = work(texts, database, clock)
    worker.drain()
    clock.advance(days=10, seconds=1)
    worker.drain()
    assert [each.id for each in kept(database)] == [new.id] != [old.id]


def test_its_writer_may_have_it_deleted(database, clock):
    received = receive(database, clock)
    with database.write() as session:
        assert feedback.forget(session, received.id, clock=clock)
        assert not feedback.forget(session, received.id, clock=clock)
    assert kept(database) == []


def test_a_mail_tells_the_operator_and_an_answer_goes_to_the_writer(database, clock, texts):
    with mail_server() as server:
        mailer = Mailer(server.url, "portal@testville.example", clock)
        received = receive(database, clock, FeedbackKind.UNSAFE, "Črna\nluknja", email="jaz@example.org", about="abc")
        work(texts, database, clock, mailer).drain()
    (envelope,) = server.messages
    arrived = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert envelope.rcpt_tos == ["info@testville.example"]
    assert (arrived["Reply-To"], arrived["Importance"]) == ("jaz@example.org", "high")
    assert received.id in arrived["Message-ID"]
    body = arrived.get_content()
    assert "Črna" in body
    assert "https://testville.example/sl/opportunities/abc" in body
    assert waiting(database) == []


def test_what_waits_to_be_mailed_holds_nothing_of_what_was_written(database, clock):
    received = receive(database, clock, message="Skrivnost", email="jaz@example.org")
    assert waiting(database) == [f'{{"id": "{received.id}"}}']


def test_what_was_deleted_before_the_mail_went_out_is_not_mailed(database, clock, texts):
    received = receive(database, clock)
    with database.write() as session:
        feedback.forget(session, received.id, clock=clock)
    with mail_server() as server:
        work(texts, database, clock, Mailer(server.url, "portal@testville.example", clock)).drain()
    assert server.messages == []
    assert waiting(database) == []


def test_a_mail_server_that_is_away_gets_it_later(database, clock, texts):
    receive(database, clock)
    with mail_server(answer="451 later") as server:
        work(texts, database, clock, Mailer(server.url, "portal@testville.example", clock)).drain()
    assert len(waiting(database)) == 1
    clock.advance(minutes=1)
    with mail_server() as server:
        work(texts, database, clock, Mailer(server.url, "portal@testville.example", clock)).drain()
    assert len(server.messages) == 1
    assert waiting(database) == []


def test_a_city_without_a_mail_server_keeps_it_only(database, clock, texts):
    receive(database, clock)
    work(texts, database, clock).drain()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 0
    assert len(kept(database)) == 1


@pytest.mark.parametrize("kind", FeedbackKind)
def test_every_kind_has_words(kind, texts):
    assert texts.i18n.translator("en").pgettext(*feedback.FEEDBACK_LABELS[kind])
