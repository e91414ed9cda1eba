import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from col_core.badges.credentials import baking_png, baking_svg, base64url, building, data_integrity, dids, jwt
from col_core.badges.credentials.issuer_documents import HeldKey
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.records import (
    Aspect,
    BitstringEntry,
    HashedEmail,
    KeyKind,
    Outcome,
    Recipient,
    Recognised,
    RevocationListEntry,
    Verdict,
)
from col_core.badges.credentials.status_lists import Bitstring
from col_core.badges.credentials.verify import verify
from col_core.testing.badges import a_badge
from col_core.testing.issuing import NOW, TestIssuer, Web, jwk_did, text

LIST = "https://library.example/status/1"
REVOCATIONS = "https://library.example/revocations"


def checked(given, web, **asked):
    return verify(text(given) if isinstance(given, dict) else given, documents=web, now=NOW, **asked)


def outcome(verification, aspect):
    check = verification.checks[aspect]
    return check.outcome, check.reason


def plain(library, **changes):
    return library.unsigned(a_badge(1, **{"status": [], **changes}))


def png():
    made = BytesIO()
    Image.new("RGB", (4, 4), "teal").save(made, "PNG")
    return made.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


# What is genuine


@pytest.mark.parametrize("kind", [KeyKind.ED25519, KeyKind.P256])
def test_a_badge_with_an_embedded_proof_is_valid(web, kind):
    library = TestIssuer(web, kind=kind)
    found = checked(library.signed(plain(library)), web)
    assert (found.verdict, found.reason) == (Verdict.VALID, "valid")
    assert outcome(found, Aspect.PROOF) == (Outcome.PASSED, "proof_holds")
    assert outcome(found, Aspect.ISSUER) == (Outcome.PASSED, "issuer_confirmed")
    assert found.told.name == "Čaj za začetnike"
    assert found.told.issuer_name == "Mestna knjižnica"
    assert found.told.format == "ob3"


@pytest.mark.parametrize("kind", [*KeyKind])
def test_a_badge_as_a_token_is_valid(web, kind):
    library = TestIssuer(web, kind=kind)
    found = checked(library.token(plain(library)), web)
    assert found.verdict == Verdict.VALID
    assert found.told.format == "ob3-jwt"


@pytest.mark.parametrize("named", [dids.key_did, jwk_did])
def test_an_issuer_that_is_nothing_but_a_key_is_said_to_be_one(web, named):
    key = PrivateKey.made(KeyKind.ED25519)
    library = TestIssuer(web, did=named(key.public))
    library.key = key
    method = dids.own_document(library.did)["assertionMethod"][0]
    document = building.unsigned(a_badge(1, status=[], issuer=library.profile))
    signed = data_integrity.sign(document, key.signer(method), created=NOW)
    found = checked(signed, web)
    assert found.verdict == Verdict.VALID
    assert outcome(found, Aspect.ISSUER) == (Outcome.PASSED, "issuer_is_a_key")
    assert web.asked == []


def test_an_issuer_whose_id_is_an_address_lists_its_keys_there(web):
    library = TestIssuer(web, did="https://library.example/profile.json")
    assert checked(library.signed(plain(library)), web).verdict == Verdict.VALID


@pytest.mark.parametrize(
    "bake", [lambda badge: baking_png.bake(png(), badge), lambda badge: baking_svg.bake(SVG, badge)]
)
def test_a_badge_in_a_picture_is_read_from_it(web, library, bake):
    signed = library.signed(plain(library))
    token = library.token(plain(library))
    for badge in (json.dumps(signed), token):
        baked = bake(badge)
        assert checked(baked, web).verdict == Verdict.VALID
        as_text = base64.b64encode(baked).decode()
        assert checked(as_text, web).verdict == Verdict.VALID
        assert checked(f"data:image/png;base64,{as_text}", web).verdict == Verdict.VALID


