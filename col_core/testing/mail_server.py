"""A real mail server on loopback, which keeps what it is handed."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class MailServer:
    """Takes mail for every address. `answer` is what it says to a message, `unknown` to an address."""

    def __init__(self, *, answer: str = "250 OK", unknown: str | None = None) -> None:
        self.url = ""
        self.messages: list[Envelope] = []
        self._answer, self._unknown = answer, unknown

    async def handle_RCPT(  # noqa: N802 (the names that aiosmtpd calls)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self._unknown or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.messages.append(envelope)
        return self._answer


@contextmanager
def mail_server(*, answer: str = "250 OK", unknown: str | None = None, **options: Any) -> Iterator[MailServer]:
    """Run a server on a free port of 127.0.0.1 for as long as the block lasts; `options` are those of aiosmtpd."""
    server = MailServer(answer=answer, unknown=unknown)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller = Controller(server, hostname="127.0.0.1", port=port, **options)
    controller.start()
    server.url = f"smtp://127.0.0.1:{port}"
    try:
        yield server
    finally:
        controller.stop()
