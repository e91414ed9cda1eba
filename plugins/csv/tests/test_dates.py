from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from col_plugin_csv import dates


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    ["2026-12-03 17:00", "2026-12-03T17:00", "2026-12-03T17:00:00", "2026-12-03 17:00:00.000", "2026.12.03 17.00",
     "2026 12 03 17:00", "2026/12/3 17:00", "3. 12. 2026 17.00", "3.12.2026 17:00", "03.12.2026, 17:00",
     "3. 12. 26 17.00",
     "3. 12. 2026 ob 17.00", "3. 12. 2026 ob 17 uri", "3/12/2026 17:00", "3. december 2026 ob 17.00",
     "3. decembra 2026 17:00", "2026 m. gruodžio 3 d. 17:00", "2026 m. gruodžio 3 d., 17 val.", "3 December 2026 5 pm",
     "December 3, 2026 5:00 PM", "četrtek, 3. 12. 2026 17.00", "46359.7083333", "46359,7083333"],
)  # fmt: skip
def test_a_date_is_read_as_people_here_write_it(text: str) -> None:
    assert dates.read(text) == (at("2026-12-03T17:00"), True)


@pytest.mark.parametrize(
    "text", ["2026-12-03", "3. 12. 2026", "3.12.2026.", "46359", "2026 m. gruodžio 3 d.", "3 Dec 2026"]
)
def test_a_day_alone_is_a_day(text: str) -> None:
    assert dates.read(text) == (at("2026-12-03"), False)


def test_an_offset_is_kept_and_midnight_may_be_24() -> None:
    assert dates.read("2026-12-03T17:00:00+01:00")[0] == at("2026-12-03T17:00+01:00")
    assert dates.read("2026-12-03T16:00Z")[0] == at("2026-12-03T16:00+00:00")
    assert dates.read("3. 12. 2026 24.00")[0] == at("2026-12-04T00:00")


@pytest.mark.parametrize(
    "name", ["januar", "avgust", "maj", "sausio", "gegužės", "birželio", "rugpjūčio", "rugsėjo", "July"]
)
def test_months_of_three_languages_are_known(name: str) -> None:
    expected = {"januar": 1, "avgust": 8, "maj": 5, "sausio": 1, "gegužės": 5, "birželio": 6, "rugpjūčio": 8,
                "rugsėjo": 9, "July": 7}  # fmt: skip
    assert {name: dates.read(f"3 {name} 2026")[0].month for name in expected} == expected


@pytest.mark.parametrize(
    "text",
    ["", "nekoč", "32. 13. 2026", "2026-02-30", "3. 12. 0001", "3. 12. 9999", "12", "17.00", "2026-12-03 25:00",
     "2026-12-03 17:61", "1e5", "12345", "3. brumaire 2026", "2026-12-03T17:00+99:00", "٣. 12. 2026 x"],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|years|month"):
        dates.read(text)


def test_a_time_alone_is_a_time() -> None:
    assert dates.read_time("19.00") == dates.read_time("19:00") == dates.read_time("7 pm") == time(19)
    assert dates.read_time("ob 19h") == time(19)
    assert [dates.read_time(text) for text in ("19", "2026-12-03", "25.00", "")] == [None] * 4


@given(
    st.text(max_size=60) | st.from_regex(r"\A[0-9]{1,5}[-./ ][0-9]{1,3}[-./ ][0-9]{1,5}( [0-9]{1,3}[:.][0-9]{1,3})?\Z")
)
def test_any_text_is_a_date_or_none(text: str) -> None:
    try:
        moment, _ = dates.read(text)
    except ValueError:
        return
    assert 1970 <= moment.year <= 2201
