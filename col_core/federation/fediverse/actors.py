"""Who others are: actors, fetched from their own servers, checked, and kept for a while.

Sources: ActivityPub, section 4; FEP-521a (keys), FEP-2677 (the actor of a server), FEP-fe34 (origins); RFC 7033.
What was fetched counts only where its id is the address that it finally came from and its type is one of ActivityPub
(CVE-2024-23832, CVE-2024-25623).
"""

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urldefrag, urlsplit

from sqlalchemy import delete
from sqlalchemy.orm import Session

from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import KeyKind
from col_core.base import strict_json
from col_core.base.database import upsert
from col_core.base.errors import FetchError, InvalidInput, NotFound, Unavailable
from col_core.federation.fediverse import cavage
from col_core.federation.fediverse.documents import ACTIVITY, LINKED
from col_core.federation.fediverse.identity import Identity
from col_core.federation.fediverse.records import LONGEST_ID, Actor, Document
from col_core.federation.fediverse.tables import ActorRow
from col_core.federation.ground import Ground
from col_core.federation.peers import host_of, is_on

FRESH_FOR, KEPT_FOR = timedelta(hours=12), timedelta(days=30)
# Somebody whose signature did not hold may have a new key; more often nobody is asked.
_ASKED_AGAIN_AFTER = timedelta(minutes=1)
MAX_BYTES = 256_000
_DEADLINE_S = 5.0
_MOST_AT_ONCE, _TURN_S = 3, 1.0
_KINDS = frozenset({"Application", "Group", "Organization", "Person", "Service"})
_TYPES = ("application/activity+json", "application/ld+json")
_MOST_KEYS = 10
_APPLICATION = "https://www.w3.org/ns/activitystreams#Application"


class Actors:
    """Fetches what others publish under their own name."""

    def __init__(self, ground: Ground, identity: Identity) -> None:
        self._ground, self._identity = ground, identity
        self._asking = threading.BoundedSemaphore(_MOST_AT_ONCE)

    def get(self, id_: str, *, afresh: bool = False) -> Actor:
        """Return the actor `id_`, fetched again where it is older than half a day, or `afresh` and not just fetched.

        Raises FetchError where it cannot be had, InvalidInput where what is there is no actor of that id.
        """
        now = self._ground.clock.now()
        with self._ground.database.read() as session:
            row = session.get(ActorRow, id_)
            found = None if row is None else (json.loads(row.document), row.fetched)
        if found is not None:
            document, fetched = found
            age = abs(now - fetched)
            if age < (_ASKED_AGAIN_AFTER if afresh else FRESH_FOR):
                return actor_of(document)
        # Whoever waits for an answer waits for somebody else's server here: never many at once.
        if not self._asking.acquire(timeout=_TURN_S):
            raise Unavailable("Too many are being looked up at once; please try again in a moment.", retry_after_s=5)
        try:
            document = self.fetch(id_)
        finally:
            self._asking.release()
        actor = actor_of(document)
        self._keep(actor, document, now)
        return actor

    def fetch(self, url: str) -> Document:
        """Return the ActivityPub document whose id is `url`.

        It is asked for without a name first, and with our signature where the server wants one. Raises FetchError, and
        InvalidInput for what is something else.
        """
        url = urldefrag(url).url
        try:
            answer = self._ground.http.get(url, accept=LINKED, max_bytes=MAX_BYTES, deadline_s=_DEADLINE_S)
        except FetchError as error:
            if error.answered not in (401, 403):
                raise
            signer = self._identity.signer(KeyKind.RSA)
            signed = cavage.sign("GET", url, None, signer, now=self._ground.clock.now())
            answer = self._ground.http.get(
                url, accept=LINKED, max_bytes=MAX_BYTES, deadline_s=_DEADLINE_S, headers=signed
            )
        if answer.media_type not in _TYPES:
            raise InvalidInput(f"What {host_of(url)} answered is not ActivityPub.")
        document = strict_json.loads(answer.body, max_bytes=MAX_BYTES)
        if not isinstance(document, dict) or document.get("id") != answer.final_url:
            raise InvalidInput(f"What {host_of(url)} answered is not what was asked for: its id is another.")
        return document

    def find(self, address: str) -> Actor:
        """Return the actor that speaks for the server at `address`, or the one whose address that is.

        It is looked up in NodeInfo (FEP-2677), then by WebFinger. Raises NotFound, FetchError, InvalidInput.
        """
        base = _base(address)
        for found in (*self._by_nodeinfo(base), *self._by_webfinger(base)):
            if host_of(found) == host_of(base):
                return self.get(found)
        raise NotFound(f"{host_of(base)} names no actor that speaks for it; give the address of one.")

    def _by_nodeinfo(self, base: str) -> Iterator[str]:
        for link in _links(self._json(f"{base}/.well-known/nodeinfo")):
            if link.get("rel") == _APPLICATION and isinstance(link.get("href"), str):
                yield link["href"]

    def _by_webfinger(self, base: str) -> Iterator[str]:
        host = urlsplit(base).netloc
        for resource in (f"acct:{host}@{host}", f"acct:city@{host}", f"acct:relay@{host}"):
            for link in _links(self._json(f"{base}/.well-known/webfinger?resource={quote(resource)}")):
                if link.get("rel") == "self" and link.get("type") in (ACTIVITY, LINKED):
                    href = link.get("href")
                    if isinstance(href, str):
                        yield href

    def _json(self, url: str) -> Any:
        try:
            answer = self._ground.http.get(url, accept="application/json", max_bytes=MAX_BYTES, deadline_s=_DEADLINE_S)
            return strict_json.loads(answer.body, max_bytes=MAX_BYTES)
        except InvalidInput:
            return {}
        except FetchError as error:
            if error.answered is None:
                raise
            return {}

    def _keep(self, actor: Actor, document: Document, now: datetime) -> None:
        values = {
            "id": actor.id,
            "host": actor.host,
            "document": json.dumps(document, ensure_ascii=False),
            "fetched": now,
        }
        with self._ground.database.write() as session:
            insert = upsert(session, ActorRow).values(values)
            session.execute(insert.on_conflict_do_update(index_elements=[ActorRow.id], set_=values))


