"""Who issues badges, and under which name the world knows them: `did:web` of the city and of its organisations.

Source: did:web Method Specification (W3C Credentials Community Group), for the form of the names.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from col_core.badges.credentials import dids
from col_core.badges.credentials.records import Issuer
from col_core.base.i18n import text_in
from col_core.base.settings import CityConfig
from col_core.organisers import directory
from col_core.organisers.records import Organiser

CITY = "city"
# No organisation's slug begins so.
CITY_SLUG = "_city"


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """An issuer. `key` is an organisation's id, or `city`; `organiser` is None for the city."""

    key: str
    did: str
    issuer: Issuer
    organiser: Organiser | None

    @property
    def slug(self) -> str:
        """The name in addresses of lists of this issuer."""
        return self.organiser.slug if self.organiser is not None else CITY_SLUG


class Identities:
    """The issuers of one city."""

    def __init__(self, config: CityConfig) -> None:
        self._config = config

    def of(self, session: Session, key: str) -> Identity | None:
        """Return the issuer of that key, or None where there is no such organisation."""
        if key == CITY:
            return self.city()
        organiser = directory.by_ids(session, [key]).get(key)
        return None if organiser is None else self.of_organiser(organiser)

    def by_slug(self, session: Session, slug: str) -> Identity | None:
        """Return the organisation with that slug as an issuer, or None."""
        organiser = directory.by_slug(session, slug)
        return None if organiser is None else self.of_organiser(organiser)

    def city(self) -> Identity:
        """Return the city itself as an issuer."""
        config = self._config
        did = dids.web_did(config.base_url)
        issuer = Issuer(
            id=did,
            name=config.operator.name or config.city_name(config.default_language),
            url=config.base_url,
        )
        return Identity(key=CITY, did=did, issuer=issuer, organiser=None)

    def of_organiser(self, organiser: Organiser) -> Identity:
        """Return an organisation as an issuer."""
        config = self._config
        did = dids.web_did(f"{config.base_url}/organisations/{organiser.slug}")
        issuer = Issuer(
            id=did,
            name=organiser.name,
            url=organiser.url or f"{config.base_url}/{config.default_language}/organisations/{organiser.slug}",
            description=text_in(organiser.summary, config.default_language) or None,
        )
        return Identity(key=organiser.id, did=did, issuer=issuer, organiser=organiser)
