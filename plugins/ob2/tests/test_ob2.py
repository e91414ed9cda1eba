import json
from dataclasses import replace

import pytest

from col_core.plugin import BadgeIssuer, InvalidInput, open_badges_2_writing
from col_core.testing.badges import a_badge
from col_core.testing.cities import a_city
from col_core.testing.contracts import BadgeIssuerContract
from col_plugin_ob2 import col_badge_issuers


class TestHostedAssertions(BadgeIssuerContract):
    @pytest.fixture
    def issuer(self, tmp_path: object) -> BadgeIssuer:
        (issuer,) = col_badge_issuers(a_city(tmp_path, base_url="https://city.example"))
        return issuer

    def test_it_is_an_assertion_at_an_address_of_the_city(self, issuer: BadgeIssuer) -> None:
        (signed,) = issuer.issue([a_badge(7)], signer=None)
        addresses = open_badges_2_writing.Addresses(base_url="https://city.example")
        document = json.loads(signed.body)
        assert document == open_badges_2_writing.assertion(a_badge(7), addresses)
        assert document["id"] == "https://city.example/ob2/assertions/7"

    def test_a_badge_issued_again_is_the_same(self, issuer: BadgeIssuer) -> None:
        assert issuer.issue([a_badge(7)], signer=None) == issuer.issue([a_badge(7)], signer=None)

    def test_it_is_made_when_somebody_asks_for_it_and_not_before(self, issuer: BadgeIssuer) -> None:
        assert (issuer.at_once, issuer.key_kind) == (False, None)

    def test_what_nobody_would_read_the_same_way_is_told(self, issuer: BadgeIssuer) -> None:
        with pytest.raises(InvalidInput, match="control characters"):
            issuer.issue([a_badge(narrative="\x07")], signer=None)

    def test_bytes_with_the_digest_of_others_are_not_ours(self, issuer: BadgeIssuer) -> None:
        one, other = issuer.issue([a_badge(1), a_badge(2)], signer=None)
        assert issuer.verify(replace(one, reference=other.reference), key=None) is False
        assert issuer.verify(replace(one, reference=None), key=None) is False
