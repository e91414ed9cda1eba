"""Whoever has the domain of a city later must not rewrite what its issuers said before."""

import json

import pytest

from col_core.badges.credentials import dids, issuer_documents
from col_core.badges.credentials.issuer_documents import HeldKey
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.records import Aspect, KeyKind, Verdict
from col_core.federation.recognition import copies
from col_core.testing.web_server import web_server
from col_core.testing.wires import Fault

KEY = PrivateKey.made(KeyKind.ED25519).public


@pytest.fixture
def taken_over(towns):
    """A city whose domain came into other hands after it was mirrored: a server that says what the test lets it say."""
    ljubljana, vilnius, _ = towns
    revoked, taken_back = ljubljana.give(name="Bor")
    _, good = ljubljana.give()
    ljubljana.revoke(revoked.award)
    vilnius.meet(ljubljana)
    assert not vilnius.mirror(ljubljana).wrong
    with web_server() as other:
        ljubljana.line.target = int(other.host.rpartition(":")[2])
        yield ljubljana, vilnius, other, good, taken_back


def say_other_keys(ljubljana, other):
    did = dids.web_did(ljubljana.url)
    document = issuer_documents.document(did, [HeldKey(key=KEY)])
    other.put("/.well-known/did.json", json.dumps(document).encode(), Content_Type="application/json")
    empty = {"id": f"{ljubljana.url}/revocations/_city", "issuer": did, "revokedCredential": []}
    other.put("/revocations/_city", json.dumps(empty).encode(), Content_Type="application/json")


def test_other_keys_without_what_became_of_the_old_ones_do_not_count_and_are_told(taken_over):
    ljubljana, vilnius, other, good, taken_back = taken_over
    say_other_keys(ljubljana, other)
    found = vilnius.check(good)
    assert (found.verdict, found.in_doubt) == (Verdict.VALID, True)
    assert found.checks[Aspect.ISSUER].reason == "issuer_doubted"
    assert vilnius.check(taken_back).verdict == Verdict.REVOKED
    assert "Strežnik izdajatelja odgovarja drugače kot prej" in vilnius.page(good)


def test_what_is_kept_is_not_spoiled_by_the_next_round(taken_over):
    ljubljana, vilnius, other, good, taken_back = taken_over
    say_other_keys(ljubljana, other)
    done = vilnius.mirror(ljubljana)
    assert done.taken == 0
    with vilnius.database.read() as session:
        (place,) = [each.place for each in copies.listing(session) if each.doubted]
        assert len(copies.history(session, place)) == 1
    ljubljana.line.suffer(Fault.CUT)
    assert vilnius.check(good).verdict == Verdict.VALID
    assert vilnius.check(taken_back).verdict == Verdict.REVOKED


def test_a_parked_domain_changes_nothing(taken_over):
    _, vilnius, other, good, taken_back = taken_over
    for path in ("/.well-known/did.json", "/revocations/_city"):
        other.put(path, b"<html>This domain is for sale", Content_Type="text/html")
    assert vilnius.check(good).verdict == Verdict.VALID
    assert vilnius.check(taken_back).verdict == Verdict.REVOKED


def test_a_person_can_take_the_other_keys(taken_over):
    ljubljana, vilnius, other, good, _ = taken_over
    say_other_keys(ljubljana, other)
    done = vilnius.mirror(ljubljana, trusting=True)
    assert done.taken >= 1
    found = vilnius.check(good)
    assert (found.verdict, found.reason) == (Verdict.INVALID, "key_not_listed")


def test_a_badge_of_the_other_keys_is_neither_good_nor_bad(taken_over):
    ljubljana, vilnius, other, good, _ = taken_over
    say_other_keys(ljubljana, other)
    forged = json.loads(good)
    forged["proof"]["verificationMethod"] = dids.method_id(dids.web_did(ljubljana.url), KEY)
    found = vilnius.check(json.dumps(forged))
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "issuer_doubted")
