"""Badges that an outside service signs with its own key. What comes back is believed as far as it can be checked."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from col_core.plugin import (
    Badge,
    City,
    Document,
    FetchError,
    Got,
    InvalidInput,
    Issuers,
    NotReached,
    NotThere,
    Outcome,
    PublicKey,
    SignedCredential,
    Signer,
    Unreadable,
    building,
    json_text,
    prove_document,
)
from col_plugin_vc_api.service import Service

_NOT_THERE = (404, 410)
_REVOCATION = "revocation"
# What is told of a status entry; the service refuses anything else (VCALM, UpdateCredentialStatusRequest).
_ENTRY = ("id", "type", "statusPurpose", "statusListIndex", "statusListCredential")
# What the service says by itself; all the rest has to come back as it was sent.
_ITS_OWN = frozenset({"@context", "issuer", "credentialStatus", "proof", "credentialSchema"})


class OutsideService:
    """Issues Open Badges 3.0 in the name of the service, whose DID `issuer` is."""

    format = "vc-api"
    media_type = "application/vc"
    key_kind = None

    def __init__(self, city: City, service: Service, *, issuer: str, at_once: bool) -> None:
        self.at_once = at_once
        self.in_background = not at_once
        self._city, self._service, self._issuer = city, service, issuer

    def issue(self, badges: Sequence[Badge], *, signer: Signer | None) -> Sequence[SignedCredential]:  # noqa: ARG002
        return [self._issue(each) for each in badges]

    def revoke(self, badge_id: str, signed: SignedCredential) -> None:  # noqa: ARG002 (the reference says it)
        """Tell the service; raises FetchError where it does not answer, so that the job tries again."""
        known = _known(signed.reference)
        if known is not None:
            self._service.revoke(known["credentialId"], known["credentialStatus"])

    def verify(self, signed: SignedCredential, *, key: PublicKey | None) -> bool:
        """Return whether these are the bytes that were kept, and the service's key signed them.

        The digest is there because not every byte is signed: contexts, and how JSON is written.
        """
        known = _known(signed.reference)
        if key is not None or known is None or known["sha256"] != _digest(signed.body):
            return False
        try:
            return self._fault(json_text.parsed(signed.body)) is None
        except Unreadable:
            return False

    def _issue(self, badge: Badge) -> SignedCredential:
        asked = self._asked(badge)
        try:
            json_text.examine(asked)
        except Unreadable as error:
            raise InvalidInput(f"this badge cannot be sent to the badge service: {error.message}") from error
        issued = self._service.issue(asked)
        fault = _difference(asked, issued) or self._fault(issued)
        if fault is not None:
            raise FetchError(f"The badge service answered with a badge that is not the one it was asked for: {fault}.")
        body = json_text.written(issued)
        reference = {"credentialId": asked["id"], "credentialStatus": _entry(issued), "sha256": _digest(body)}
        return SignedCredential(body=body, media_type=self.media_type, reference=json_text.written(reference).decode())

    def _asked(self, badge: Badge) -> dict[str, Any]:
        """Return what the service is to sign: in its own name, and without our status lists, which it does not sign."""
        document = building.unsigned(badge)
        issuer = {**document["issuer"], "id": self._issuer}
        kept = {name: value for name, value in document.items() if name not in ("credentialStatus", "credentialSchema")}
        return kept | {"issuer": issuer}

    def _fault(self, issued: Document) -> str | None:
        """Return what is wrong with the issuer or the proof of `issued`."""
        issuer = issued.get("issuer")
        if (issuer.get("id") if isinstance(issuer, Mapping) else issuer) != self._issuer:
            return "another issuer signed it"
        proven = prove_document(issued, Issuers(_Fetched(self._city)), now=self._city.now())
        for check in (proven.issuer, proven.proof):
            if check.outcome != Outcome.PASSED:
                return f"its proof does not hold ({check.reason})"
        return None


class _Fetched:
    """The documents of an issuer whose DID does not hold its key, from the web."""

    def __init__(self, city: City) -> None:
        self._city = city

    def get(self, url: str, *, accept: str) -> Got:
        try:
            loaded = self._city.load(url, headers={"Accept": accept})
        except FetchError as error:
            raise (NotThere if error.answered in _NOT_THERE else NotReached)(str(error)) from error
        return Got(body=loaded.body, media_type=loaded.media_type)


def _difference(asked: Document, issued: Document) -> str | None:
    """Return what the service changed of what it was to sign."""
    for name, value in asked.items():
        if name not in _ITS_OWN and issued.get(name) != value:
            return f"{name} differs"
    more = sorted(issued.keys() - asked.keys() - _ITS_OWN)
    if more:
        return f"{more[0]} was added"
    contexts = issued.get("@context")
    if not isinstance(contexts, list) or contexts[: len(asked["@context"])] != asked["@context"]:
        return "@context differs"
    return None


def _entry(issued: Document) -> dict[str, str]:
    """Return the entry by which the service is told that a badge is revoked."""
    status = issued.get("credentialStatus")
    entries = [each for each in (status if isinstance(status, list) else [status]) if isinstance(each, Mapping)]
    found = next((each for each in entries if each.get("statusPurpose") == _REVOCATION), {})
    told = {name: found[name] for name in _ENTRY if isinstance(found.get(name), str)}
    # The two that must be there, of a service that keeps its lists to itself.
    return {"type": "BitstringStatusListEntry", "statusPurpose": _REVOCATION} | told


def _known(reference: str | None) -> dict[str, Any] | None:
    try:
        return json_text.parsed(reference or "")
    except Unreadable:
        return None


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