def test_an_address_is_followed_to_a_badge_a_picture_or_a_page_that_names_one(web, library):
    signed = library.signed(plain(library))
    there = web.put("https://library.example/badges/1", signed)
    baked = web.put("https://library.example/badges/1.png", baking_png.bake(png(), json.dumps(signed)))
    page = web.put(
        "https://library.example/en/badges/1",
        '<!doctype html><link rel="alternate" type="application/vc" href="/badges/1"><p>A badge',
    )
    for address in (there, baked, page, f"  {there}\n"):
        assert checked(address, web).verdict == Verdict.VALID


def test_an_address_without_a_badge_says_so(web):
    page = web.put("https://library.example/", "<!DOCTYPE html><html><p>Welcome</p></html>")
    assert checked(page, web).reason == "no_badge_at_address"
    missing = checked("https://library.example/missing", web)
    assert (missing.verdict, missing.reason) == (Verdict.UNKNOWN, "address_empty")
    web.down("https://library.example/down")
    down = checked("https://library.example/down", web)
    assert (down.verdict, down.reason) == (Verdict.UNKNOWN, "address_unreachable")
    web.put("https://library.example/a", '<!doctype html><link rel=alternate type=application/vc href="/a">')
    assert checked("https://library.example/a", web).reason == "no_badge_at_address"


def test_a_badge_in_the_shape_of_the_older_credentials_is_valid(web, library):
    document = plain(library)
    document["@context"] = [
        "https://www.w3.org/2018/credentials/v1",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://w3id.org/security/data-integrity/v2",
    ]
    document["issuanceDate"] = document.pop("validFrom")
    del document["inLanguage"], document["credentialSchema"]
    for name in ("names", "abilities", "microCredential", "inLanguage", "related"):
        document["credentialSubject"]["achievement"].pop(name, None)
    found = checked(library.signed(document), web)
    assert found.verdict == Verdict.VALID
    assert found.told.issued == datetime(2026, 1, 7, 12, 0, tzinfo=UTC)


def test_a_presentation_of_one_badge_is_that_badge(web, library):
    signed = library.signed(plain(library))
    shown = {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiablePresentation"]}
    assert checked({**shown, "verifiableCredential": [signed]}, web).verdict == Verdict.VALID
    assert checked({**shown, "verifiableCredential": [library.token(plain(library))]}, web).verdict == Verdict.VALID
    assert checked({**shown, "verifiableCredential": [signed, signed]}, web).reason == "not_one_badge"


# What is not


@pytest.mark.parametrize(
    "alter",
    [
        lambda badge: badge["credentialSubject"]["achievement"].update(name="Doctor of Medicine"),
        lambda badge: badge["credentialSubject"].update(id="urn:uuid:00000000-0000-4000-8000-000000009999"),
        lambda badge: badge.update(validFrom="2020-01-01T00:00:00Z"),
        lambda badge: badge["issuer"].update(name="Ministry"),
        lambda badge: badge.pop("evidence"),
        lambda badge: badge["proof"].update(created="2026-05-18T12:00:00Z"),
        lambda badge: badge.update(validUntil="2099-01-01T00:00:00Z"),
        lambda badge: badge["@context"].pop(),
    ],
)
def test_whatever_is_changed_after_signing_makes_it_invalid(web, library, alter):
    badge = json.loads(text(library.signed(plain(library))))
    alter(badge)
    found = checked(badge, web)
    assert found.verdict == Verdict.INVALID
    assert found.checks[Aspect.PROOF].outcome == Outcome.FAILED
    assert found.told is not None


def test_a_word_that_means_nothing_was_added_by_anybody(web, library):
    badge = {**library.signed(plain(library)), "grade": "best"}
    badge["somethingNew"] = "x"
    found = checked(badge, web)
    assert (found.verdict, found.reason) == (Verdict.INVALID, "unsigned_words")


def test_a_badge_without_a_proof_or_with_an_empty_one_is_invalid(web, library):
    unsigned = plain(library)
    assert checked(unsigned, web).reason == "proof_missing"
    for proof in ([], {}, None, "proof", [None], {"type": "DataIntegrityProof"}):
        found = checked({**unsigned, "proof": proof}, web)
        assert (found.verdict, found.reason) == (Verdict.INVALID, "proof_unreadable")
    assert web.asked == []


def test_every_one_of_several_proofs_has_to_hold(web, library):
    signed = library.signed(plain(library))
    other = library.signed({**plain(library), "name": "Other"})
    assert checked({**signed, "proof": [signed["proof"], signed["proof"]]}, web).verdict == Verdict.VALID
    assert checked({**signed, "proof": [signed["proof"], other["proof"]]}, web).verdict == Verdict.INVALID


def test_a_kind_of_proof_that_we_do_not_read_leaves_it_open(web, library):
    signed = library.signed(plain(library))
    signed["proof"]["cryptosuite"] = "bbs-2023"
    found = checked(signed, web)
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "proof_kind")


