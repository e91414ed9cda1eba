from datetime import UTC, datetime
from decimal import Decimal

import pytest
from marshmallow import ValidationError
from marshmallow.fields import Field

from col_core.base.fields import Address, Amount, Instant, Integer, Number, Text, Texts

_REFUSED = [
    (Text(), "a\x00b"),
    (Text(), "\ud800"),
    (Text(longest=3), "abcd"),
    (Text(), 5),
    (Texts(), {"sl": "a\x00"}),
    (Texts(), {"sl": ""}),
    (Texts(), {"Slovene!": "a"}),
    (Texts(), {"sl\n": "a"}),
    (Texts(), {"sl": 5}),
    (Texts(), ["sl"]),
    (Integer(), 2**70),
    (Integer(), -(2**64)),
    (Integer(), 1.5),
    (Integer(), float("inf")),
    (Integer(), "7"),
    (Integer(), True),
    (Number(), float("nan")),
    (Number(), float("inf")),
    (Number(), 10**400),
    (Number(), "1"),
    (Amount(), "NaN"),
    (Amount(), -1),
    (Amount(), "0.001"),
    (Amount(), "1e9999999"),
    (Amount(), True),
    (Instant(), "9999-12-31T23:59:59-23:59"),
    (Instant(), "0001-01-01T00:00:00+23:59"),
    (Instant(), "2026-01-01T00:00:00"),
    (Instant(), "2026-01-01T00:00:00+99:99"),
    (Instant(), 5),
    (Address(), "javascript:alert(1)"),
    (Address(), "https://"),
    (Address(), "https://user:secret@example.org/"),
    (Address(), "https://example.org:99999999/"),
    (Address(), "https://[::1"),
    (Address(), "https://example.org/a b"),
]


@pytest.mark.parametrize(("field", "value"), _REFUSED)
def test_what_others_would_fall_over_is_refused(field: Field, value: object) -> None:
    with pytest.raises(ValidationError):
        field.deserialize(value)


@pytest.mark.parametrize(
    ("field", "value", "result"),
    [
        (Text(), "Šola", "Šola"),
        (Texts(), {"sl": "Šola", "pt-BR": "Escola"}, {"sl": "Šola", "pt-BR": "Escola"}),
        (Integer(), 2**63 - 1, 2**63 - 1),
        (Number(), 46, 46.0),
        (Amount(), 12.5, Decimal("12.50")),
        (Amount(), "0", Decimal("0.00")),
        (Instant(), "2026-05-17T17:00:00+02:00", datetime(2026, 5, 17, 15, tzinfo=UTC)),
        (Address(), "http://localhost:8001/sl/č", "http://localhost:8001/sl/č"),
    ],
)
def test_what_is_sound_comes_through(field: Field, value: object, result: object) -> None:
    assert field.deserialize(value) == result
