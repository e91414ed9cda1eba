import pytest
from vl_nvs_register import words


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("Antakalnio seniūnija", "Antakalnis"),
        ("Naujosios Vilnios sen.", "Naujoji Vilnia"),
        ("Žvėrynas", "Žvėrynas"),
        ("Kalvarijos", None),
        (None, None),
    ],
)
def test_a_seniunija_is_known_in_nominative_and_genitive(text: str | None, district: str | None) -> None:
    assert words.district(text) == district


def test_vilnius_has_twenty_one_seniunijos() -> None:
    assert len(set(words.DISTRICTS)) == 21
    assert {words.district(f"{name} seniūnija") for name in words._GENITIVES} == set(words.DISTRICTS)