def test_a_key_that_is_not_in_the_issuers_document_counts_for_nothing(web, library):
    stranger = TestIssuer(web, host="stranger.example")
    pretended = stranger.signed(plain(library))
    found = checked(pretended, web)
    assert (found.verdict, found.reason) == (Verdict.INVALID, "key_not_listed")


@pytest.mark.parametrize("with_kid", [True, False])
def test_a_key_in_the_badge_itself_counts_only_if_the_issuer_lists_it(web, library, with_kid):
    thief = PrivateKey.made(KeyKind.ED25519)
    for key, expected in ((library.key, Verdict.VALID), (thief, Verdict.INVALID)):
        signer = key.signer(library.signer.method)
        body = jwt.sign(plain(library), signer).split(".")[1]
        header = {"alg": "EdDSA", "typ": "JWT", "jwk": key.public.jwk()}
        if with_kid:
            header["kid"] = library.signer.method
        head = base64url.encoded(json.dumps(header).encode())
        signature = base64url.encoded(signer.sign(f"{head}.{body}".encode()))
        assert checked(f"{head}.{body}.{signature}", web).verdict == expected


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "HS512", "RS512", ""])
def test_no_signature_and_shared_secrets_are_refused(web, algorithm):
    library = TestIssuer(web, kind=KeyKind.RSA)
    body = library.token(plain(library)).split(".")[1]
    head = base64url.encoded(json.dumps({"alg": algorithm, "kid": library.signer.method}).encode())
    for signature in ("", base64url.encoded(b"x" * 32)):
        found = checked(f"{head}.{body}.{signature}", web)
        assert (found.verdict, found.reason) == (Verdict.INVALID, "algorithm")


def test_a_token_whose_claims_name_another_issuer_is_invalid(web, library):
    stranger = TestIssuer(web, host="stranger.example")
    document = plain(library)
    payload = {**document, "iss": stranger.did, "jti": document["id"], "sub": document["credentialSubject"]["id"]}
    payload["nbf"] = int(datetime(2026, 1, 7, 12, tzinfo=UTC).timestamp())
    header = {"alg": "EdDSA", "kid": stranger.signer.method, "typ": "JWT"}
    signed = ".".join(base64url.encoded(json.dumps(each).encode()) for each in (header, payload))
    found = checked(f"{signed}.{base64url.encoded(stranger.signer.sign(signed.encode()))}", web)
    assert (found.verdict, found.reason) == (Verdict.INVALID, "claims_differ")


def test_a_key_that_was_rotated_out_keeps_what_it_signed_and_nothing_later(web, library):
    before = library.signed(plain(library), created=NOW - timedelta(days=30))
    after = library.signed(plain(library), created=NOW)
    token = library.token(plain(library))
    late = library.token(plain(library, valid_from=NOW - timedelta(days=1)))
    new = PrivateKey.made(KeyKind.ED25519)
    library.list_keys([HeldKey(key=library.key.public, retired=NOW - timedelta(days=10)), HeldKey(key=new.public)])
    assert checked(before, web).verdict == Verdict.VALID
    assert checked(token, web).verdict == Verdict.VALID
    for each in (after, late):
        found = checked(each, web)
        assert (found.verdict, found.reason) == (Verdict.INVALID, "key_retired")


def test_a_key_that_was_stolen_takes_all_that_it_signed_with_it(web, library):
    for badge in (library.signed(plain(library), created=NOW - timedelta(days=30)), library.token(plain(library))):
        library.list_keys([HeldKey(key=library.key.public, revoked=NOW - timedelta(days=1))])
        found = checked(badge, web)
        assert (found.verdict, found.reason) == (Verdict.INVALID, "key_revoked")


