"""What this city says on the push lane, as whole documents.

Sources: ActivityPub, section 6; what Mobilizon needs (an Announce beside each Create) and Gancio (a Tombstone that says
what it was).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from col_core.federation.fediverse import context
from col_core.federation.fediverse.identity import Identity
from col_core.federation.fediverse.records import PUBLIC, Document

CREATE, ANNOUNCE, UPDATE, DELETE = "Create", "Announce", "Update", "Delete"
CONTEXT = context.AS


def create(event: Document, *, identity: Identity, id_: str, version: int) -> dict[str, Any]:
    """Return what says that `event` is new."""
    return _of(CREATE, event, identity=identity, id_=identity.activity(CREATE, id_, version), at=event["published"])


def announce(event: Document, *, identity: Identity, id_: str, version: int) -> dict[str, Any]:
    """Return what points to `event`, which others fetch then."""
    said = _of(ANNOUNCE, event, identity=identity, id_=identity.activity(ANNOUNCE, id_, version), at=event["published"])
    return said | {"object": event["id"]}


def update(event: Document, *, identity: Identity, id_: str, version: int) -> dict[str, Any]:
    """Return what says what `event` is now."""
    said = _of(UPDATE, event, identity=identity, id_=identity.activity(UPDATE, id_, version), at=event["updated"])
    return said | {"updated": event["updated"]}


def delete(id_: str, *, kind: str, gone: datetime, identity: Identity, version: int) -> dict[str, Any]:
    """Return what says that an offer is shown no longer."""
    return {
        "id": identity.activity(DELETE, id_, version),
        "type": DELETE,
        "actor": identity.actor,
        "to": [PUBLIC],
        "cc": [identity.followers],
        "published": written(gone),
        "object": tombstone(id_, kind=kind, gone=gone, identity=identity),
    }


def tombstone(id_: str, *, kind: str, gone: datetime, identity: Identity) -> dict[str, Any]:
    """Return what stands in the place of an offer that is shown no longer."""
    return {"type": "Tombstone", "id": identity.opportunity(id_), "formerType": kind, "deleted": written(gone)}


def follow(actor: str, *, identity: Identity, token: str) -> dict[str, Any]:
    """Return what asks to be told what `actor` says."""
    return {
        "id": f"{identity.actor}#follows/{token}",
        "type": "Follow",
        "actor": identity.actor,
        "object": actor,
        "to": [actor],
    }


def undo_follow(actor: str, follow_id: str, *, identity: Identity) -> dict[str, Any]:
    """Return what takes a Follow back."""
    asked = {"id": follow_id, "type": "Follow", "actor": identity.actor, "object": actor}
    return {"id": f"{follow_id}/undo", "type": "Undo", "actor": identity.actor, "object": asked, "to": [actor]}


def accept(follow: Document, *, identity: Identity, token: str) -> dict[str, Any]:
    """Return what says that whoever sent `follow` is told from now on."""
    asked = {name: follow[name] for name in ("id", "type", "actor", "object") if name in follow}
    return {
        "id": f"{identity.actor}#accepts/{token}",
        "type": "Accept",
        "actor": identity.actor,
        "object": asked,
        "to": [asked["actor"]],
    }


def collection(url: str, *, total: int, first: str) -> dict[str, Any]:
    """Return a collection that is read page by page."""
    return {"id": url, "type": "OrderedCollection", "totalItems": total, "first": first}


def page(url: str, *, of: str, items: Iterable[Document], following: str | None) -> dict[str, Any]:
    """Return one page of a collection."""
    made = {"id": url, "type": "OrderedCollectionPage", "partOf": of, "orderedItems": list(items)}
    return made | ({"next": following} if following else {})


def written(moment: datetime) -> str:
    """Return an instant as activities write it: in UTC, to the second."""
    return f"{moment.isoformat()[:19]}Z"


def _of(kind: str, event: Document, *, identity: Identity, id_: str, at: str) -> dict[str, Any]:
    return {
        "id": id_,
        "type": kind,
        "actor": identity.actor,
        "published": at,
        "to": [PUBLIC],
        "cc": [identity.followers],
        "object": dict(event),
    }
