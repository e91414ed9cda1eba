"""Everything with which a city issues badges and says how they stand, put together once for each process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from col_core.badges.achievements.records import Achievement
from col_core.badges.awards import ending, endorsing, store
from col_core.badges.awards.codes import Codes
from col_core.badges.awards.endorsing import Endorsement
from col_core.badges.awards.issuing import Issuing
from col_core.badges.awards.lists import Lists
from col_core.badges.awards.mails import ClaimMails
from col_core.badges.awards.making import Making
from col_core.badges.awards.outside import Outside
from col_core.badges.awards.tables import AwardRow, AwardRunRow
from col_core.badges.hooks import BadgeIssuer, SignedCredential
from col_core.badges.keyring.identities import CITY, Identities
from col_core.badges.keyring.keyring import Keyring
from col_core.badges.keyring.sealing import Box
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.i18n import I18n
from col_core.base.jobs import Job, Periodic
from col_core.base.mail import Mailer
from col_core.base.settings import CityConfig

SIGN_AGAIN_JOB = "badges.sign_again"
_CHUNK = 200
_DAY_S = 86_400


@dataclass(frozen=True, kw_only=True)
class Office:
    """The badges of one city."""

    config: CityConfig
    database: Database
    clock: Clock
    codes: Codes
    keyring: Keyring
    identities: Identities
    making: Making
    issuing: Issuing
    lists: Lists
    mails: ClaimMails
    outside: Outside

    def vouched(self, achievement: Achievement) -> list[Endorsement]:
        """Return what the city says for an achievement and for the organisation behind it."""
        with self.database.read() as session:
            return endorsing.about(
                session, achievement_id=achievement.id, organiser_id=achievement.content.organiser_id or CITY
            )

    def jobs(self) -> list[Job]:
        return [
            *self.issuing.jobs(),
            *self.mails.jobs(),
            *self.outside.jobs(),
            Job(name=ending.TELL_JOB, run=self._tell_ended),
            Job(name=SIGN_AGAIN_JOB, run=self._sign_again, outside=False),
        ]

    def periodics(self) -> list[Periodic]:
        forget = Periodic(name="badges.forget", every_s=_DAY_S, run=self._forget)
        return [forget, *self.outside.periodics()]

    def _tell_ended(self, payload: Mapping[str, Any]) -> None:
        """Tell the outside services that issued a badge, too, that it has ended."""
        for each in payload["told"]:
            back_end = self.making.formats.get(each["format"])
            if back_end is not None:
                signed = SignedCredential(body=b"", media_type=back_end.media_type, reference=each["reference"])
                back_end.revoke(str(payload["award"]), signed)

    def _sign_again(self, payload: Mapping[str, Any]) -> None:
        """Sign what a compromised key signed with the present one, so that the badges hold again."""
        with self.database.write() as session:
            endorsing.sign_again(
                session, str(payload["key"]), identities=self.identities, keyring=self.keyring, clock=self.clock
            )
        after = ""
        while True:
            with self.database.write() as session:
                awards = store.signed_by(session, str(payload["key"]), after=after, limit=_CHUNK)
                self.making.sign_again(session, awards)
            if len(awards) < _CHUNK:
                return
            after = awards[-1].id

    def _forget(self) -> None:
        """Forget whom a badge was for that nobody has claimed for long, and orders that nobody carried on."""
        before = self.clock.now() - timedelta(days=self.config.privacy.unclaimed_days)
        with self.database.write() as session:
            session.execute(
                update(AwardRow).where(AwardRow.created < before, AwardRow.email.is_not(None)).values(email=None)
            )
            session.execute(
                update(AwardRow).where(AwardRow.created < before, AwardRow.name.is_not(None)).values(name=None)
            )
            session.execute(
                update(AwardRunRow)
                .where(AwardRunRow.created < before, AwardRunRow.finished.is_(None))
                .values(rows="[]", finished=self.clock.now())
            )


def office(
    config: CityConfig,
    *,
    i18n: I18n,
    database: Database,
    clock: Clock,
    secret: str,
    back_ends: Sequence[BadgeIssuer],
    mailer: Mailer | None,
) -> Office:
    """Put the badges of a city together. `secret` is the city's own; `COL_BADGE_KEY`, where set, seals the keys."""
    known = Codes(secret)
    keyring = Keyring(Box(config.badge_key or secret), clock=clock)
    making = Making(config, i18n=i18n, clock=clock, keyring=keyring, known=known, back_ends=back_ends)
    return Office(
        config=config,
        database=database,
        clock=clock,
        codes=known,
        keyring=keyring,
        identities=Identities(config),
        making=making,
        issuing=Issuing(config, database=database, clock=clock, making=making, known=known),
        lists=Lists(config, database=database, clock=clock, keyring=keyring),
        mails=ClaimMails(config, database=database, i18n=i18n, known=known, mailer=mailer),
        outside=Outside(database=database, clock=clock, making=making),
    )
