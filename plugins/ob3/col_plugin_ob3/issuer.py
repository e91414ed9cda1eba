"""Badges whose proof stands within them. Anybody who knows the contexts of the standards can verify them."""

from collections.abc import Sequence

from col_core.plugin import (
    Badge,
    InvalidInput,
    KeyKind,
    PublicKey,
    SignedCredential,
    Signer,
    Templates,
    Unreadable,
    building,
    data_integrity,
    json_text,
)


class EmbeddedProofs:
    """Issues Open Badges 3.0 with `eddsa-rdfc-2022`, which every displayer of the standard verifies."""

    format = "ob3-eddsa"
    # Verifiable Credentials 2.0, section C.2.
    media_type = "application/vc"
    key_kind = KeyKind.ED25519
    at_once = True

    def __init__(self) -> None:
        self._templates = Templates()

    def issue(self, badges: Sequence[Badge], *, signer: Signer | None) -> Sequence[SignedCredential]:
        if signer is None or signer.kind != self.key_kind:
            raise InvalidInput("a badge with an embedded proof is signed with a key for Ed25519")
        try:
            bodies = self._templates.sign(badges, signer)
        except Unreadable as error:
            raise InvalidInput(f"this badge cannot be signed: {error.message}") from error
        return [SignedCredential(body=body, media_type=self.media_type) for body in bodies]

    def revoke(self, badge_id: str, signed: SignedCredential) -> None:
        """Nothing to do: its status lists say so."""

    def verify(self, signed: SignedCredential, *, key: PublicKey | None) -> bool:
        if key is None:
            return False
        try:
            document = json_text.parsed(signed.body)
            proofs = data_integrity.read_proofs(document)
            # The contexts are not signed, and JSON can be written in several ways; ours are always the same.
            contexts = building.contexts_of(document["credentialSubject"]["achievement"])
            ours = document["@context"] == contexts and json_text.written(document) == signed.body
            return ours and len(proofs) == 1 and data_integrity.holds(document, proofs[0], key)
        except (Unreadable, LookupError, TypeError, AttributeError):
            return False
