"""Issuers for tests, and the places on the web where their documents stand: what verifying asks, without a network."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from col_core.badges.credentials import (
    base64url,
    building,
    data_integrity,
    dids,
    issuer_documents,
    json_text,
    jwt,
    status_lists,
)
from col_core.badges.credentials.issuer_documents import HeldKey
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import (
    Badge,
    Document,
    Got,
    Issuer,
    KeyKind,
    NotReached,
    NotThere,
    Signer,
    TakenAway,
)
from col_core.badges.credentials.status_lists import Bitstring

NOW = datetime(2026, 5, 19, 12, 0, tzinfo=UTC)


def jwk_did(key: PublicKey) -> str:
    """Return the `did:jwk` of `key`: we read such names, and give none ourselves."""
    return f"did:jwk:{base64url.encoded(json_text.written(key.jwk()))}"


class Web:
    """What stands at which address: 404 where nobody put anything, and no answer where it is `down`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._there: dict[str, bytes] = {}
        self._down: set[str] = set()
        self._gone: set[str] = set()

    def put(self, url: str, what: bytes | str | Document) -> str:
        """Let `what` stand at `url`, which is returned."""
        if isinstance(what, Mapping):
            what = json.dumps(what)
        self._there[url] = what.encode() if isinstance(what, str) else what
        return url

    def take_away(self, url: str) -> None:
        self._there.pop(url, None)

    def revoke(self, url: str) -> None:
        """Answer that what stood at `url` was taken away for good, as a revoked badge of Open Badges 2.0 does."""
        self._gone.add(url)

    def down(self, url: str) -> None:
        """Let nobody answer at `url`."""
        self._down.add(url)

    def get(self, url: str, *, accept: str) -> Got:
        self.asked.append(url)
        if url in self._down:
            raise NotReached("nobody answers")
        if url in self._gone:
            raise TakenAway("it was taken away")
        if url not in self._there:
            raise NotThere("nothing stands there")
        return Got(body=self._there[url], media_type=accept.partition(",")[0])


class TestIssuer:
    """An organisation with keys and a document of its own, `did:web` unless said."""

    __test__ = False

    def __init__(
        self, web: Web, *, host: str = "library.example", kind: KeyKind = KeyKind.ED25519, did: str | None = None
    ) -> None:
        self.web = web
        self.host = host
        self.key = PrivateKey.made(kind)
        self.did = did or f"did:web:{host}"
        self.keys: list[HeldKey] = []
        self.list_keys([HeldKey(key=self.key.public)])

    @property
    def profile(self) -> Issuer:
        return Issuer(id=self.did, name="Mestna knjižnica", url=f"https://{self.host}/")

    @property
    def signer(self) -> Signer:
        return self.key.signer(dids.method_id(self.did, self.key.public))

    @property
    def document_address(self) -> str:
        return dids.document_address(self.did) if self.did.startswith("did:web:") else self.did

    def list_keys(self, keys: Sequence[HeldKey]) -> None:
        """Publish the document with these keys in it."""
        self.keys = [*keys]
        if not dids.is_of_itself(self.did):
            self.web.put(self.document_address, issuer_documents.document(self.did, keys))

    def unsigned(self, badge: Badge) -> dict[str, Any]:
        """Return what `badge` says, from this issuer."""
        document = building.unsigned(badge)
        document["issuer"] = building.profile(self.profile)
        return document

    def signed(self, document: Document, *, created: datetime = NOW) -> dict[str, Any]:
        """Return `document` with a proof by this issuer."""
        return data_integrity.sign(document, self.signer, created=created)

    def token(self, document: Document) -> str:
        """Return `document` as a JWT by this issuer."""
        return jwt.sign(document, self.signer)

    def status_list(self, url: str, *, purpose: str = "revocation", taken: Sequence[int] = ()) -> dict[str, Any]:
        """Return a signed bitstring list in which the bits `taken` are set."""
        bits = Bitstring()
        for each in taken:
            bits.set(each)
        made = status_lists.bitstring_credential(
            url=url,
            issuer=self.did,
            purpose=purpose,
            bits=bits,
            valid_from=NOW - timedelta(hours=1),
            valid_until=NOW + timedelta(hours=1),
        )
        return self.signed(made)


def text(document: Document) -> bytes:
    """Return a document as it is handed on."""
    return json_text.written(document)
