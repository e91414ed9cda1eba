"""An outside badge service for tests: a real HTTP server on loopback that issues as VCALM 1.0 says, or does not."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import quote

from col_core.badges.credentials import data_integrity, dids, instants
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.records import KeyKind
from col_core.testing.web_server import WebServer, web_server

TOKEN = "not-a-secret"
_LIST = "https://service.example/status/1"


class BadgeService:
    """Issues with a key of its own. The switches say how it misbehaves.

    `knows_keys`: whether it knows the `Idempotency-Key` header; otherwise it answers 409 to what it issued before.
    `status`: with which it refuses everything. `nonsense`: what it answers instead. `loses_answers`: it issues, and
    breaks off. `delay_s`: how long it thinks, and `meanwhile` what happens elsewhere before it answers. `changes`: what
    it writes into what it signs.
    """

    def __init__(self, web: WebServer) -> None:
        self.web = web
        self.url = web.url("/issuers/1")
        self.key = PrivateKey.made(KeyKind.ED25519)
        self.did = dids.key_did(self.key.public)
        self.issued: dict[str, dict[str, Any]] = {}
        self.revoked: list[dict[str, Any]] = []
        self.knows_keys = True
        self.status: int | None = None
        self.nonsense: bytes | None = None
        self.loses_answers = False
        self.delay_s = 0.0
        self.meanwhile: Callable[[], None] | None = None
        self.changes: dict[str, Any] = {}
        web.answer("/issuers/1/credentials/issue", self._issue)
        web.answer("/issuers/1/credentials/status", self._update)

    @property
    def number_asked(self) -> int:
        return sum(path.endswith("/credentials/issue") for path, _ in self.web.requests)

    def _issue(self, request: BaseHTTPRequestHandler) -> None:
        if self._refuses(request):
            return
        credential = json.loads(self.web.bodies[-1])["credential"]
        id_ = credential["id"]
        again = id_ in self.issued
        if again and not self.knows_keys:
            self._say(request, 409, {"title": "Duplicate", "detail": "It was issued already."})
            return
        if not again:
            self.issued[id_] = self._signed(credential, len(self.issued))
            self.web.answer(f"/issuers/1/credentials/{quote(id_, safe='')}", lambda each: self._read(each, id_))
        if self.meanwhile is not None:
            self.meanwhile()
        if self.loses_answers:
            request.close_connection = True
            return
        self._say(request, 201, {"verifiableCredential": self.issued[id_]})

    def _signed(self, credential: dict[str, Any], index: int) -> dict[str, Any]:
        status = {
            "id": f"{_LIST}#{index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(index),
            "statusListCredential": _LIST,
        }
        signer = self.key.signer(dids.method_id(self.did, self.key.public))
        document = {**credential, "credentialStatus": status, **self.changes}
        return data_integrity.sign(document, signer, created=instants.read(credential["validFrom"]))

    def _read(self, request: BaseHTTPRequestHandler, id_: str) -> None:
        if not self._refuses(request):
            self._say(request, 200, {"verifiableCredential": self.issued[id_]})

    def _update(self, request: BaseHTTPRequestHandler) -> None:
        if self._refuses(request):
            return
        told = json.loads(self.web.bodies[-1])
        if told["credentialId"] not in self.issued:
            self._say(request, 404, {"title": "Not found"})
            return
        self.revoked.append(told)
        self._say(request, 200, {})

    def _refuses(self, request: BaseHTTPRequestHandler) -> bool:
        """Answer by itself where the service is slow, down, confused, or asked by a stranger."""
        time.sleep(self.delay_s)
        if self.status is not None:
            self._say(request, self.status, {"title": "No", "detail": "Not today."})
            return True
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._say(request, 401, {"title": "Who are you?"})
            return True
        if self.nonsense is not None:
            self._write(request, 201, self.nonsense)
            return True
        return False

    def _say(self, request: BaseHTTPRequestHandler, status: int, said: dict[str, Any]) -> None:
        self._write(request, status, json.dumps(said).encode())

    def _write(self, request: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


@contextmanager
def badge_service() -> Iterator[BadgeService]:
    """Run a badge service for as long as the block lasts."""
    with web_server() as web:
        yield BadgeService(web)
