"""Issuing plugin `vc_jwt`: Open Badges 3.0 as JSON Web Tokens, signed with RS256."""

from col_core.plugin import BadgeIssuer, hookimpl
from col_plugin_vc_jwt.issuer import Tokens


@hookimpl
def col_badge_issuers() -> list[BadgeIssuer]:
    return [Tokens()]
