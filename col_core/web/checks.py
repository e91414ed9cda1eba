"""What the doctor looks at in how a city shows itself: its address, its colours, who stands behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from col_core.base import colours
from col_core.base.checks import Finding, Weight
from col_core.base.settings import CityConfig
from col_core.web.theme import dark_tokens, light_tokens

# WCAG 2.2, 1.4.3 (text) and 1.4.11 (what is no text). Colour on ground, and the least contrast.
_PAIRS = (
    ("ink", "surface", 4.5),
    ("ink", "raised", 4.5),
    ("muted", "surface", 4.5),
    ("muted", "raised", 4.5),
    ("accent", "surface", 4.5),
    ("accent", "raised", 4.5),
    ("accent-ink", "accent", 4.5),
    ("positive", "raised", 4.5),
    ("warning", "raised", 4.5),
    ("danger", "raised", 4.5),
    ("focus", "surface", 3.0),
)


@dataclass(frozen=True, kw_only=True)
class AddressCheck:
    """Whether visitors can reach the city, unobserved, and are told apart."""

    config: CityConfig
    area: str = "address"

    def look(self) -> Iterator[Finding]:
        address = self.config.base_url
        parts = urlsplit(address)
        host = parts.hostname or ""
        if host in ("localhost", "::1") or host.startswith("127.") or host.endswith((".localhost", ".local")):
            yield Finding(
                weight=Weight.MEND,
                what=f"The public address is {address}.",
                means="Only this machine can open it, and links in mails and feeds lead nowhere for everybody else.",
                mend='Write the real one: [city] base_url = "https://…" in city.toml, or set COL_BASE_URL.',
            )
        elif parts.scheme != "https":
            yield Finding(
                weight=Weight.MEND,
                what=f"The public address is {address}, without encryption.",
                means="Whoever shares a network with a visitor can read and change what the portal says.",
                mend="Put a proxy with a certificate in front (docs/operate.md), and write https:// in base_url.",
            )

        elif not self.config.proxies:
            yield Finding(
                weight=Weight.RISK,
                what="No proxy is expected in front, although the public address is encrypted.",
                means="Visitors seem to come from the proxy's address: after a few forms the limit is reached for all.",
                mend="Write [serve] proxies = 1 in city.toml, or set COL_PROXIES=1.",
            )


@dataclass(frozen=True, kw_only=True)
class OperatorCheck:
    """Whether the city says who runs it."""

    config: CityConfig
    area: str = "operator"

    def look(self) -> Iterator[Finding]:
        operator = self.config.operator
        if not operator.name:
            yield Finding(
                weight=Weight.MEND,
                what="Nobody is named as the operator.",
                means="The privacy page cannot say who is responsible for people's data, which the law demands "
                "(GDPR, Article 13).",
                mend="Write [operator] name in city.toml.",
            )
        if not operator.email:
            yield Finding(
                weight=Weight.MEND,
                what="The operator has no e-mail address.",
                means="Nobody can ask for their data, and reported problems reach nobody by mail.",
                mend="Write [operator] email in city.toml.",
            )


@dataclass(frozen=True, kw_only=True)
class LicenceCheck:
    """Whether visitors can have the source of what runs."""

    config: CityConfig
    area: str = "licence"

    def look(self) -> Iterator[Finding]:
        if not self.config.operator.source_url:
            yield Finding(
                weight=Weight.RISK,
                what="Nobody is told where the source code can be had.",
                means="The licence (AGPL, section 13) asks a portal to offer its visitors the source of what runs.",
                mend="Write source_url beside the operator's name in city.toml: where the code is, with your changes.",
            )


@dataclass(frozen=True, kw_only=True)
class ThemeCheck:
    """Whether everybody can read the city's colours, and whether it has a mark of its own."""

    config: CityConfig
    area: str = "theme"

    def look(self) -> Iterator[Finding]:
        theme = self.config.theme
        for look, table, tokens in (("light", "tokens", light_tokens(theme)), ("dark", "dark", dark_tokens(theme))):
            for ink, ground, least in _PAIRS:
                one, other = colours.parse(tokens[ink]), colours.parse(tokens[ground])
                if one is None or other is None:
                    continue
                contrast = colours.contrast(one, other)
                if contrast < least:
                    yield Finding(
                        weight=Weight.MEND,
                        what=f"In the {look} look, {ink} on {ground} has a contrast of {contrast:.1f}.",
                        means=f"People with weak eyes cannot read it; at least {least} is needed (WCAG 2.2 AA).",
                        mend=f"Make {ink} or {ground} lighter or darker in [theme.{table}].",
                    )
        if theme.logo is None:
            yield Finding(
                weight=Weight.HINT,
                what="The city has no mark of its own.",
                means="Its name stands in plain letters in its place.",
                mend='Put an SVG into the folder and name it: [theme] logo = "theme/logo.svg".',
            )
