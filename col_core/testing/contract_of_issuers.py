"""The contract of badge issuers: what was signed is verified, and nothing else is."""

import pytest

from col_core.badges.hooks import BadgeIssuer, SignedCredential

CREDENTIAL = '{"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"], "name": "Čaj"}'


class BadgeIssuerContract:
    """What every issuing back-end must do."""

    @pytest.fixture
    def issuer(self) -> BadgeIssuer:
        """Return the back-end. To be filled in."""
        raise NotImplementedError("a contract suite needs an `issuer` fixture")

    @pytest.fixture
    def signed(self, issuer: BadgeIssuer) -> SignedCredential:
        return issuer.sign(CREDENTIAL.encode())

    def test_it_names_its_format(self, issuer: BadgeIssuer) -> None:
        assert isinstance(issuer, BadgeIssuer)
        assert issuer.format
        assert issuer.format == issuer.format.strip().lower()

    def test_it_gives_bytes_that_say_what_they_are(self, signed: SignedCredential) -> None:
        assert isinstance(signed, SignedCredential)
        assert isinstance(signed.body, bytes)
        assert signed.body
        assert "/" in signed.media_type

    def test_what_it_signed_it_verifies(self, issuer: BadgeIssuer, signed: SignedCredential) -> None:
        assert issuer.verify(signed) is True
        again = issuer.sign(CREDENTIAL.encode())
        assert issuer.verify(again) is True

    def test_one_changed_byte_is_noticed(self, issuer: BadgeIssuer, signed: SignedCredential) -> None:
        for place in range(0, len(signed.body), max(1, len(signed.body) // 20)):
            body = bytearray(signed.body)
            body[place] ^= 1
            altered = SignedCredential(body=bytes(body), media_type=signed.media_type)
            assert issuer.verify(altered) is False, f"byte {place} was changed, and it still verifies"

    @pytest.mark.parametrize("body", [b"", b"\0", b"{}", b"null", b"\xff\xfe", CREDENTIAL.encode()])
    def test_what_it_did_not_sign_is_refused_and_raises_nothing(self, issuer: BadgeIssuer, body: bytes) -> None:
        assert issuer.verify(SignedCredential(body=body, media_type="application/vc")) is False
