"""Assertions whose proof is the place where they stand: the city serves them, and whoever reads one asks there."""

import hashlib
from collections.abc import Sequence

from col_core.plugin import (
    Badge,
    InvalidInput,
    PublicKey,
    SignedCredential,
    Signer,
    Unreadable,
    json_text,
    open_badges_2_writing,
)


class HostedAssertions:
    """Issues Open Badges 2.0 with hosted verification."""

    format = "ob2"
    # Open Badges 2.0, "Setting Content-Type".
    media_type = "application/ld+json"
    key_kind = None
    # Few ask for this version: a badge gets it when somebody does.
    at_once = False

    def __init__(self, base_url: str) -> None:
        self._addresses = open_badges_2_writing.Addresses(base_url=base_url)

    def issue(self, badges: Sequence[Badge], *, signer: Signer | None) -> Sequence[SignedCredential]:  # noqa: ARG002
        return [self._issue(each) for each in badges]

    def revoke(self, badge_id: str, signed: SignedCredential) -> None:
        """Nothing to do: the city answers for a revoked badge with 410."""

    def verify(self, signed: SignedCredential, *, key: PublicKey | None) -> bool:
        """Return whether the bytes are those that were made: nothing in them says so, so they have a digest."""
        return key is None and signed.reference == _digest(signed.body)

    def _issue(self, badge: Badge) -> SignedCredential:
        document = open_badges_2_writing.assertion(badge, self._addresses)
        try:
            json_text.examine(document)
        except Unreadable as error:
            raise InvalidInput(f"this badge cannot be given as Open Badges 2.0: {error.message}") from error
        body = json_text.written(document)
        return SignedCredential(body=body, media_type=self.media_type, reference=_digest(body))


def _digest(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"
