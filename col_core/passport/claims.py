"""The way from a code to a badge that somebody keeps: what the pages of claiming call."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from col_core.badges.awards import claiming, codes, ending
from col_core.badges.awards.claiming import Offered, Refusal
from col_core.badges.awards.office import Office
from col_core.badges.awards.records import LinkKind
from col_core.badges.keyring.identities import CITY
from col_core.base.errors import Conflict
from col_core.passport import holders, keeping
from col_core.passport.keeping import Yours
from col_core.passport.records import Held, Holder
from col_core.passport.tickets import Tickets

_CLAIM = "claim"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What came of claiming. `token` is what the device keeps, where it is new here; `is_new` is False for a badge
    that was the holder's already."""

    held: Held
    is_new: bool
    token: str | None = None


class Claims:
    """Claiming in one city."""

    def __init__(self, office: Office, *, tickets: Tickets) -> None:
        self._office, self._tickets = office, tickets

    def look(self, code: str, *, token: str | None, ticket: str = "") -> Offered | Yours | Refusal:
        """Return what a code opens for the holder of the device that keeps `token`; nothing is claimed by looking."""
        with self._office.database.read() as session:
            return self._look(session, code, _holder(session, token), ticket)

    def issuer_name(self, offered: Offered) -> str:
        """Return who gives the badge that was offered."""
        key = offered.award.issuer if offered.award is not None else offered.achievement.content.organiser_id or CITY
        with self._office.database.read() as session:
            found = self._office.identities.of(session, key)
        return found.issuer.name if found is not None else ""

    def ticket(self, offered: Offered) -> str:
        """Return the ticket that goes into the form of what was offered; "" where its code does not change."""
        on_screen = offered.link is not None and offered.link.kind is LinkKind.SCREEN
        return self._tickets.of(offered.link.id) if on_screen and offered.link is not None else ""

    def claim(self, code: str, *, token: str | None, ticket: str = "") -> Kept | Refusal:
        """Claim what a code opens. Who has none here yet becomes a holder by it; a refused claim makes nobody one."""
        office = self._office
        try:
            with office.database.write() as session:
                holder, new_token = _holder(session, token), None
                offered = self._look(session, code, holder, ticket)
                if isinstance(offered, Yours):
                    return Kept(held=offered.held, is_new=False)
                if isinstance(offered, Refusal):
                    return offered
                if holder is None:
                    holder, new_token = holders.begin(session, known=office.codes, clock=office.clock)
                came = keeping.claim(session, offered, holder=holder, issuing=office.issuing, clock=office.clock)
                if isinstance(came, Refusal):
                    raise _Refused(came)
                is_new = isinstance(came, Held)
                return Kept(held=came if isinstance(came, Held) else came.held, is_new=is_new, token=new_token)
        except _Refused as error:
            return error.refusal

    def decline(self, code: str) -> Refusal | None:
        """Note that somebody does not want the badge that a code opens; a link for many stays open to the others."""
        with self._office.database.write() as session:
            found = claiming.look(session, code, known=self._office.codes, clock=self._office.clock)
            if isinstance(found, Refusal):
                return found
            if found.award is not None:
                try:
                    ending.decline(session, found.award.id, clock=self._office.clock)
                except Conflict:
                    return Refusal.USED
        return None

    def _look(self, session: Session, code: str, holder: Holder | None, ticket: str) -> Offered | Yours | Refusal:
        known, clock = self._office.codes, self._office.clock
        found = keeping.look(session, code, holder=holder, known=known, clock=clock)
        link_id = self._tickets.link_of(ticket) if found is Refusal.UNKNOWN and ticket else None
        if link_id is None:
            return found
        # The ticket stands for what the screen shows now.
        return keeping.look(session, known.on_screen(link_id, clock.now()), holder=holder, known=known, clock=clock)


class _Refused(Exception):
    """Takes back what the transaction did."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def of_text(text: str) -> str | None:
    """Return the code that somebody typed, pasted or scanned: by itself, or as the address that ends in it."""
    path = text.strip().partition("?")[0].partition("#")[0].rstrip("/")
    last = path.rpartition(f"/{_CLAIM}/")[2] if "://" in path else path
    return codes.read(last)


def _holder(session: Session, token: str | None) -> Holder | None:
    return holders.of_device(session, token) if token else None
