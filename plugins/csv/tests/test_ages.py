import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.plugin import Ages
from col_plugin_csv import ages


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15-29", Ages(min=15, max=29)),
        ("15–29 let", Ages(min=15, max=29)),
        ("od 15 do 29 let", Ages(min=15, max=29)),
        ("nuo 14 iki 29 m.", Ages(min=14, max=29)),
        ("12+", Ages(min=12)),
        ("od 12 let", Ages(min=12)),
        ("from 16", Ages(min=16)),
        ("do 30 let", Ages(max=30)),
        ("iki 29 metų", Ages(max=29)),
        ("up to 12 years", Ages(max=12)),
        ("Za vse", Ages()),
    ],
)
def test_ages_are_read_as_people_write_them(text: str, expected: Ages) -> None:
    assert ages.read(text) == expected


@pytest.mark.parametrize("text", ["15", "odrasli", "15-", "a15-29", "15-29-30"])
def test_what_could_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not ages"):
        ages.read(text)


@given(st.text(max_size=200) | st.from_regex(r"\A(od|do|iki)? ?[0-9]{1,4}[-–+ ]*[0-9]{0,4} ?(let|m\.)?\Z"))
def test_any_text_is_ages_or_none(text: str) -> None:
    try:
        ages.read(text)
    except ValueError:
        return
