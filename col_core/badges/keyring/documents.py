"""What an issuer tells the world of itself: its DID document with every key that it had, and its profile."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from col_core.badges.credentials import building, issuer_documents
from col_core.badges.credentials.issuer_documents import HeldKey
from col_core.badges.keyring.identities import Identity
from col_core.badges.keyring.keyring import Keyring


def did_document(session: Session, identity: Identity, *, keyring: Keyring) -> dict[str, Any]:
    """Return the DID document of an issuer."""
    keys = keyring.listing(session, issuer=identity.key)
    held = [HeldKey(key=each.public, retired=each.retired, revoked=each.compromised) for each in keys]
    known_as = [identity.issuer.url] if identity.issuer.url else []
    return issuer_documents.document(identity.did, held, also_known_as=known_as)


def profile(identity: Identity, *, endorsements: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """Return the Open Badges profile of an issuer, with the credentials in which others vouch for it."""
    said = building.profile(identity.issuer)
    return {**said, "endorsement": list(endorsements)} if endorsements else said