def forget(session: Session, *, before: datetime) -> None:
    """Forget who was fetched last before `before`."""
    session.execute(delete(ActorRow).where(ActorRow.fetched < before).execution_options(synchronize_session=False))


def actor_of(document: Document) -> Actor:
    """Return the actor that `document` describes. Raises InvalidInput.

    Everything that matters of it is on its own host: its inbox, its keys and who owns them.
    """
    id_, kind = document.get("id"), document.get("type")
    if not isinstance(id_, str) or len(id_) > LONGEST_ID or kind not in _KINDS:
        raise InvalidInput("This is no actor.")
    host = host_of(id_)
    endpoints = document.get("endpoints")
    shared = endpoints.get("sharedInbox") if isinstance(endpoints, Mapping) else None
    inbox = document.get("inbox")
    if not _is_on(inbox, host):
        raise InvalidInput(f"The actor {id_[:200]} has no inbox on its own server.")
    return Actor(
        id=id_,
        host=host,
        kind=str(kind),
        inbox=str(inbox),
        shared_inbox=str(shared) if _is_on(shared, host) else None,
        keys=dict(_keys(document.get("publicKey"), id_, host)),
        methods=dict(_methods(document.get("assertionMethod"), id_, host)),
    )


def _keys(said: Any, id_: str, host: str) -> Iterator[tuple[str, PublicKey]]:
    for each in (said if isinstance(said, list) else [said])[:_MOST_KEYS]:
        if isinstance(each, Mapping) and each.get("owner") == id_ and _is_on(each.get("id"), host):
            try:
                yield str(each["id"]), PublicKey.of_pem(each.get("publicKeyPem"))
            except Unreadable:
                continue


def _methods(said: Any, id_: str, host: str) -> Iterator[tuple[str, PublicKey]]:
    for each in (said if isinstance(said, list) else [said])[:_MOST_KEYS]:
        if isinstance(each, Mapping) and each.get("type") == "Multikey" and each.get("controller") == id_:
            try:
                if _is_on(each.get("id"), host):
                    yield str(each["id"]), PublicKey.of_multibase(each.get("publicKeyMultibase"))
            except Unreadable:
                continue


def _is_on(url: Any, host: str) -> bool:
    return isinstance(url, str) and len(url) <= LONGEST_ID and is_on(url, host)


def _links(said: Any) -> list[Mapping[str, Any]]:
    links = said.get("links") if isinstance(said, Mapping) else None
    return [each for each in links[:50] if isinstance(each, Mapping)] if isinstance(links, list) else []


def _base(address: str) -> str:
    parts = urlsplit(address if "//" in address else f"https://{address}")
    base = f"{parts.scheme}://{parts.netloc}"
    host_of(base)
    return base
