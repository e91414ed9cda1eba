"""Achievements for tests: a badge of a workshop, and a complete micro-credential."""

import pytest

from col_core.badges.achievements.records import (
    Colour,
    Draft,
    KeyCompetence,
    Level,
    MicroCredentialTerms,
    Picture,
)
from col_core.catalogue.records import Skill

ESCO_INITIATIVE = "http://data.europa.eu/esco/skill/001115fb-569f-4ee6-8381-c6807ef2527f"


@pytest.fixture
def workshop():
    return Draft(
        id="kolesarska-delavnica",
        name={"sl": "Popravim kolo", "en": "I fix my bike"},
        description={"sl": "Za vse, ki so na delavnici popravili svoje kolo.", "en": "For all who fixed their bike."},
        criteria={"sl": "- zamenjam zračnico\n- nastavim zavore", "en": "- change a tube\n- adjust the brakes"},
        abilities={"sl": ("Znam zamenjati zračnico.",), "en": ("I can change an inner tube.",)},
        level=Level.SKILL,
        skills=(Skill(uri=ESCO_INITIATIVE, label={"en": "show initiative", "sl": "pokazati pobudo"}),),
        competences=(KeyCompetence.STEM, KeyCompetence.PERSONAL),
        tags=("kolo",),
        valid_months=24,
        picture=Picture(colour=Colour.BLUE, symbol="wrench"),
    )


@pytest.fixture
def course():
    both = {"sl": "Izdelek pred komisijo.", "en": "A piece of work before a panel."}
    return Draft(
        id="medijski-tecaj",
        name={"sl": "Medijska zgodba", "en": "Media story"},
        description=both,
        criteria=both,
        abilities={"sl": ("Znam posneti zgodbo.",), "en": ("I can film a story.",)},
        kind="MicroCredential",
        level=Level.SKILL,
        micro_credential=MicroCredentialTerms(
            country="SI",
            workload_h=50,
            ects=2,
            eqf_level=4,
            assessment=both,
            participation=both,
            quality_assurance=both,
        ),
    )
