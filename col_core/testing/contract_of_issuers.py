"""The contract of badge issuers: what was issued is verified, and nothing else is."""

from functools import cache

import pytest

from col_core.badges.credentials.dids import method_id
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import KeyKind, Signer
from col_core.badges.hooks import BadgeIssuer, SignedCredential
from col_core.testing.badges import ISSUER, a_badge

CREDENTIAL = '{"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"], "name": "Čaj"}'
BADGES = [a_badge(1), a_badge(2), a_badge(3)]


class BadgeIssuerContract:
    """What every issuing back-end must do."""

    @pytest.fixture
    def issuer(self) -> BadgeIssuer:
        """Return the back-end. To be filled in."""
        raise NotImplementedError("a contract suite needs an `issuer` fixture")

    @pytest.fixture
    def private(self, issuer: BadgeIssuer) -> PrivateKey | None:
        """Return a key of the kind that the back-end asks for."""
        return None if issuer.key_kind is None else _made(issuer.key_kind)

    @pytest.fixture
    def signer(self, private: PrivateKey | None) -> Signer | None:
        return None if private is None else private.signer(method_id(ISSUER.id, private.public))

    @pytest.fixture
    def key(self, private: PrivateKey | None) -> PublicKey | None:
        return None if private is None else private.public

    @pytest.fixture
    def signed(self, issuer: BadgeIssuer, signer: Signer | None) -> SignedCredential:
        (signed,) = issuer.issue(BADGES[:1], signer=signer)
        return signed

    def test_it_names_its_format_and_its_key(self, issuer: BadgeIssuer, signer: Signer | None) -> None:
        assert isinstance(issuer, BadgeIssuer)
        assert issuer.format
        assert issuer.format == issuer.format.strip().lower()
        assert "/" in issuer.media_type
        assert issuer.at_once in (True, False)
        assert (None if signer is None else signer.kind) == issuer.key_kind

    def test_it_gives_bytes_that_say_what_they_are(self, issuer: BadgeIssuer, signed: SignedCredential) -> None:
        assert isinstance(signed, SignedCredential)
        assert isinstance(signed.body, bytes)
        assert signed.body
        assert signed.media_type == issuer.media_type

    def test_what_it_issued_it_verifies(
        self, issuer: BadgeIssuer, signer: Signer | None, key: PublicKey | None
    ) -> None:
        for signed in issuer.issue(BADGES, signer=signer):
            assert issuer.verify(signed, key=key) is True

    def test_what_another_key_signed_does_not_hold(self, issuer: BadgeIssuer, signed: SignedCredential) -> None:
        if issuer.key_kind is not None:
            assert issuer.verify(signed, key=PrivateKey.made(issuer.key_kind).public) is False
            assert issuer.verify(signed, key=None) is False

    def test_it_issues_each_badge_in_its_order(self, issuer: BadgeIssuer, signer: Signer | None) -> None:
        assert list(issuer.issue([], signer=signer)) == []
        together = issuer.issue(BADGES, signer=signer)
        assert len(together) == len(BADGES)
        assert len({signed.body for signed in together}) == len(BADGES), "two badges got the same bytes"
        backwards = issuer.issue(BADGES[::-1], signer=signer)
        assert [len(signed.body) for signed in backwards] == [len(signed.body) for signed in together][::-1]

    def test_one_changed_byte_is_noticed(
        self, issuer: BadgeIssuer, signed: SignedCredential, key: PublicKey | None
    ) -> None:
        for place in range(0, len(signed.body), max(1, len(signed.body) // 100)):
            body = bytearray(signed.body)
            body[place] ^= 1
            altered = SignedCredential(body=bytes(body), media_type=signed.media_type, reference=signed.reference)
            assert issuer.verify(altered, key=key) is False, f"byte {place} was changed, and it still verifies"

    def test_one_byte_more_or_less_is_noticed(
        self, issuer: BadgeIssuer, signed: SignedCredential, key: PublicKey | None
    ) -> None:
        for body in (signed.body[:-1], signed.body[1:], signed.body + b" ", b"\n" + signed.body):
            altered = SignedCredential(body=body, media_type=signed.media_type, reference=signed.reference)
            assert issuer.verify(altered, key=key) is False

    @pytest.mark.parametrize("body", [b"", b"\0", b"{}", b"null", b"\xff\xfe", CREDENTIAL.encode()])
    def test_what_it_did_not_sign_is_refused_and_raises_nothing(
        self, issuer: BadgeIssuer, key: PublicKey | None, body: bytes
    ) -> None:
        assert issuer.verify(SignedCredential(body=body, media_type="application/vc"), key=key) is False

    def test_revoking_raises_nothing(self, issuer: BadgeIssuer, signed: SignedCredential) -> None:
        issuer.revoke(BADGES[0].id, signed)


@cache
def _made(kind: KeyKind) -> PrivateKey:
    """Return one key of a kind: to make an RSA key takes a while."""
    return PrivateKey.made(kind)
