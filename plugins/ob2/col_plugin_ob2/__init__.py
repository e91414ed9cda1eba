"""Issuing plugin `ob2`: Open Badges 2.0, for places that do not read the third version yet."""

from col_core.plugin import BadgeIssuer, City, hookimpl
from col_plugin_ob2.issuer import HostedAssertions


@hookimpl
def col_badge_issuers(city: City) -> list[BadgeIssuer]:
    return [HostedAssertions(city.base_url)]
