"""Mail: handed to the city's mail server, encrypted wherever the server can."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from col_core.base.clock import Clock
from col_core.base.errors import ConfigError, MailError, MailRefused
from col_core.base.settings import MailConfig

_TIMEOUT_S = 30
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    """A message in plain text. `key` names it: the same message sent twice carries the same Message-ID."""

    key: str
    to: str
    subject: str
    text: str
    language: str
    reply_to: str | None = None
    urgent: bool = False


class Mailer:
    """Sends by SMTP. Raises ConfigError where `[mail] url` names no server."""

    def __init__(self, url: str, sender: str, clock: Clock) -> None:
        parts = urlsplit(url)
        try:
            self._host, port = parts.hostname or "", parts.port
        except ValueError:
            self._host, port = "", None
        if not self._host or parts.scheme not in ("smtp", "smtps"):
            raise ConfigError("[mail] url names no mail server; expected smtp://user:password@host:587.")
        self._encrypted = parts.scheme == "smtps"
        self._port = port or (465 if self._encrypted else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender, self._clock = sender, clock

    def send(self, mail: Mail) -> None:
        """Hand `mail` to the server. Raises MailError, and MailRefused where trying again is of no use."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, mail.to, mail.subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<{mail.key}@{self._sender.rpartition('@')[2]}>"
        # RFC 3834: nobody's out-of-office reply should come back.
        message["Auto-Submitted"] = "auto-generated"
        if mail.reply_to:
            message["Reply-To"] = mail.reply_to
        if mail.urgent:
            message["Importance"], message["X-Priority"] = "high", "1"
        message.set_content(mail.text)
        # Setting the content takes away what was said of it before.
        message["Content-Language"] = mail.language
        with _said_plainly(), self._connected() as server:
            server.send_message(message)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context()
        if self._encrypted:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=_TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT_S)
        with server:
            server.ehlo()
            encrypted = self._encrypted
            if not encrypted and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
                encrypted = True
            if self._user:
                if not encrypted and self._host not in _LOOPBACK:
                    raise MailError("The mail server offers no encryption, so the password was not sent to it.")
                server.login(self._user, self._password)
            yield server


def mailer(config: MailConfig, *, clock: Clock) -> Mailer | None:
    """Return what sends the city's mail; None where `[mail]` does not say by which server and from whom."""
    return Mailer(config.url, config.sender, clock) if config.url and config.sender else None


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        kind = MailRefused if all(code >= 500 for code in codes) else MailError
        raise kind(f"The mail server does not take mail for this address ({codes[0]}).") from error
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:
        raise MailError(f"The mail server does not let us in ({error.smtp_code}).") from error
    except smtplib.SMTPResponseException as error:
        kind = MailRefused if error.smtp_code >= 500 else MailError
        raise kind(f"The mail server did not take the message ({error.smtp_code}).") from error
    except smtplib.SMTPNotSupportedError as error:
        raise MailRefused("The mail server cannot carry an address with such letters.") from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailError(f"The mail server cannot be reached: {type(error).__name__}.") from error
