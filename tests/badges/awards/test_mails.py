from email import message_from_bytes, policy

from col_core.badges.awards import claiming, codes
from col_core.badges.awards.mails import ClaimMails
from col_core.badges.awards.records import Recipient
from col_core.base.mail import Mailer
from col_core.testing.mail_server import mail_server


def sent_by(desk, server):
    """Send what waits, and return the messages that arrived."""
    mailer = Mailer(server.url, "portal@testville.example", desk.clock)
    house = desk.city.house
    mails = ClaimMails(house.config, database=house.database, i18n=house.i18n, known=desk.office.codes, mailer=mailer)
    (job,) = mails.jobs()
    return job.run


def test_a_claim_link_arrives_in_the_language_of_the_badge_and_opens_it(desk):
    (given,) = desk.order(Recipient(email="ana@example.org", name="Ana"), mails=True)
    with mail_server() as server:
        sent_by(desk, server)({"award": given.award.id})
        (envelope,) = server.messages
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert envelope.rcpt_tos == ["ana@example.org"]
    assert message["Content-Language"] == "sl"
    assert "Čaj za začetnike" in message["Subject"]
    (link,) = (word for word in message.get_content().split() if word.startswith("https://"))
    assert link == f"https://testville.example/sl/claim/{codes.written(given.code)}"
    with desk.database.read() as session:
        code = codes.read(link.rpartition("/")[2])
        found = claiming.look(session, code, known=desk.office.codes, clock=desk.clock)
    assert found.award.id == given.award.id


def test_who_has_claimed_it_meanwhile_gets_no_mail(desk):
    (given,) = desk.order(Recipient(email="ana@example.org"), mails=True)
    with desk.database.write() as session:
        offered = claiming.look(session, given.code, known=desk.office.codes, clock=desk.clock)
        claiming.claim(session, offered, holder_id="h", issuing=desk.office.issuing, clock=desk.clock)
    with mail_server() as server:
        sent_by(desk, server)({"award": given.award.id})
        assert server.messages == []