def test_a_key_for_something_else_does_not_sign_badges(web, library):
    document = json.loads(web.get(library.document_address, accept="").body)
    document["authentication"] = document.pop("assertionMethod")
    web.put(library.document_address, document)
    found = checked(library.signed(plain(library)), web)
    assert (found.verdict, found.reason) == (Verdict.INVALID, "key_purpose")


def test_a_context_from_elsewhere_is_neither_fetched_nor_believed(web, library):
    badge = library.signed(plain(library))
    badge["@context"] = [*badge["@context"], "https://stranger.example/context.json"]
    web.put("https://stranger.example/context.json", {"@context": {}})
    found = checked(badge, web)
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "context")
    assert "https://stranger.example/context.json" not in web.asked


def test_an_issuer_that_does_not_answer_leaves_it_open(web, library):
    signed, token = library.signed(plain(library)), library.token(plain(library))
    web.down(library.document_address)
    for badge in (signed, token):
        found = checked(badge, web)
        assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "issuer_unreachable")
    gone = Web()
    assert checked(signed, gone).reason == "issuer_gone"
    gone.put(library.document_address, "<p>Parked")
    found = checked(signed, gone)
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "issuer_unreadable")


def test_a_document_of_another_issuer_at_that_address_is_no_confirmation(web, library):
    document = json.loads(web.get(library.document_address, accept="").body)
    web.put(library.document_address, {**document, "id": "did:web:stranger.example"})
    found = checked(library.signed(plain(library)), web)
    assert (found.verdict, found.checks[Aspect.ISSUER].reason) == (Verdict.INVALID, "issuer_other")


def test_an_issuer_named_in_a_way_that_we_cannot_follow_leaves_it_open(web, library):
    document = plain(library)
    document["issuer"]["id"] = "did:example:123"
    found = checked(library.signed(document), web)
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "issuer_kind")


def test_a_signed_document_that_is_no_open_badge_is_none(web, library):
    document = plain(library)
    document["type"] = ["VerifiableCredential"]
    found = checked(library.signed(document), web)
    assert (found.verdict, found.reason) == (Verdict.INVALID, "schema_kind")


@pytest.mark.parametrize("missing", ["name", "description", "criteria"])
def test_what_the_standard_demands_has_to_be_there(web, library, missing):
    document = plain(library)
    del document["credentialSubject"]["achievement"][missing]
    found = checked(library.signed(document), web)
    assert (found.verdict, found.reason) == (Verdict.INVALID, "schema_missing")
    assert found.checks[Aspect.SCHEMA].details["missing"] == f"credentialSubject.achievement.{missing}"


def test_a_badge_has_one_issuer(web, library):
    document = plain(library)
    document["issuer"] = [document["issuer"], {"id": "did:web:stranger.example", "type": ["Profile"]}]
    found = checked(library.signed(document), web)
    assert (found.verdict, found.checks[Aspect.SCHEMA].details["missing"]) == (Verdict.INVALID, "issuer.id")


# Dates


def test_a_badge_ends_and_begins_at_its_dates(web, library):
    for until, verdict in ((NOW - timedelta(seconds=1), Verdict.EXPIRED), (NOW + timedelta(seconds=1), Verdict.VALID)):
        document = plain(library, valid_until=until)
        for badge in (library.signed(document), library.token(document)):
            assert checked(badge, web).verdict == verdict
    early = library.signed(plain(library, valid_from=NOW + timedelta(days=1)))
    found = checked(early, web)
    assert (found.verdict, found.reason) == (Verdict.INVALID, "not_yet")
    just_now = library.signed(plain(library, valid_from=NOW + timedelta(minutes=2)))
    assert checked(just_now, web).verdict == Verdict.VALID


# Status


def listed(library, *entries, **changes):
    return library.signed(plain(library, status=entries, **changes))


