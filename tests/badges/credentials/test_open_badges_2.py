import hashlib
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from col_core.badges.credentials import base64url
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.records import Aspect, Outcome, Verdict
from col_core.badges.credentials.verify import verify
from col_core.testing.issuing import NOW

AT = "https://badges.example"
CONTEXT = "https://w3id.org/openbadges/v2"


@pytest.fixture
def issuer():
    return {
        "@context": CONTEXT,
        "type": "Issuer",
        "id": f"{AT}/issuer",
        "name": "Library",
        "url": "https://library.example",
    }


@pytest.fixture
def badge_class():
    return {
        "@context": CONTEXT,
        "type": "BadgeClass",
        "id": f"{AT}/tea",
        "name": "Tea",
        "description": "Whoever has it makes tea.",
        "image": f"{AT}/tea.png",
        "criteria": {"narrative": "Make *tea*."},
        "issuer": f"{AT}/issuer",
        "alignment": [{"targetName": "prepare tea", "targetUrl": "https://skills.example/tea"}],
    }


@pytest.fixture
def assertion():
    digest = hashlib.sha256(b"jana@example.orgsalt").hexdigest()
    return {
        "@context": CONTEXT,
        "type": "Assertion",
        "id": f"{AT}/1",
        "badge": f"{AT}/tea",
        "recipient": {"type": "email", "hashed": True, "salt": "salt", "identity": f"sha256${digest}"},
        "verification": {"type": "HostedBadge"},
        "issuedOn": "2026-01-07T12:00:00+00:00",
        "evidence": "https://library.example/evidence",
        "narrative": "She made tea.",
    }


@pytest.fixture
def kept(web, issuer, badge_class, assertion):
    for each in (issuer, badge_class, assertion):
        web.put(each["id"], each)
    return web


def checked(given, web, **asked):
    return verify(json.dumps(given) if isinstance(given, dict) else given, documents=web, now=NOW, **asked)


def test_a_hosted_badge_is_valid_when_its_issuer_shows_it(kept, assertion):
    for given in (assertion, assertion["id"]):
        found = checked(given, kept)
        assert (found.verdict, found.reason) == (Verdict.VALID, "valid")
        assert found.checks[Aspect.PROOF].reason == "hosted_confirmed"
    told = found.told
    assert (told.name, told.criteria, told.issuer_name) == ("Tea", "Make *tea*.", "Library")
    assert told.evidence[0].url == "https://library.example/evidence"
    assert told.alignments[0].name == "prepare tea"
    assert told.narrative == "She made tea."
    assert told.image == f"{AT}/tea.png"


def test_what_came_is_only_a_hint_and_what_is_kept_is_shown(kept, assertion):
    found = checked({**assertion, "narrative": "She is a professor."}, kept)
    assert found.told.narrative == "She made tea."
    for change in ({"badge": f"{AT}/medicine"}, {"issuedOn": "2020-01-01"}, {"recipient": {"identity": "x"}}):
        assert checked({**assertion, **change}, kept).reason == "hosted_differs"


def test_a_hosted_badge_that_is_gone_moved_or_out_of_reach_is_not_valid(kept, assertion):
    kept.down(assertion["id"])
    found = checked(assertion, kept)
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "hosted_unreachable")


def test_a_hosted_badge_that_its_issuer_does_not_have_is_invalid(kept, assertion):
    kept.take_away(assertion["id"])
    found = checked(assertion, kept)
    assert (found.verdict, found.reason) == (Verdict.INVALID, "hosted_missing")


def test_a_hosted_badge_whose_address_says_that_it_was_taken_away_is_revoked(kept, assertion):
    kept.revoke(assertion["id"])
    found = checked(assertion, kept)
    assert (found.verdict, found.reason) == (Verdict.REVOKED, "revoked")


def test_a_hosted_badge_says_itself_that_it_was_revoked(kept, assertion):
    kept.put(assertion["id"], {**assertion, "revoked": True, "revocationReason": "Mistake"})
    assert checked(assertion, kept).verdict == Verdict.REVOKED


def test_a_badge_kept_by_a_stranger_in_the_name_of_an_issuer_is_invalid(kept, assertion, badge_class, issuer):
    away = "https://stranger.example"
    kept.put(f"{away}/1", {**assertion, "id": f"{away}/1"})
    found = checked(f"{away}/1", kept)
    assert (found.verdict, found.reason) == (Verdict.INVALID, "hosted_elsewhere")
    # Who brings a profile of the issuer along that allows it is not believed either.
    pretended = {**issuer, "verification": {"allowedOrigins": "stranger.example"}}
    brought = {**assertion, "id": f"{away}/2", "badge": {**badge_class, "issuer": pretended}}
    kept.put(f"{away}/2", brought)
    assert checked(f"{away}/2", kept).reason == "hosted_elsewhere"


def test_an_issuer_may_keep_badges_elsewhere_and_narrow_where(kept, assertion, issuer):
    host = "https://files.example"
    kept.put(f"{host}/ours/1", {**assertion, "id": f"{host}/ours/1"})
    kept.put(f"{host}/1", {**assertion, "id": f"{host}/1"})
    kept.put(issuer["id"], {**issuer, "verification": {"allowedOrigins": ["files.example"]}})
    assert checked(f"{host}/ours/1", kept).verdict == Verdict.VALID
    policy = {"allowedOrigins": ["files.example"], "startsWith": f"{host}/ours/"}
    kept.put(issuer["id"], {**issuer, "verification": policy})
    assert checked(f"{host}/ours/1", kept).verdict == Verdict.VALID
    assert checked(f"{host}/1", kept).reason == "hosted_elsewhere"


