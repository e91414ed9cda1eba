import email
import email.policy
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from col_core.base.errors import ConfigError, MailError, MailRefused
from col_core.base.mail import Mail, Mailer, mailer
from col_core.base.settings import MailConfig
from col_core.testing.mail_server import mail_server

MESSAGE = Mail(
    key="feedback-1",
    to="info@testville.example",
    subject="Povratna informacija: čisto vse šđž",
    text="Prva vrstica\n.\nTretja č",
    language="sl",
    reply_to="somebody@example.org",
    urgent=True,
)


def test_a_message_arrives_whole(clock):
    with mail_server() as server:
        Mailer(server.url, "portal@testville.example", clock).send(MESSAGE)
    (envelope,) = server.messages
    assert (envelope.mail_from, envelope.rcpt_tos) == ("portal@testville.example", ["info@testville.example"])
    arrived = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert arrived["Subject"] == MESSAGE.subject
    assert arrived["Reply-To"] == "somebody@example.org"
    assert arrived["Message-ID"] == "<feedback-1@testville.example>"
    assert (arrived["Auto-Submitted"], arrived["Importance"]) == ("auto-generated", "high")
    assert arrived["Date"] == "Wed, 07 Jan 2026 12:00:00 +0000"
    assert arrived.get_content().splitlines() == MESSAGE.text.splitlines()


@pytest.mark.parametrize(
    ("answer", "permanent"), [("451 later", False), ("452 full", False), ("552 too much", True), ("554 no", True)]
)
def test_a_server_that_says_no_is_asked_again_only_where_it_may_say_yes(clock, answer, permanent):
    with mail_server(answer=answer) as server, pytest.raises(MailError) as refused:
        Mailer(server.url, "portal@testville.example", clock).send(MESSAGE)
    assert refused.value.permanent is permanent


def test_an_address_that_the_server_does_not_know_is_given_up(clock):
    with mail_server(unknown="550 no such mailbox") as server, pytest.raises(MailRefused, match="550"):
        Mailer(server.url, "portal@testville.example", clock).send(MESSAGE)


def test_a_server_that_is_away_is_tried_again(clock):
    with mail_server() as server:
        gone = server.url
    with pytest.raises(MailError, match="cannot be reached") as away:
        Mailer(gone, "portal@testville.example", clock).send(MESSAGE)
    assert not away.value.permanent


def test_a_name_and_password_are_given_where_the_address_of_the_server_holds_them(clock):
    given = []

    def authenticator(server, session, envelope, mechanism, data):
        given.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss", handled=False)

    with mail_server(authenticator=authenticator, auth_require_tls=False) as server:
        Mailer(server.url.replace("//", "//us%40er:p%40ss@"), "portal@testville.example", clock).send(MESSAGE)
        with pytest.raises(MailError, match="does not let us in") as refused:
            Mailer(server.url.replace("//", "//user:wrong@"), "portal@testville.example", clock).send(MESSAGE)
    assert given[0] == (b"us@er", b"p@ss")
    assert not refused.value.permanent


def test_a_server_with_a_false_certificate_gets_nothing(clock, tmp_path):
    with mail_server(tls_context=self_signed(tmp_path)) as server, pytest.raises(MailError, match="SSL"):
        Mailer(server.url, "portal@testville.example", clock).send(MESSAGE)
    assert server.messages == []


def test_nothing_that_would_become_a_second_header_is_sent(clock):
    evil = Mail(key="a", to="a@b.example", subject="x\r\nBcc: c@d.example", text="", language="sl")
    with mail_server() as server, pytest.raises(ValueError, match="linefeed"):
        Mailer(server.url, "portal@testville.example", clock).send(evil)
    assert server.messages == []


@pytest.mark.parametrize("url", ["smtp://", "smtp://:25", "smtp://host:port", "http://host"])
def test_an_address_that_names_no_server_is_refused(clock, url):
    with pytest.raises(ConfigError, match="names no mail server"):
        Mailer(url, "portal@testville.example", clock)


def test_a_city_without_a_mail_server_or_a_sender_sends_none(clock):
    assert mailer(MailConfig(), clock=clock) is None
    assert mailer(MailConfig(url="smtp://host"), clock=clock) is None
    assert mailer(MailConfig(url="smtp://host", sender="a@b.example"), clock=clock) is not None


def self_signed(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "elsewhere.example")])
    made = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(made - timedelta(days=1))
        .not_valid_after(made + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
