"""Keys and signed badges for the engine's tests."""

from datetime import UTC, datetime

import pytest

from col_core.badges.credentials import building, data_integrity, dids
from col_core.badges.credentials.private_keys import PrivateKey
from col_core.badges.credentials.records import KeyKind
from col_core.testing.badges import ISSUER, a_badge
from col_core.testing.issuing import TestIssuer, Web

CREATED = datetime(2026, 1, 7, 12, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def keys():
    return {kind: PrivateKey.made(kind) for kind in KeyKind}


@pytest.fixture(scope="session")
def signers(keys):
    return {kind: key.signer(dids.method_id(ISSUER.id, key.public)) for kind, key in keys.items()}


@pytest.fixture(scope="session")
def signed(signers):
    return data_integrity.sign(building.unsigned(a_badge()), signers[KeyKind.ED25519], created=CREATED)


@pytest.fixture
def web():
    return Web()


@pytest.fixture
def library(web):
    return TestIssuer(web)
