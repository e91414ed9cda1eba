"""The issuers of this city as partners see them: what of theirs is worth keeping. Nothing in it is about a person."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from col_core.badges.awards import hosting, status
from col_core.badges.credentials import dids
from col_core.badges.keyring.identities import Identities, Identity
from col_core.badges.keyring.keyring import Keyring
from col_core.base.settings import CityConfig
from col_core.federation.recognition.records import ListedIssuer

PER_PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A part of the list; `after` is what the next part begins after, None at the end."""

    issuers: list[ListedIssuer]
    after: str | None


def page(
    session: Session,
    config: CityConfig,
    *,
    keyring: Keyring,
    formats: list[str],
    after: str = "",
    limit: int = PER_PAGE,
) -> Page:
    """Return at most `limit` issuers of this city that ever had a key, those that come after the one named `after`.

    `formats` are those of the city's badges.
    """
    identities = Identities(config)
    keys = keyring.issuers(session, after=after, limit=limit)
    found = (identities.of(session, each) for each in keys)
    issuers = [_listed(session, config, each, formats) for each in found if each is not None]
    return Page(issuers=issuers, after=keys[-1] if len(keys) == limit else None)


def _listed(session: Session, config: CityConfig, issuer: Identity, formats: list[str]) -> ListedIssuer:
    base = config.base_url
    lists = [f"{base}/status/{each}" for each in status.ids(session, issuer.key)]
    return ListedIssuer(
        id=issuer.did,
        name=issuer.issuer.name,
        document=_document(base, issuer),
        status_lists=[url for each in lists for url in (each, f"{each}/suspension")],
        revocation_lists=[f"{base}/revocations/{issuer.slug}"],
        profiles=[f"{base}/ob2/issuers/{issuer.slug}"] if hosting.FORMAT in formats else [],
    )


def _document(base_url: str, issuer: Identity) -> str:
    # A DID always means https, which a city on one's own machine does not speak.
    scheme = base_url.partition("://")[0]
    return f"{scheme}://{dids.document_address(issuer.did).removeprefix('https://')}"
