from dataclasses import replace

import pytest

from col_core.app import create_app
from col_core.badges.checking.service import Checking
from col_core.testing.clock import FixedClock
from col_core.testing.issuing import NOW, TestIssuer, Web


@pytest.fixture(scope="module")
def web():
    return Web()


@pytest.fixture(scope="module")
def library(web):
    return TestIssuer(web)


@pytest.fixture(scope="module")
def app(ljubljana, web):
    """Ljubljana, whose checks ask `web` and not the network, at one moment."""
    return create_app(replace(ljubljana, checking=Checking(documents=web, clock=FixedClock(NOW))))


@pytest.fixture
def client(app):
    return app.test_client()
