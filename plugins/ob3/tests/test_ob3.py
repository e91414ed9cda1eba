import json
from dataclasses import replace

import pytest

from col_core.plugin import BadgeIssuer, InvalidInput, Signer, building
from col_core.testing.badges import a_badge
from col_core.testing.contracts import BadgeIssuerContract
from col_plugin_ob3.issuer import EmbeddedProofs


class TestEmbeddedProofs(BadgeIssuerContract):
    @pytest.fixture
    def issuer(self) -> BadgeIssuer:
        return EmbeddedProofs()

    def test_it_is_an_open_badge_with_one_proof(self, issuer: BadgeIssuer, signer: Signer) -> None:
        (signed,) = issuer.issue([a_badge()], signer=signer)
        document = json.loads(signed.body)
        proof = document.pop("proof")
        assert document == building.unsigned(a_badge())
        assert proof["cryptosuite"] == "eddsa-rdfc-2022"
        assert proof["verificationMethod"] == signer.method
        assert proof["created"] == document["validFrom"]

    def test_a_badge_issued_again_is_the_same(self, issuer: BadgeIssuer, signer: Signer) -> None:
        assert issuer.issue([a_badge(7)], signer=signer) == EmbeddedProofs().issue([a_badge(7)], signer=signer)

    def test_what_cannot_be_signed_is_told(self, issuer: BadgeIssuer, signer: Signer) -> None:
        with pytest.raises(InvalidInput, match="is no IRI"):
            issuer.issue([a_badge(id="nowhere")], signer=signer)
        with pytest.raises(InvalidInput, match="control characters"):
            issuer.issue([a_badge(narrative="\x07")], signer=signer)
        with pytest.raises(InvalidInput, match="Ed25519"):
            issuer.issue([a_badge()], signer=None)

    def test_the_same_badge_with_other_contexts_is_not_ours(
        self, issuer: BadgeIssuer, signer: Signer, key: object
    ) -> None:
        (signed,) = issuer.issue([a_badge()], signer=signer)
        document = json.loads(signed.body)
        document["@context"][3] = {**document["@context"][3], "more": "https://x.example/more"}
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        assert issuer.verify(replace(signed, body=body), key=key) is False
