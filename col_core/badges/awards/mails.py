"""Mails with a claim link: to whom a badge was issued, once each, and not to those who have claimed it meanwhile."""

from collections.abc import Mapping
from typing import Any

from col_core.badges.achievements import reading
from col_core.badges.awards import codes, store
from col_core.badges.awards.issuing import MAIL_JOB
from col_core.badges.awards.records import Award
from col_core.badges.keyring.identities import Identities
from col_core.base.database import Database
from col_core.base.i18n import I18n, text_in
from col_core.base.jobs import Job
from col_core.base.mail import Mail, Mailer
from col_core.base.settings import CityConfig


class ClaimMails:
    """Writes to people that a badge waits for them. Without `mailer` nothing is sent."""

    def __init__(
        self, config: CityConfig, *, database: Database, i18n: I18n, known: codes.Codes, mailer: Mailer | None
    ) -> None:
        self._config, self._database, self._i18n = config, database, i18n
        self._codes, self._mailer = known, mailer
        self._identities = Identities(config)

    def jobs(self) -> list[Job]:
        return [Job(name=MAIL_JOB, run=self._send)]

    def _send(self, payload: Mapping[str, Any]) -> None:
        if self._mailer is None:
            return
        with self._database.read() as session:
            award = store.get(session, str(payload["award"]))
            if award is None or award.email is None:
                return
            code = store.code_of(award, self._codes)
            achievement = reading.version(session, award.achievement_id, award.achievement_version)
            issuer = self._identities.of(session, award.issuer)
        if code is None or achievement is None or issuer is None:
            return
        name = text_in(achievement.content.name, award.language)
        self._mailer.send(self._composed(award, award.email, code, name, issuer.issuer.name))

    def _composed(self, award: Award, to: str, code: str, badge: str, issuer: str) -> Mail:
        words = self._i18n.translator(award.language)
        city = self._config.city_name(award.language)
        link = f"{self._config.base_url}/{award.language}/claim/{codes.written(code)}"
        lines = [
            # translators: first line of a mail to a young person
            words.gettext("Hello!"),
            "",
            words.gettext("You have earned a badge: %(badge)s.", badge=badge),
            words.gettext("Issued by: %(issuer)s.", issuer=issuer),
            "",
            words.gettext("Look at it and decide whether you keep it:"),
            link,
            "",
            words.gettext("You need no account. The link is yours alone: whoever opens it can take the badge."),
            words.gettext("If this is not for you, do nothing: without you, nobody sees the badge."),
            "",
            words.gettext("City of Learning, %(city)s", city=city),
        ]
        return Mail(
            key=f"award-{award.id}-{award.code_number}",
            to=to,
            subject=words.gettext("Your badge: %(badge)s", badge=badge),
            text="\n".join(lines) + "\n",
            language=award.language,
        )
