"""Feedback and reported problems: kept for the operator, mailed where the city can, forgotten in time."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from col_core.base import deletions, outbox
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.deletions import Deletable, Deletion
from col_core.base.i18n import I18n, text_in
from col_core.base.jobs import Job, Periodic
from col_core.base.mail import Mail, Mailer
from col_core.base.settings import CityConfig
from col_core.catalogue import store
from col_core.content.labels import FEEDBACK_LABELS
from col_core.content.records import Feedback, FeedbackKind
from col_core.content.tables import FeedbackRow

MAIL_JOB = "content.feedback_mail"
DELETED = "content.feedback_deleted"
_DAY_S = 86_400


def receive(
    session: Session,
    *,
    kind: FeedbackKind,
    message: str,
    language: str,
    clock: Clock,
    about: str | None = None,
    email: str | None = None,
) -> Feedback:
    """Keep what somebody wrote, and write down that it is to be mailed."""
    received = Feedback(
        id=secrets.token_hex(8),
        kind=kind,
        message=message,
        language=language,
        created=clock.now(),
        about=about,
        email=email,
    )
    session.add(
        FeedbackRow(
            id=received.id,
            kind=kind.value,
            urgent=received.urgent,
            about=about,
            message=message,
            email=email,
            language=language,
            created=received.created,
        )
    )
    # The id alone: what a person wrote stands in one place, and is forgotten there.
    outbox.enqueue(session, MAIL_JOB, {"id": received.id}, clock=clock)
    return received


def listing(session: Session) -> Sequence[Feedback]:
    """Return everything that is kept: what is urgent first, then the newest."""
    rows = session.scalars(
        select(FeedbackRow).order_by(FeedbackRow.urgent.desc(), FeedbackRow.created.desc(), FeedbackRow.id)
    )
    return [_record(row) for row in rows]


def forget(session: Session, id_: str, *, clock: Clock) -> bool:
    """Delete one, as its writer may ask; say whether it was there."""
    if not _delete(session, [id_]):
        return False
    deletions.note(session, DELETED, [id_], clock=clock)
    return True


def deletables() -> list[Deletable]:
    """Return how feedback that was deleted is deleted again. What went by its age goes so by itself."""

    def again(session: Session, gone: Sequence[Deletion]) -> int:
        return sum(_delete(session, [each.key]) for each in gone)

    return [Deletable(kind=DELETED, again=again)]


def forget_old(session: Session, *, days: int, clock: Clock) -> None:
    """Delete what is older than `days` days."""
    session.execute(delete(FeedbackRow).where(FeedbackRow.created < clock.now() - timedelta(days=days)))


class FeedbackWork:
    """What happens in the background: mail to the operator, and forgetting. Without `mailer` nothing is mailed."""

    def __init__(
        self, config: CityConfig, *, database: Database, i18n: I18n, clock: Clock, mailer: Mailer | None
    ) -> None:
        self._config, self._database, self._i18n = config, database, i18n
        self._clock, self._mailer = clock, mailer

    def jobs(self) -> list[Job]:
        return [Job(name=MAIL_JOB, run=self._mail)]

    def periodics(self) -> list[Periodic]:
        return [Periodic(name="content.forget", every_s=_DAY_S, run=self._forget)]

    def _mail(self, payload: Mapping[str, Any]) -> None:
        to = self._config.operator.email
        if self._mailer is None or to is None:
            return
        with self._database.read() as session:
            row = session.get(FeedbackRow, str(payload["id"]))
            one = _record(row) if row is not None else None
            offer = store.get(session, one.about) if one is not None and one.about else None
        if one is not None:
            self._mailer.send(self._composed(one, to, dict(offer.content.title) if offer is not None else {}))

    def _composed(self, one: Feedback, to: str, titles: Mapping[str, str]) -> Mail:
        config, language = self._config, self._config.default_language
        words = self._i18n.translator(language)
        kind = words.pgettext(*FEEDBACK_LABELS[one.kind])
        subject = words.gettext("Feedback: %(kind)s", kind=kind)
        if one.urgent:
            # translators: subject of a mail to the people who run the portal
            subject = words.gettext("Urgent: %(kind)s", kind=kind)
        lines = [f"{kind}", "", one.message, ""]
        if one.about:
            title = text_in(titles, language, otherwise=one.about)
            lines += [title, f"{config.base_url}/{language}/opportunities/{one.about}", ""]
        lines += [
            words.gettext("An answer goes to the sender of this feedback.")
            if one.email
            else words.gettext("The sender left no address."),
            words.gettext("It is deleted by itself after %(days)s.", days=words.days(config.privacy.feedback_days)),
        ]
        return Mail(
            key=f"feedback-{one.id}",
            to=to,
            subject=f"[{config.city_name(language)}] {subject}",
            text="\n".join(lines),
            language=language,
            reply_to=one.email,
            urgent=one.urgent,
        )

    def _forget(self) -> None:
        with self._database.write() as session:
            forget_old(session, days=self._config.privacy.feedback_days, clock=self._clock)


def _delete(session: Session, ids: Sequence[str]) -> int:
    return len(session.scalars(delete(FeedbackRow).where(FeedbackRow.id.in_(ids)).returning(FeedbackRow.id)).all())


def _record(row: FeedbackRow) -> Feedback:
    return Feedback(
        id=row.id,
        kind=FeedbackKind(row.kind),
        message=row.message,
        language=row.language,
        created=row.created,
        about=row.about,
        email=row.email,
    )