def test_dates_and_recipient_of_an_older_badge_are_checked(kept, assertion):
    kept.put(assertion["id"], {**assertion, "expires": (NOW - timedelta(days=1)).isoformat()})
    assert checked(assertion["id"], kept).verdict == Verdict.EXPIRED
    kept.put(assertion["id"], {**assertion, "issuedOn": "1767787200"})
    found = checked(assertion["id"], kept, recipient_email="jana@example.org")
    assert (found.verdict, found.checks[Aspect.RECIPIENT].outcome) == (Verdict.VALID, Outcome.PASSED)
    assert checked(assertion["id"], kept, recipient_email="x@example.org").reason == "recipient_other"


def test_what_the_standard_demands_has_to_be_there(kept, badge_class, assertion):
    kept.put(badge_class["id"], {name: each for name, each in badge_class.items() if name != "criteria"})
    found = checked(assertion, kept)
    assert (found.verdict, found.checks[Aspect.SCHEMA].details["missing"]) == (Verdict.INVALID, "badge.criteria")


@pytest.fixture
def signing(kept, issuer):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    described = {"@context": CONTEXT, "type": "CryptographicKey", "id": f"{AT}/key", "owner": f"{AT}/issuer"}
    kept.put(f"{AT}/key", {**described, "publicKeyPem": pem})
    kept.put(f"{AT}/issuer", {**issuer, "publicKey": f"{AT}/key", "revocationList": f"{AT}/revoked"})
    kept.put(f"{AT}/revoked", {"@context": CONTEXT, "type": "RevocationList", "revokedAssertions": []})
    return PrivateKey(key)


def jws(assertion, key, *, creator=f"{AT}/key"):
    said = {**assertion, "id": "urn:uuid:1", "verification": {"type": "SignedBadge", "creator": creator}}
    signed = ".".join(base64url.encoded(json.dumps(each).encode()) for each in ({"alg": "RS256"}, said))
    return f"{signed}.{base64url.encoded(key.signer('').sign(signed.encode()))}"


def test_a_signed_badge_is_valid_by_the_key_that_its_issuer_names(kept, signing, assertion):
    found = checked(jws(assertion, signing), kept)
    assert (found.verdict, found.told.format) == (Verdict.VALID, "ob2-jws")
    assert found.checks[Aspect.STATUS].reason == "status_clear"


def test_a_signed_badge_by_another_key_is_invalid(kept, signing, assertion, issuer):
    thief = PrivateKey(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    assert checked(jws(assertion, thief), kept).reason == "proof_broken"
    pem = kept.get(f"{AT}/key", accept="").body
    kept.put("https://stranger.example/key", pem.replace(f"{AT}/key".encode(), b"https://stranger.example/key"))
    elsewhere = jws(assertion, thief, creator="https://stranger.example/key")
    assert checked(elsewhere, kept).reason == "key_not_listed"
    owned = json.loads(pem) | {"owner": "https://stranger.example"}
    kept.put(f"{AT}/key", owned)
    assert checked(jws(assertion, signing), kept).reason == "key_not_listed"


def test_a_signed_badge_in_the_list_of_its_issuer_is_revoked_and_without_the_list_nobody_knows(
    kept, signing, assertion
):
    badge = jws(assertion, signing)
    for entry in ("urn:uuid:1", {"id": "urn:uuid:1", "revocationReason": "Mistake"}):
        kept.put(f"{AT}/revoked", {"type": "RevocationList", "revokedAssertions": [entry]})
        assert checked(badge, kept).verdict == Verdict.REVOKED
    others = [f"urn:uuid:{each}" for each in range(2, 40_000)]
    for entries, verdict in ((others, Verdict.VALID), ([*others, "urn:uuid:1"], Verdict.REVOKED)):
        kept.put(f"{AT}/revoked", {"type": "RevocationList", "revokedAssertions": entries})
        assert checked(badge, kept).verdict == verdict
    kept.put(f"{AT}/revoked", {"type": "RevocationList"})
    assert checked(badge, kept).reason == "status_unreadable"
    kept.down(f"{AT}/revoked")
    assert checked(badge, kept).reason == "status_unreachable"


def test_an_issuer_that_does_not_answer_leaves_an_older_badge_open(kept, signing, assertion):
    kept.down(f"{AT}/issuer")
    for badge in (assertion, jws(assertion, signing)):
        found = checked(badge, kept)
        assert (found.verdict, found.checks[Aspect.ISSUER].reason) == (Verdict.UNKNOWN, "issuer_unreachable")


@pytest.mark.parametrize(
    "old",
    [
        {"uid": "1", "recipient": "sha256$x", "badge": f"{AT}/tea", "verify": {"type": "hosted", "url": f"{AT}/1"}},
        {"@context": "https://w3id.org/openbadges/v1", "type": "Assertion", "badge": f"{AT}/tea", "recipient": {}},
        {"recipient": "jana@example.org", "badge": {"version": "0.5.0", "name": "Tea"}},
    ],
)
def test_badges_of_the_first_standard_are_turned_away_in_plain_words(kept, old):
    found = checked(old, kept)
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "open_badges_1")
