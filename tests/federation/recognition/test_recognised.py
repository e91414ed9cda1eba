from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from col_core.badges.credentials import dids
from col_core.badges.credentials.records import Aspect, Outcome, Verdict
from col_core.badges.credentials.verify import check_network
from col_core.badges.reason_words import recognition
from col_core.federation.recognition.issuers import KnownIssuers, belongs, host_of_issuer


def network(verification):
    check = verification.checks[Aspect.NETWORK]
    return check.outcome, check.reason


def test_a_badge_of_a_member_is_recognised_and_told_with_its_city(towns):
    ljubljana, vilnius, _ = towns
    for badge in ("tea", "books"):
        _, body = ljubljana.give(badge)
        assert network(vilnius.check(body)) == (Outcome.ABSENT, "network_not_asked")
    vilnius.meet(ljubljana)
    for badge in ("tea", "books"):
        _, body = ljubljana.give(badge)
        found = vilnius.check(body)
        assert (found.verdict, *network(found)) == (Verdict.VALID, Outcome.PASSED, "network_member")
        said = vilnius.api(body)["checks"]["network"]
        assert said["details"]["city"] == "Ljubljana"
        assert said["details"]["host"] == ljubljana.host
        assert (
            said["reason"]["sl"] == "Izdajatelj preverjen · Ljubljana, v\N{NO-BREAK SPACE}mreži mest od 13. mar. 2025"
        )
        assert said["reason"]["lt"] == "Išdavėjas patikrintas · Liubliana, miestų tinkle nuo 2025-03-13"
        assert said["reason"]["en"] == "Issuer verified · Ljubljana, member since 13 Mar 2025"
        for language, words in said["reason"].items():
            assert all(each in vilnius.page(body, language) for each in words.split(" · "))


def test_who_vouches_for_a_member_is_told(towns):
    ljubljana, vilnius, _ = towns
    vilnius.meet(ljubljana)
    known = KnownIssuers(vilnius.city.federation.ground, lambda _session, _peer: "Mreža mest učenja")
    check = check_network(dids.web_did(ljubljana.url), known)
    assert check.details["vouched_by"] == "Mreža mest učenja"
    words = {tag: vilnius.city.house.i18n.translator(tag) for tag in ("sl", "lt", "en")}
    said = {tag: recognition(check, each, zone=ZoneInfo("Europe/Vilnius"))[-1] for tag, each in words.items()}
    assert said == {
        "sl": "jamči Mreža mest učenja",
        "lt": "laiduoja Mreža mest učenja",
        "en": "vouched for by Mreža mest učenja",
    }


def test_a_badge_of_the_city_itself_is_its_own(towns):
    ljubljana, vilnius, _ = towns
    vilnius.meet(ljubljana)
    _, body = vilnius.give("books")
    assert network(vilnius.check(body)) == (Outcome.PASSED, "network_own")
    assert "Izdano v\N{NO-BREAK SPACE}tem mestu" in vilnius.page(body)


def test_who_is_no_member_any_more_or_shut_out_is_not_recognised(towns, clock):
    ljubljana, vilnius, _ = towns
    vilnius.meet(ljubljana)
    now = clock.now()
    _, body = ljubljana.give()
    stranger = (Outcome.ABSENT, "network_stranger")
    for said in (
        {"denied": now, "denied_because": "spam"},
        {"quarantined": now},
        {"suspended": now},
        {"recognised_until": now},
        {"recognised_until": None},
        {"did": "did:web:elsewhere.example"},
    ):
        before = vilnius.know(ljubljana.host)
        vilnius.know(ljubljana.host, **said)
        found = vilnius.check(body)
        assert (found.verdict, network(found)) == (Verdict.VALID, stranger), said
        assert "nič slabega" in vilnius.page(body)
        vilnius.know(ljubljana.host, **{name: getattr(before, name) for name in said})
    vilnius.know(ljubljana.host, member_until=now - timedelta(days=1))
    assert network(vilnius.check(body)) == (Outcome.ABSENT, "network_former")
    assert "Ljubljana, v\N{NO-BREAK SPACE}mreži mest do 6. jan. 2026" in vilnius.page(body)
    assert "was a member of the network of cities until 6 Jan 2026" in vilnius.page(body, "en")


@pytest.mark.parametrize(
    ("issuer", "known"),
    [
        ("did:web:lj.example", True),
        ("did:web:lj.example:organisations:library", True),
        ("https://lj.example/ob2/issuers/library", True),
        ("did:web:lj.example:organisations:library:x", False),
        ("did:web:lj.example:organisations:", False),
        ("did:web:lj.example:organisations:..", False),
        ("did:web:lj.example:people:ana", False),
        ("did:web:lj.example.evil.org", False),
        ("did:web:lj.example.evil.org:organisations:library", False),
        ("did:web:evil.org:lj.example:organisations:library", False),
        ("did:web:lj.example%3A8443", False),
        ("did:web:lj.example%2Eevil.org", False),
        ("did:web:xlj.example", False),
        ("did:web:lj.exampl", False),
        ("http://lj.example/ob2/issuers/library", False),
        ("https://lj.example.evil.org/ob2/issuers/library", False),
        ("https://lj.example@evil.org/ob2/issuers/library", False),
        ("https://lj.example/ob2/issuers/../x", False),
        ("https://lj.example/files/upload.json", False),
        ("did:key:z6Mkabc", False),
        ("", False),
        ("did:web:\0", False),
    ],
)
def test_an_issuer_belongs_to_a_city_by_its_exact_host_and_place(issuer, known):
    assert belongs(issuer, base_url="https://lj.example", did=None) is known
    assert belongs(issuer, base_url="https://lj.example", did="did:web:lj.example") is known


def test_a_city_on_a_port_of_its_own_is_another_one():
    here = {"base_url": "http://localhost:8001", "did": None}
    assert belongs("did:web:localhost%3A8001:organisations:library", **here)
    assert not belongs("did:web:localhost%3A8002:organisations:library", **here)
    assert not belongs("did:web:localhost:8001", **here)
    assert not belongs("did:web:localhost%3A8001", base_url="http://localhost:8001", did="did:web:evil.example")
    assert host_of_issuer("did:web:localhost%3A8001:x") == "localhost:8001"