def test_a_bit_in_a_signed_list_revokes_and_suspends(web, library):
    badge = listed(library, BitstringEntry(list_url=LIST, index=94_567))
    web.put(LIST, library.status_list(LIST))
    assert outcome(checked(badge, web), Aspect.STATUS) == (Outcome.PASSED, "status_clear")
    web.put(LIST, library.status_list(LIST, taken=[94_567]))
    found = checked(badge, web)
    assert (found.verdict, found.reason) == (Verdict.REVOKED, "revoked")
    suspended = listed(library, BitstringEntry(list_url=LIST, index=7, purpose="suspension"))
    web.put(LIST, library.status_list(LIST, purpose="suspension", taken=[7]))
    found = checked(suspended, web)
    assert (found.verdict, found.reason) == (Verdict.REVOKED, "suspended")


def test_a_list_may_come_as_a_token(web, library):
    badge = listed(library, BitstringEntry(list_url=LIST, index=5))
    unsigned = {name: value for name, value in library.status_list(LIST, taken=[5]).items() if name != "proof"}
    web.put(LIST, library.token(unsigned))
    assert checked(badge, web).verdict == Verdict.REVOKED


def test_the_list_of_1edtech_revokes(web, library):
    badge = listed(library, RevocationListEntry(list_url=REVOCATIONS))
    none: dict = {"id": REVOCATIONS, "issuer": library.did, "revokedCredential": []}
    web.put(REVOCATIONS, none)
    assert checked(badge, web).verdict == Verdict.VALID
    web.put(REVOCATIONS, {**none, "revokedCredential": [{"id": badge["id"], "revoked": True}]})
    assert checked(badge, web).verdict == Verdict.REVOKED
    web.put(REVOCATIONS, {**none, "issuer": "did:web:stranger.example"})
    assert checked(badge, web).reason == "status_unproven"


def test_a_list_of_very_many_that_were_taken_back_is_read(web, library):
    badge = listed(library, RevocationListEntry(list_url=REVOCATIONS))
    others = [{"id": f"https://library.example/credentials/{each}", "revoked": True} for each in range(40_000)]
    many: dict = {"id": REVOCATIONS, "issuer": library.did, "revokedCredential": others}
    web.put(REVOCATIONS, many)
    assert checked(badge, web).verdict == Verdict.VALID
    web.put(REVOCATIONS, {**many, "revokedCredential": [*others, {"id": badge["id"], "revoked": True}]})
    assert checked(badge, web).verdict == Verdict.REVOKED


def test_the_older_kind_of_bitstring_list_is_read(web, library):
    document = plain(library)
    context = "https://w3id.org/vc/status-list/2021/v1"
    entry = {"id": f"{LIST}#9", "type": "StatusList2021Entry", "statusPurpose": "revocation"}
    document["credentialStatus"] = {**entry, "statusListIndex": "9", "statusListCredential": LIST}
    made = library.status_list(LIST, taken=[9])
    older = {
        "@context": ["https://www.w3.org/2018/credentials/v1", context, "https://w3id.org/security/data-integrity/v2"],
        "id": LIST,
        "type": ["VerifiableCredential", "StatusList2021Credential"],
        "issuer": library.did,
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": f"{LIST}#list",
            "type": "StatusList2021",
            "statusPurpose": "revocation",
            "encodedList": made["credentialSubject"]["encodedList"][1:],
        },
    }
    document["@context"].append(context)
    for kept in (token_of(library, older), library.signed(older)):
        web.put(LIST, kept)
        for badge in (library.token(document), library.signed(document)):
            found = checked(badge, web)
            assert (found.verdict, found.reason) == (Verdict.REVOKED, "revoked")


@pytest.mark.parametrize(
    ("put", "reason"),
    [
        (lambda web, library: None, "status_unreachable"),
        (lambda web, library: web.down(LIST), "status_unreachable"),
        (lambda web, library: web.put(LIST, "<p>gone"), "status_unreadable"),
        (lambda web, library: web.put(LIST, TestIssuer(web, host="x.example").status_list(LIST)), "status_unproven"),
        (lambda web, library: web.put(LIST, library.status_list("https://library.example/2")), "status_place"),
        (lambda web, library: web.put(LIST, library.status_list(LIST, purpose="suspension")), "status_place"),
        (lambda web, library: web.put(LIST, forged(library.status_list(LIST, taken=[3]))), "status_unproven"),
    ],
)
def test_a_list_that_cannot_be_had_or_believed_never_makes_a_badge_valid(web, library, put, reason):
    badge = listed(library, BitstringEntry(list_url=LIST, index=3))
    put(web, library)
    found = checked(badge, web)
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, reason)


