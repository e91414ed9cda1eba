"""Badges as compact tokens: what they say is the payload, and nobody needs JSON-LD to verify them."""

from collections.abc import Sequence

from col_core.plugin import (
    Badge,
    InvalidInput,
    KeyKind,
    PublicKey,
    SignedCredential,
    Signer,
    Unreadable,
    building,
    jwt,
)


class Tokens:
    """Issues Open Badges 3.0 as VC-JWT with RS256, the algorithm that the standard asks of everybody."""

    format = "vc-jwt"
    media_type = jwt.MEDIA_TYPE
    key_kind = KeyKind.RSA
    at_once = False

    def issue(self, badges: Sequence[Badge], *, signer: Signer | None) -> Sequence[SignedCredential]:
        if signer is None or signer.kind != self.key_kind:
            raise InvalidInput("a badge as a token is signed with an RSA key")
        try:
            tokens = [jwt.sign(building.unsigned(each), signer) for each in badges]
        except Unreadable as error:
            raise InvalidInput(f"this badge cannot be signed: {error.message}") from error
        return [SignedCredential(body=each.encode(), media_type=self.media_type) for each in tokens]

    def revoke(self, badge_id: str, signed: SignedCredential) -> None:
        """Nothing to do: its status lists say so."""

    def verify(self, signed: SignedCredential, *, key: PublicKey | None) -> bool:
        try:
            return key is not None and jwt.holds(jwt.read(signed.body), key)
        except Unreadable:
            return False
