"""Badges for tests."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from col_core.badges.credentials.records import (
    Achieved,
    Alignment,
    Badge,
    BitstringEntry,
    Evidence,
    Issuer,
    MicroCredential,
    Recipient,
    RevocationListEntry,
)

ISSUER = Issuer(
    id="did:web:city.example:issuers:library",
    name="Mestna knjižnica",
    url="https://city.example/en/organisations/library",
    description="Knjige in delavnice.",
)

ACHIEVED = Achieved(
    id="https://city.example/achievements/tea/sl",
    language="sl",
    name="Čaj za začetnike",
    description="Kdor ima to značko, zna skuhati čaj.",
    criteria="Skuhaj čaj in *povej*, kako.",
    criteria_url="https://city.example/sl/badges/tea",
    kind="MicroCredential",
    alignments=[Alignment(target="http://data.europa.eu/esco/skill/tea", name="prepare tea", framework="ESCO")],
    tags=["kuhanje"],
    names={"sl": "Čaj za začetnike", "en": "Tea for beginners"},
    abilities={"sl": ["Znam skuhati čaj.", "Poznam pet čajev."], "en": ["I can make tea."]},
    related={"en": "https://city.example/achievements/tea/en"},
    micro_credential=MicroCredential(
        country="SI",
        workload_h=25,
        ects=1,
        eqf_level=4,
        assessment="Praktični preizkus",
        participation="V živo",
        quality_assurance="Notranji pregled",
    ),
)


def a_badge(n: int = 1, *, achieved: Achieved = ACHIEVED, issuer: Issuer = ISSUER, **changes: Any) -> Badge:
    """Return the `n`th badge of an achievement. `changes` are other fields of it."""
    badge = Badge(
        id=f"https://city.example/badges/{n}",
        achieved=achieved,
        issuer=issuer,
        recipient=Recipient(id=f"urn:uuid:00000000-0000-4000-8000-{n:012}"),
        valid_from=datetime(2026, 1, 7, 12, 0, tzinfo=UTC),
        narrative=f'Čaj številka {n}: "dober", <vroč> & močan.',
        evidence=[Evidence(name="Slika", url=f"https://city.example/evidence/{n}")],
        status=[
            BitstringEntry(list_url="https://city.example/status/7", index=n),
            RevocationListEntry(list_url="https://city.example/revoked/7"),
        ],
    )
    return replace(badge, **changes)
