import pytest
from lj_youth_centres import words


@pytest.mark.parametrize("text", ["Šiška", "ČS Šiška", "siska", " SISKA "])
def test_a_district_is_known_by_any_of_its_spellings(text: str) -> None:
    assert words.district(text) == "Šiška"


def test_a_name_that_is_no_district_is_left_out() -> None:
    assert words.district("Koseze") is None
    assert words.district(None) is None


def test_ljubljana_has_seventeen_districts() -> None:
    assert len(set(words.DISTRICTS)) == 17