def token_of(issuer, document):
    """A token of a document that is not of today's shape."""
    header = {"alg": "EdDSA", "kid": issuer.signer.method, "typ": "JWT"}
    claims = {"iss": issuer.did, "jti": document["id"], "sub": document["credentialSubject"]["id"], "nbf": 1767225600}
    signed = ".".join(base64url.encoded(json.dumps(each).encode()) for each in (header, {**document, **claims}))
    return f"{signed}.{base64url.encoded(issuer.signer.sign(signed.encode()))}"


def forged(status_list):
    """A list from which somebody took the bits out."""
    bits = Bitstring().encoded()
    return {**status_list, "credentialSubject": {**status_list["credentialSubject"], "encodedList": bits}}


def test_an_old_list_and_a_place_beyond_its_end_leave_it_open(web, library):
    web.put(LIST, library.status_list(LIST))
    beyond = listed(library, BitstringEntry(list_url=LIST, index=200_000))
    assert checked(beyond, web).reason == "status_place"
    badge = listed(library, BitstringEntry(list_url=LIST, index=3))
    later = verify(text(badge), documents=web, now=NOW + timedelta(days=2))
    assert (later.verdict, later.reason) == (Verdict.UNKNOWN, "status_unproven")


def test_one_list_that_says_revoked_outweighs_all_others(web, library):
    entries = [BitstringEntry(list_url=LIST, index=3), RevocationListEntry(list_url=REVOCATIONS)]
    badge = listed(library, *entries)
    web.down(LIST)
    web.put(REVOCATIONS, {"id": REVOCATIONS, "issuer": library.did, "revokedCredential": [{"id": badge["id"]}]})
    assert checked(badge, web).verdict == Verdict.REVOKED
    web.put(REVOCATIONS, {"id": REVOCATIONS, "issuer": library.did, "revokedCredential": []})
    assert checked(badge, web).verdict == Verdict.UNKNOWN


def test_a_kind_of_status_that_we_do_not_know_leaves_it_open(web, library):
    document = plain(library)
    document["credentialStatus"] = {"id": LIST, "type": "SomeNewStatus2030"}
    found = checked(library.token(document), web)
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, "status_kind")


def test_revoked_comes_before_expired_and_expired_before_unknown(web, library):
    over = NOW - timedelta(days=1)
    badge = listed(library, BitstringEntry(list_url=LIST, index=3), valid_until=over)
    web.put(LIST, library.status_list(LIST, taken=[3]))
    assert checked(badge, web).verdict == Verdict.REVOKED
    web.take_away(LIST)
    assert checked(badge, web).verdict == Verdict.EXPIRED


def test_what_nobody_vouches_for_sends_us_nowhere(web, library):
    badge = listed(library, BitstringEntry(list_url=LIST, index=3))
    badge["name"] = "Other"
    assert checked(badge, web).verdict == Verdict.INVALID
    assert LIST not in web.asked


# Whose badge it is


def test_an_e_mail_address_is_compared_with_its_hash(web, library):
    digest = hashlib.sha256(b"jana@example.org" + b"salt").hexdigest()
    recipient = Recipient(
        id="urn:uuid:00000000-0000-4000-8000-000000000001", email=HashedEmail(digest_hex=digest, salt="salt")
    )
    badge = library.signed(plain(library, recipient=recipient))
    assert outcome(checked(badge, web), Aspect.RECIPIENT) == (Outcome.ABSENT, "recipient_not_asked")
    for email in ("jana@example.org", " Jana@Example.org "):
        found = checked(badge, web, recipient_email=email)
        assert (found.verdict, found.checks[Aspect.RECIPIENT].reason) == (Verdict.VALID, "recipient_fits")
    found = checked(badge, web, recipient_email="other@example.org")
    assert (found.verdict, found.reason) == (Verdict.INVALID, "recipient_other")
    unnamed = checked(library.signed(plain(library)), web, recipient_email="jana@example.org")
    assert (unnamed.verdict, unnamed.reason) == (Verdict.UNKNOWN, "recipient_unnamed")


