"""What stands at this city's addresses of Open Badges 2.0: assertions, badge classes and issuers, as they are now."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from col_core.badges.achievements import reading
from col_core.badges.awards import store
from col_core.badges.awards.making import address
from col_core.badges.awards.office import Office
from col_core.badges.awards.records import Award, AwardState
from col_core.badges.credentials import json_text, open_badges_2_writing
from col_core.badges.credentials.open_badges_2_writing import Addresses
from col_core.badges.keyring.identities import CITY, CITY_SLUG
from col_core.base.errors import NotFound

FORMAT = "ob2"


class Hosting:
    """The badges of one city in this form.

    `opened` says whether a holder opened an award to whoever shows a secret.
    """

    def __init__(self, office: Office, opened: Callable[[Session, str, str], bool]) -> None:
        self._office, self._opened = office, opened
        self._addresses = Addresses(base_url=office.config.base_url)

    def award(self, id_: str, secret: str) -> Award:
        """Return an award that ended, or that its holder opened to whoever shows `secret`. Raises NotFound."""
        with self._office.database.read() as session:
            found = store.get(session, id_)
            if found is not None and not found.state.holds:
                return found
            if (
                found is None
                or found.state is AwardState.ERASED
                # This version knows no suspension: for as long as it lasts, nobody vouches.
                or found.suspended
                or not (found.public or (secret and self._opened(session, id_, secret)))
            ):
                raise NotFound("There is no such badge, or its holder shows it to nobody.")
        return found

    def assertion(self, award: Award) -> bytes:
        """Return an award as an assertion; of one that ended, that it did is all that is said."""
        if not award.state.holds:
            # Its id stands in the public revocation list as well.
            here = address(self._office.config.base_url, award.id)
            return json_text.written(open_badges_2_writing.revoked(here, self._addresses))
        with self._office.database.read() as session:
            found = store.document(session, award.id, FORMAT)
        if found is None:
            with self._office.database.write() as session:
                found = self._office.making.document(session, award, FORMAT)
        return found.body

    def badge_class(self, achievement_id: str, version: int, tag: str) -> bytes:
        """Return what badges of a version stand for, in the language `tag`. Raises NotFound."""
        with self._office.database.read() as session:
            achievement = reading.version(session, achievement_id, version)
            # A badge stays good in a language that the city no longer speaks.
            if achievement is None or tag not in {*self._office.config.languages, *achievement.content.name}:
                raise NotFound("There is no such badge.")
            issuer, said = self._office.making.said(session, achievement, tag)
        made = open_badges_2_writing.badge_class(said, issuer=issuer.issuer, addresses=self._addresses)
        return json_text.written(made)

    def issuer(self, slug: str) -> bytes:
        """Return who issues badges: an organisation by its slug, or the city. Raises NotFound."""
        identities, config = self._office.identities, self._office.config
        with self._office.database.read() as session:
            found = identities.of(session, CITY) if slug == CITY_SLUG else identities.by_slug(session, slug)
        if found is None:
            raise NotFound("There is no such organisation.")
        email = config.operator.email
        made = open_badges_2_writing.issuer_profile(found.issuer, email=email, addresses=self._addresses)
        return json_text.written(made)
