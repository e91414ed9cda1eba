"""Hook and protocol of badge issuing. Verifying is core; issuing is a plugin's work."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from col_core.hooks.city import City
from col_core.hooks.markers import hookspec


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedCredential:
    """A badge as it was issued: the bytes never change again."""

    body: bytes
    media_type: str


@runtime_checkable
class BadgeIssuer(Protocol):
    """An issuing back-end: one format, or one outside service. `format` names it (`ob3-eddsa`, `ob2`)."""

    format: str

    def sign(self, credential: bytes) -> SignedCredential:
        """Sign an unsigned credential (JSON-LD, UTF-8) and return the immutable bytes."""
        ...

    def verify(self, signed: SignedCredential) -> bool:
        """Return whether the signature of something that this back-end issued still holds."""
        ...


@hookspec
def col_badge_issuers(city: City) -> list[BadgeIssuer]:  # type: ignore[empty-body]
    """Return issuing back-ends. Called at boot; a fault refuses to boot."""