# Endorsements, network, refresh


def endorsement(by, subject, **changes):
    return building.endorsement(
        id="https://city.example/endorsements/1",
        issuer=by.profile,
        subject=subject,
        subject_type="OpenBadgeCredential",
        name="Endorsement",
        valid_from=NOW - timedelta(days=1),
        comment="We saw it.",
        **changes,
    )


def test_endorsements_are_checked_as_the_credentials_that_they_are(web, library):
    city = TestIssuer(web, host="city.example")
    badge_id = a_badge(1).id
    good = city.signed(endorsement(city, badge_id))
    found = checked(library.signed(plain(library, endorsements=[good])), web)
    assert outcome(found, Aspect.ENDORSEMENTS) == (Outcome.PASSED, "endorsements_hold")
    assert found.told.endorsements[0].comment == "We saw it."
    elsewhere = city.signed(endorsement(city, "https://city.example/badges/other"))
    altered = {**good, "name": "Changed"}
    old = city.signed(endorsement(city, badge_id, valid_until=NOW - timedelta(hours=1)))
    for bad in (elsewhere, altered, old):
        found = checked(library.signed(plain(library, endorsements=[bad])), web)
        assert found.verdict == Verdict.VALID
        assert outcome(found, Aspect.ENDORSEMENTS) == (Outcome.FAILED, "endorsement_fails")
        assert found.told.endorsements[0].outcome == Outcome.FAILED


def test_endorsements_as_tokens_are_checked_too(web, library):
    city = TestIssuer(web, host="city.example")
    document = plain(library)
    document["endorsementJwt"] = [city.token(endorsement(city, document["id"]))]
    found = checked(library.token(document), web)
    assert outcome(found, Aspect.ENDORSEMENTS) == (Outcome.PASSED, "endorsements_hold")
    document["endorsementJwt"] = ["a.b.c"]
    assert outcome(checked(library.token(document), web), Aspect.ENDORSEMENTS)[0] == Outcome.FAILED


def test_endorsements_of_endorsements_end_somewhere(web, library):
    city = TestIssuer(web, host="city.example")
    made = endorsement(city, a_badge(1).id)
    for _ in range(4):
        made = {**endorsement(city, a_badge(1).id), "endorsementJwt": [city.token(made)]}
    document = {**plain(library), "endorsementJwt": [city.token(made)] * 3}
    found = checked(library.token(document), web)
    assert found.verdict == Verdict.VALID
    assert len(web.asked) <= 3


class Network:
    def __init__(self, *members):
        self.members = members

    def has_network(self):
        return True

    def look(self, issuer_id):
        if issuer_id not in self.members:
            return None
        return Recognised(names={"sl": "Ljubljana"}, host="lj.example", since=NOW, vouched_by="Mreža")


def test_whether_the_network_knows_the_issuer_is_said_and_changes_nothing(web, library):
    badge = library.signed(plain(library))
    known = checked(badge, web, recognised=Network(library.did))
    assert outcome(known, Aspect.NETWORK) == (Outcome.PASSED, "network_member")
    assert known.checks[Aspect.NETWORK].details == {
        "host": "lj.example", "city": "Ljubljana", "city:sl": "Ljubljana", "since": NOW.isoformat(),
        "vouched_by": "Mreža",
    }  # fmt: skip
    stranger = checked(badge, web, recognised=Network())
    assert outcome(stranger, Aspect.NETWORK) == (Outcome.ABSENT, "network_stranger")
    assert stranger.verdict == Verdict.VALID
    forged = checked({**badge, "name": "Forged"}, web, recognised=Network(library.did))
    assert outcome(forged, Aspect.NETWORK) == (Outcome.ABSENT, "not_checked")


