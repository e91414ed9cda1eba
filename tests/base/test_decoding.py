import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_core.base.decoding import decoded, is_encoding

SLOVENIAN = "Četrtkova šola žoge: „Šiška“ – Žale, brezplačno"
LITHUANIAN = "Žirmūnų šąžėė: įvykiai, „Vilnelė“ – nemokamai ųyčia"


@pytest.mark.parametrize(
    ("text", "encoding", "languages"),
    [
        (SLOVENIAN, "utf-8", ("sl",)), (SLOVENIAN, "utf-8-sig", ("sl",)), (SLOVENIAN, "utf-16", ("sl",)),
        (SLOVENIAN, "cp1250", ("sl", "en", "lt")), ("Četrtkova šola žoge, Šiška", "iso8859-2", ("sl",)),
        (LITHUANIAN, "utf-8", ("lt",)), (LITHUANIAN, "cp1257", ("lt", "en", "sl")), (LITHUANIAN, "cp1257", ()),
        ("Привіт, місто", "cp1251", ("uk",)), ("Un été à l'école", "cp1252", ("fr",)), ("plain", "ascii", ()),
    ],
)  # fmt: skip
def test_the_letters_of_the_language_tell_the_encoding(text: str, encoding: str, languages: tuple[str, ...]) -> None:
    assert decoded(text.encode(encoding), languages=languages).text == text


def test_a_wrong_declaration_does_no_harm() -> None:
    assert decoded(SLOVENIAN.encode(), declared="cp1250").text == SLOVENIAN
    assert decoded(SLOVENIAN.encode("cp1250"), declared="no-such", languages=("sl",)).text == SLOVENIAN
    assert decoded(LITHUANIAN.encode("cp1257"), declared="windows-1257").encoding == "windows-1257"


@given(body=st.binary(max_size=200), declared=st.sampled_from([None, "cp1250", "zlib", "rot13", "", "idna", "\0"]))
def test_any_bytes_become_a_text(body: bytes, declared: str | None) -> None:
    decoded(body, declared=declared, languages=("sl",))


def test_only_encodings_of_text_are_encodings() -> None:
    assert is_encoding("windows-1257")
    assert not is_encoding("zlib")
    assert not is_encoding("\0")
