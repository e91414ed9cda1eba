"""A database with servers that a city knows of."""

import pytest

from col_core.testing.clock import FixedClock


@pytest.fixture
def clock():
    return FixedClock()
