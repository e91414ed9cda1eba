"""Hook and protocol of badge issuing. Verifying is core; issuing is a plugin's work."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from col_core.badges.credentials.public_keys import PublicKey
from col_core.badges.credentials.records import Badge, KeyKind, Signer
from col_core.hooks.city import City
from col_core.hooks.markers import hookspec


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedCredential:
    """A badge as it was issued: the bytes never change again.

    `reference` is what an outside service needs to know it by, or by what a back-end knows its own bytes again that
    bear no signature. It stays when the bytes are gone, so it tells of nobody.
    """

    body: bytes
    media_type: str
    reference: str | None = None


@runtime_checkable
class BadgeIssuer(Protocol):
    """An issuing back-end: one format, or one outside service.

    `format` names it (`ob3-eddsa`, `vc-jwt`, `ob2`). `key_kind` is the kind of key that it signs with; None says that
    it needs none, since an outside service signs or the address itself is the proof. `at_once` says whether a badge
    gets this format in the moment of its award; otherwise it is made when somebody first asks for it.
    """

    format: str
    media_type: str
    key_kind: KeyKind | None
    at_once: bool

    def issue(self, badges: Sequence[Badge], *, signer: Signer | None) -> Sequence[SignedCredential]:
        """Return each of `badges` signed, in their order; all of them are of one issuer, whose key `signer` is.

        Raises InvalidInput for a badge that cannot be said in this format, FetchError where an outside service does not
        answer (the job tries again). Issuing the same badge again must give none twice.
        """
        ...

    def revoke(self, badge_id: str, signed: SignedCredential) -> None:
        """Tell an outside service that a badge no longer holds. Formats whose status lists say so do nothing here."""
        ...

    def verify(self, signed: SignedCredential, *, key: PublicKey | None) -> bool:
        """Return whether the signature of something that this back-end issued still holds; never raises.

        `key` is the public half of the key that signed, None where `key_kind` is.
        """
        ...


@runtime_checkable
class BackgroundIssuer(BadgeIssuer, Protocol):
    """A back-end that asks somebody who may be slow or away. With `in_background`, it is asked by a job alone.

    The job follows each award and tries again for as long as FetchError says that it may help; nobody waits for it, and
    an award never fails because of it. `at_once` must be False then, and `issue` gets one badge at a time.
    """

    in_background: bool


@hookspec
def col_badge_issuers(city: City) -> list[BadgeIssuer]:  # type: ignore[empty-body]
    """Return issuing back-ends. Called at boot; a fault refuses to boot.

    The order in which a city enables them is the order in which its badges offer their formats.
    """
