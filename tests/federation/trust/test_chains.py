"""What is believed of a chain of statements and of a mark, and why the rest is not; no network is asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.badges.credentials import base64url, json_text
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.records import KeyKind
from col_core.federation.trust import chains, entities, key_sets, marks, statements, tokens
from col_core.federation.trust.records import MarkKind, Reason, Rules, Status, Untrusted

NOW = datetime(2026, 1, 7, 12, 0, tzinfo=UTC)
ANCHOR, MIDDLE, CITY = "https://network.example", "https://region.example", "https://city.example"
KEYS = {name: PrivateKey.made(KeyKind.P256) for name in (ANCHOR, MIDDLE, CITY, "stranger")}
RULES = Rules(now=NOW)
MEMBER = MarkKind.MEMBER.type_of(ANCHOR)


def signer(name):
    return KEYS[name].signer(KEYS[name].public.thumbprint())


def jwks(name):
    return key_sets.written([KEYS[name].public])


def said(issuer, subject, *, by=None, keys=None, issued=NOW, expires=NOW + timedelta(days=1), **more):
    return statements.sign(
        issuer=issuer,
        subject=subject,
        issued=issued,
        expires=expires,
        jwks=keys or jwks(subject),
        signer=signer(by or issuer),
        more=more,
    )


def own(**more):
    return said(CITY, CITY, **{"authority_hints": [ANCHOR], "metadata": {"federation_entity": {}}, **more})


def about(**more):
    return said(ANCHOR, CITY, **more)


def top(**more):
    return said(ANCHOR, ANCHOR, **{"trust_mark_issuers": {MEMBER: [ANCHOR]}, **more})


def verified(*texts, rules=RULES):
    return chains.verified(texts, subject=CITY, anchor=ANCHOR, anchor_keys=key_sets.read(jwks(ANCHOR)), rules=rules)


def anchor(**more):
    return statements.configuration(top(**more), entity=ANCHOR, rules=RULES)


def reason(call):
    with pytest.raises(Untrusted) as caught:
        call()
    assert caught.value.message
    return caught.value.reason


def resigned(text, name, *, header=(), claims=()):
    """Return a token with other parts, signed anew."""
    head, body, _ = (base64url.decoded(each) if index < 2 else each for index, each in enumerate(text.split(".")))
    parts = [json_text.parsed(head) | dict(header), json_text.parsed(body) | dict(claims)]
    signed = ".".join(base64url.encoded(json_text.written(each)) for each in parts)
    return f"{signed}.{base64url.encoded(signer(name).sign(signed.encode()))}"


def test_a_chain_that_ends_at_the_anchor_holds_until_its_first_part_ends():
    soon = NOW + timedelta(hours=1)
    chain = verified(own(), about(expires=soon, metadata={"federation_entity": {"organization_name": "City"}}), top())
    assert chain.expires == soon
    assert chain.metadata == {"federation_entity": {"organization_name": "City"}}
    assert chain.subject.subject == CITY


def test_a_superior_adds_no_role_that_the_entity_does_not_have():
    chain = verified(own(), about(metadata={"openid_provider": {"issuer": CITY}}), top())
    assert set(chain.metadata) == {"federation_entity"}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (lambda: (own(), top()), Reason.CHAIN),
        (lambda: (own(), about(by="stranger"), top()), Reason.KEY),
        (lambda: (own(by="stranger", keys=jwks("stranger")), about(), top()), Reason.KEY),
        (lambda: (own(), about(), top(by="stranger", keys=jwks("stranger"))), Reason.KEY),
        (lambda: (own(authority_hints=[MIDDLE]), about(), top()), Reason.CHAIN),
        (lambda: (said(MIDDLE, MIDDLE), said(ANCHOR, MIDDLE), top()), Reason.CHAIN),
        (lambda: (own(), said(MIDDLE, CITY), top()), Reason.OTHER_ENTITY),
        (lambda: (own(), about(expires=NOW - timedelta(minutes=5)), top()), Reason.EXPIRED),
        (lambda: (own(issued=NOW + timedelta(minutes=5)), about(), top()), Reason.EARLY),
        (lambda: (own(), about(metadata_policy={"federation_entity": {}}), top()), Reason.POLICY),
        (lambda: (own(), about(constraints={"naming_constraints": {"permitted": [".lt"]}}), top()), Reason.CONSTRAINT),
        (
            lambda: (own(), about(constraints={"naming_constraints": {"excluded": [".example"]}}), top()),
            Reason.CONSTRAINT,
        ),
        (lambda: (own(), about(trust_marks=[]), top()), Reason.CLAIMS),
        (lambda: (own(constraints={}), about(), top()), Reason.CLAIMS),
        (lambda: (own(crit=["x"], x=1), about(), top()), Reason.CRITICAL),
        (lambda: (own(aud=CITY), about(), top()), Reason.CLAIMS),
        (lambda: (own(authority_hints=[]), about(), top()), Reason.CLAIMS),
        (lambda: (own(authority_hints=[f"https://h{n}.example" for n in range(500)]), about(), top()), Reason.CLAIMS),
        (lambda: (own(metadata={"federation_entity": {"x": None}}), about(), top()), Reason.CLAIMS),
        (lambda: (own(metadata=[]), about(), top()), Reason.CLAIMS),
        (lambda: (own(), about(constraints={"max_path_length": -1}), top()), Reason.CLAIMS),
        (lambda: (own(), about(), top(), top(), top(), top(), top()), Reason.CHAIN),
    ],
)
def test_a_chain_that_does_not_hold_is_refused_with_its_reason(texts, expected):
    assert reason(lambda: verified(*texts())) is expected


def test_clocks_that_differ_a_little_do_no_harm():
    ahead, past = NOW + timedelta(seconds=90), NOW - timedelta(seconds=90)
    assert verified(own(issued=ahead), about(issued=ahead, expires=NOW + timedelta(days=1)), top(expires=past))


def test_what_the_anchor_constrains_between_it_and_the_city_counts():
    leaf = own(authority_hints=[MIDDLE])
    between = said(MIDDLE, CITY)
    assert verified(leaf, between, said(ANCHOR, MIDDLE, constraints={"max_path_length": 1}), top())
    short = said(ANCHOR, MIDDLE, constraints={"max_path_length": 0})
    assert reason(lambda: verified(leaf, between, short, top())) is Reason.CONSTRAINT
    typed = said(ANCHOR, MIDDLE, constraints={"allowed_entity_types": []})
    more = own(authority_hints=[MIDDLE], metadata={"federation_entity": {}, "city_of_learning": {}})
    assert set(verified(more, between, typed, top()).metadata) == {"federation_entity"}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ({"typ": "JWT"}, Reason.TYPE),
        ({"typ": tokens.MARK}, Reason.TYPE),
        ({"alg": "none"}, Reason.ALGORITHM),
        ({"alg": "HS256"}, Reason.ALGORITHM),
        ({"alg": "RS256"}, Reason.ALGORITHM),
        ({"alg": ["ES256"]}, Reason.ALGORITHM),
        ({"kid": ""}, Reason.KEY),
        ({"kid": 1}, Reason.KEY),
        ({"kid": "../../etc/passwd"}, Reason.KEY),
        ({"crit": ["exp"]}, Reason.CRITICAL),
        ({"b64": False}, Reason.CRITICAL),
    ],
)
def test_a_header_that_asks_for_another_reading_is_refused(header, expected):
    assert reason(lambda: verified(resigned(own(), CITY, header=header), about(), top())) is expected


def test_a_key_that_a_token_brings_along_is_never_looked_at():
    brought = {
        "jwk": KEYS["stranger"].public.jwk(),
        "kid": KEYS[CITY].public.thumbprint(),
        "jku": "https://evil.example",
    }
    assert reason(lambda: verified(resigned(own(), "stranger", header=brought), about(), top())) is Reason.SIGNATURE
    assert verified(resigned(own(), CITY, header=brought), about(), top())


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"keys": []}, "no JWK Set"),
        ({"keys": [{"kid": "a", "kty": "EC"}]}, "no key of a kind"),
        ({"keys": [KEYS[CITY].public.jwk()]}, "no kid"),
        ({"keys": [{**KEYS[CITY].public.jwk(), "kid": "a"}] * 2}, "two keys"),
        ({"keys": [{**KEYS[CITY].public.jwk(), "kid": "a", "d": "AAAA"}]}, "private half"),
        ({"keys": [{"kid": str(n)} for n in range(21)]}, "more than 20"),
        (None, "no JWK Set"),
    ],
)
def test_a_set_of_keys_that_cannot_be_used_is_refused(keys, message):
    with pytest.raises(Untrusted, match=message) as caught:
        key_sets.read(keys)
    assert caught.value.reason is Reason.KEY


@pytest.mark.parametrize(
    "name",
    [
        "http://city.example", "https://", "https://u:p@city.example", "https://city.example?x", "https://city.example#x",
        "https://cíty.example", "city.example", "", None, 7, "https://city.example:99999", "https://" + "a" * 400,
        "javascript:alert(1)", "https://city.example\n",
    ],
)  # fmt: skip
def test_what_names_no_entity_is_refused(name):
    assert reason(lambda: entities.checked(name)) is Reason.ENTITY


def test_plain_http_names_an_entity_only_where_that_is_allowed():
    assert entities.checked("http://localhost:8002", plain_hosts=("localhost:8002",))
    assert reason(lambda: entities.checked("http://localhost:8003", plain_hosts=("localhost:8002",))) is Reason.ENTITY


@pytest.mark.parametrize("time", [True, "1", None, 10**20, -(10**20), float(2**80)])
def test_a_time_that_is_none_is_refused(time):
    assert reason(lambda: tokens.instant({"iat": time}, "iat")) is Reason.CLAIMS


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_whatever_comes_instead_of_a_token_is_refused_and_nothing_else_happens(junk):
    assert reason(lambda: tokens.read(junk, typ=tokens.STATEMENT)) in (Reason.TOKEN, Reason.TYPE)


def test_a_token_that_is_too_long_or_too_deep_is_not_parsed():
    assert reason(lambda: tokens.read("a" * 200_001, typ=tokens.STATEMENT)) is Reason.TOKEN
    deep = base64url.encoded(b'{"a":' * 50 + b"1" + b"}" * 50)
    assert reason(lambda: tokens.read(f"{deep}.{deep}.AAAA", typ=tokens.STATEMENT)) is Reason.TOKEN


def mark(*, by=ANCHOR, **options):
    given = {
        "type": MEMBER,
        "issuer": ANCHOR,
        "subject": CITY,
        "issued": NOW,
        "expires": NOW + timedelta(days=7),
        "since": NOW - timedelta(days=100),
        **options,
    }
    return marks.sign(**given, signer=signer(by))


def judged(text, **more):
    return marks.verified(text, type=MEMBER, subject=CITY, anchor=anchor(**more), rules=RULES)


def test_a_mark_of_the_anchor_holds_and_tells_since_when():
    found = judged(mark())
    assert (found.subject, found.since) == (CITY, NOW - timedelta(days=100))


@pytest.mark.parametrize(
    ("text", "more", "expected"),
    [
        (lambda: mark(by="stranger"), {}, Reason.KEY),
        (lambda: mark(subject=MIDDLE), {}, Reason.OTHER_ENTITY),
        (lambda: mark(type=MarkKind.RECOGNISED_ISSUER.type_of(ANCHOR)), {}, Reason.MARK),
        (lambda: mark(issuer=MIDDLE), {}, Reason.MARK),
        (lambda: mark(), {"trust_mark_issuers": {}}, Reason.MARK),
        (lambda: mark(), {"trust_mark_owners": {MEMBER: {"sub": MIDDLE}}}, Reason.MARK),
        (lambda: mark(expires=NOW - timedelta(hours=1)), {}, Reason.EXPIRED),
        (lambda: mark(issued=NOW + timedelta(hours=1)), {}, Reason.EARLY),
        (lambda: resigned(mark(), ANCHOR, claims={"delegation": "x"}), {}, Reason.MARK),
        (lambda: about(), {}, Reason.TYPE),
    ],
)
def test_a_mark_that_does_not_hold_is_refused_with_its_reason(text, more, expected):
    assert reason(lambda: judged(text(), **more)) is expected


def test_a_configuration_shows_marks_only_under_their_own_type():
    shown = {"trust_mark_type": "https://network.example/marks/other", "trust_mark": mark()}
    assert reason(lambda: verified(own(trust_marks=[shown]), about(), top())) is Reason.CLAIMS


def test_only_the_issuer_tells_how_its_mark_stands():
    held, until = judged(mark()), NOW + timedelta(days=7)

    def told(status=Status.ACTIVE, *, about=held.text, by=ANCHOR, issuer=ANCHOR, issued=NOW):
        text = marks.sign_status(
            mark=about, status=status, issuer=issuer, issued=issued, expires=until, signer=signer(by)
        )
        return marks.verified_status(text, mark=held, anchor=anchor(), rules=RULES)

    assert told() is Status.ACTIVE
    assert told(Status.REVOKED) is Status.REVOKED
    assert reason(lambda: told(by="stranger")) is Reason.KEY
    assert reason(lambda: told(issuer=MIDDLE)) is Reason.OTHER_ENTITY
    assert reason(lambda: told(about=mark(subject=MIDDLE))) is Reason.MARK
    assert reason(lambda: told(issued=NOW + timedelta(hours=1))) is Reason.EARLY
    late = replace(RULES, now=until + timedelta(hours=1))
    text = marks.sign_status(
        mark=held.text, status=Status.ACTIVE, issuer=ANCHOR, issued=NOW, expires=until, signer=signer(ANCHOR)
    )
    assert reason(lambda: marks.verified_status(text, mark=held, anchor=anchor(), rules=late)) is Reason.EXPIRED
    unknown = resigned(text, ANCHOR, claims={"status": "dormant"})
    assert marks.verified_status(unknown, mark=held, anchor=anchor(), rules=RULES) is Status.INVALID
