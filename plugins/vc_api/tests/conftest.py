from collections.abc import Iterator

import pytest

from col_core.plugin import BackgroundIssuer
from col_core.testing.badge_service import TOKEN, BadgeService, badge_service
from col_core.testing.cities import a_city
from col_plugin_vc_api import Settings, col_badge_issuers


@pytest.fixture
def service() -> Iterator[BadgeService]:
    with badge_service() as made:
        yield made


@pytest.fixture
def made(tmp_path, service):
    """What makes the back-end of a city, with further settings."""

    def make(**settings: object) -> BackgroundIssuer:
        written = {"url": service.url, "issuer": service.did, "token": TOKEN, **settings}
        city = a_city(tmp_path, settings=Settings().load(written), allow_hosts=(service.web.host,))
        (issuer,) = col_badge_issuers(city)
        return issuer

    return make


@pytest.fixture
def issuer(made) -> BackgroundIssuer:
    return made()