def test_a_newer_badge_of_the_same_issuer_takes_the_place_of_the_old_one(web, library):
    address = "https://library.example/refresh/1"
    document = plain(library)
    document["refreshService"] = {"id": address, "type": "1EdTechCredentialRefresh"}
    badge = library.signed(document)
    assert checked(badge, web).verdict == Verdict.VALID
    newer = json.loads(text(document))
    newer["credentialSubject"]["achievement"]["name"] = "Čaj za mojstre"
    web.put(address, library.signed(newer))
    assert checked(badge, web).told.name == "Čaj za mojstre"
    stranger = TestIssuer(web, host="stranger.example")
    newer["issuer"]["id"] = stranger.did
    web.put(address, stranger.signed(newer))
    assert checked(badge, web).told.name == "Čaj za začetnike"


# What it costs


def test_no_more_is_asked_of_others_than_one_verification_may(web, library):
    entries = [BitstringEntry(list_url=f"{LIST}/{number}", index=1) for number in range(50)]
    checked(library.token(plain(library, status=entries)), web)
    assert len(web.asked) < 20


def test_a_verification_ends_when_its_time_is_up(web, library):
    ticks = iter(range(0, 1000, 10))
    entries = [BitstringEntry(list_url=f"{LIST}/{number}", index=1) for number in range(5)]
    badge = library.signed(plain(library, status=entries))
    found = verify(text(badge), documents=web, now=NOW, elapsed_s=lambda: float(next(ticks)))
    assert found.verdict == Verdict.UNKNOWN
    assert len(web.asked) == 1


# Whatever comes

NEVER_GOOD = [
    b"",
    b" \n",
    b"\x00" * 100,
    b"\xff\xfe\x00",
    b"null",
    b"[]",
    b"{}",
    b"[" * 100_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    b'{"type":"x","type":"y"}',
    b'{"a":NaN}',
    b'{"a":1e999}',
    b'{"a":' + b"9" * 50_000 + b"}",
    b'{"a":"\\ud800"}',
    b'{"a":"\\u0000"}',
    b'{"@context":"https://w3id.org/openbadges/v2","type":"Assertion"}',
    b'{"@context":"https://w3id.org/openbadges/v1","type":"Assertion","badge":"x","recipient":{}}',
    b"a.b.c",
    b"....",
    b"<svg",
    b"<!DOCTYPE html><html></html>",
    b"data:,",
    b"data:image/png;base64,AAAA",
    b"https://",
    b"http://[::1",
    b"https://user:pass@library.example/",
    b"x" * 11_000_000,
    baking_png.SIGNATURE,
    png(),
]


@pytest.mark.parametrize("given", NEVER_GOOD, ids=range(len(NEVER_GOOD)))
def test_odd_things_are_never_good_and_never_raise(web, given):
    for each in (given, given.decode("latin-1")):
        found = checked(each, web)
        assert found.verdict in (Verdict.INVALID, Verdict.UNKNOWN)
        assert set(found.checks) == set(Aspect)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
BASE = json.loads(text(TestIssuer(Web()).unsigned(a_badge(1))))


def places(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in items:
        yield from places(each, (*path, name))


PLACES = [each for each in places(BASE) if each]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.sampled_from(PLACES), JSON_VALUES)
def test_a_badge_with_anything_anywhere_gives_an_answer(web, library, place, value):
    document = json.loads(json.dumps(BASE))
    document["issuer"]["id"] = library.did
    document["proof"] = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "verificationMethod": library.signer.method,
        "proofPurpose": "assertionMethod",
        "proofValue": "z3MvGcVxzRzzpKF1HA11EjvfPZsN8NAb7kXBRfeTm3CBg2gcJLQM5hZNmj6Ccd9Lk4C1YueiFZvkSx4FuHVYVouQk",
    }
    inner = document
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    found = verify(json.dumps(document), documents=web, now=NOW, recipient_email="jana@example.org")
    assert found.verdict != Verdict.VALID


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_give_an_answer(web, noise):
    assert verify(noise, documents=web, now=NOW).verdict in (Verdict.INVALID, Verdict.UNKNOWN)
