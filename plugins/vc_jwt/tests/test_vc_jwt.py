import pytest

from col_core.plugin import BadgeIssuer, InvalidInput, Signer, building, jwt
from col_core.testing.badges import a_badge
from col_core.testing.contracts import BadgeIssuerContract
from col_plugin_vc_jwt.issuer import Tokens


class TestTokens(BadgeIssuerContract):
    @pytest.fixture
    def issuer(self) -> BadgeIssuer:
        return Tokens()

    def test_the_payload_is_the_badge(self, issuer: BadgeIssuer, signer: Signer) -> None:
        (signed,) = issuer.issue([a_badge()], signer=signer)
        token = jwt.read(signed.body)
        assert token.header == {"alg": "RS256", "kid": signer.method, "typ": "JWT"}
        assert token.credential == building.unsigned(a_badge())

    def test_a_badge_issued_again_is_the_same(self, issuer: BadgeIssuer, signer: Signer) -> None:
        assert issuer.issue([a_badge(7)], signer=signer) == issuer.issue([a_badge(7)], signer=signer)

    def test_what_cannot_be_signed_is_told(self, issuer: BadgeIssuer, signer: Signer) -> None:
        with pytest.raises(InvalidInput, match="control characters"):
            issuer.issue([a_badge(narrative="\x07")], signer=signer)
        with pytest.raises(InvalidInput, match="RSA"):
            issuer.issue([a_badge()], signer=None)
