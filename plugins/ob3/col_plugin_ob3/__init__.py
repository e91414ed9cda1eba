"""Issuing plugin `ob3`: Open Badges 3.0 as JSON with an embedded proof (`eddsa-rdfc-2022`)."""

from col_core.plugin import BadgeIssuer, hookimpl
from col_plugin_ob3.issuer import EmbeddedProofs


@hookimpl
def col_badge_issuers() -> list[BadgeIssuer]:
    return [EmbeddedProofs()]
