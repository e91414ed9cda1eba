"""Judging what a host says of an issuer before it takes the place of what is kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from col_core.badges.credentials import issuer_documents, json_text, status_lists
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.input import read
from col_core.badges.credentials.issuers import Issuers
from col_core.badges.credentials.proving import prove_document, prove_token
from col_core.badges.credentials.records import Got, NotThere
from col_core.badges.credentials.shapes import id_of
from col_core.federation.recognition.records import Kind


def keys_of(body: bytes, issuer: str) -> Mapping[str, Any]:
    """Return the document of an issuer's keys. Raises Unreadable for what is none, or another's."""
    document = json_text.parsed(body)
    issuer_documents.keys_in(document, issuer=issuer)
    return document


def have_changed(newer: Mapping[str, Any], older: Mapping[str, Any] | None, *, issuer: str) -> bool:
    """Return whether two documents of `issuer` list other keys; None is none from before."""
    if older is None:
        return True
    return issuer_documents.keys_in(newer, issuer=issuer) != issuer_documents.keys_in(older, issuer=issuer)


def check(kind: Kind, body: bytes, *, issuer: str, keys: bytes, now: datetime) -> None:
    """See that `body` is a list or profile of `issuer`, whose document is `keys`. Raises Unreadable where it is not."""
    if kind is Kind.STATUS:
        _check_status(body, issuer, keys, now)
        return
    bounds = json_text.REVOCATIONS if kind is Kind.REVOCATIONS else json_text.BADGE
    document = json_text.parsed(body, bounds)
    if kind is Kind.REVOCATIONS and id_of(document.get("issuer")) != issuer:
        raise Unreadable("issuer", "a list of another issuer")
    if kind is Kind.PROFILE and id_of({"id": document.get("id")}) is None:
        raise Unreadable("issuer", "a profile without a name")


def _check_status(body: bytes, issuer: str, keys: bytes, now: datetime) -> None:
    came = read(body)
    known = Issuers(_Known(keys))
    if came.token is not None:
        proven = prove_token(came.token, known)
    elif came.document is not None:
        proven = prove_document(came.document, known, now=now)
    else:
        raise Unreadable("status-list", "no list")
    listed = status_lists.read_bitstring(proven.document)
    if not proven.holds or listed.issuer != issuer:
        raise Unreadable("issuer", "a list that its issuer did not sign")


class _Known:
    """`Documents` that knows the keys of one issuer and nothing else."""

    def __init__(self, keys: bytes) -> None:
        self._keys = keys

    def get(self, url: str, *, accept: str) -> Got:
        if not url.endswith("/did.json"):
            raise NotThere(f"{url} for {accept} is not known here")
        return Got(body=self._keys, media_type="application/did+json")
