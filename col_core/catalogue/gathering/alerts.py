"""When a source breaks, falls silent or brings nothing new for unusually long: raised once, taken back in the end."""

from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy.orm import Session

from col_core.base import outbox
from col_core.base.clock import Clock
from col_core.base.outbox import Event
from col_core.catalogue.tables import SourceStateRow

MAIL_JOB = "catalogue.alert_mail"
RECOVERED = "recovered"
# Before so many changes nobody knows what is usual for a source, and a week without any is usual everywhere.
_CHANGES_TO_KNOW = 5
_USUAL_TIMES = 4
_LEAST_STILL = timedelta(days=7)
# A long gap counts less and less: half after a month.
_HALF_LIFE_S = 30 * 86_400
_log = structlog.get_logger()


class AlertKind(StrEnum):
    """`BROKEN`: its runs fail. `SILENT`: it has not run well for long. `STILL`: it runs, and brings nothing new."""

    BROKEN = "broken"
    SILENT = "silent"
    STILL = "still"


def sound(session: Session, row: SourceStateRow, kind: AlertKind, message: str, *, clock: Clock) -> None:
    """Put a source in alert. Plugins and the operator hear of it once, however often it is found."""
    is_new = row.alert is None or row.alert_kind not in (kind, None)
    row.alert, row.alert_kind = message, kind.value
    if not is_new:
        return
    row.alert_since = clock.now()
    _log.warning("source.alert", source=row.source_id, kind=kind.value, reason=message)
    name = "source.broken" if kind is AlertKind.BROKEN else "source.quiet"
    outbox.publish(session, Event(name=name, subject=row.source_id), clock=clock)
    _mail(session, row, kind.value, message, clock=clock)


def clear_after(session: Session, row: SourceStateRow, *, brought_something: bool, clock: Clock) -> None:
    """Note a good run of a source; what was wrong with it is over, unless it still brings nothing new."""
    if brought_something:
        _note_change(row, clock.now())
    if row.alert is None or (row.alert_kind == AlertKind.STILL and not brought_something):
        return
    _log.info("source.recovered", source=row.source_id)
    outbox.publish(session, Event(name="source.recovered", subject=row.source_id), clock=clock)
    _mail(session, row, RECOVERED, "", clock=clock)
    row.alert = row.alert_kind = row.alert_since = None


def is_unusually_still(row: SourceStateRow, *, now: datetime) -> bool:
    """Say whether a source that runs has brought nothing new for much longer than it ever does."""
    if row.last_change is None or row.usual_gap_s is None or row.changes < _CHANGES_TO_KNOW:
        return False
    return now - row.last_change > max(_LEAST_STILL, timedelta(seconds=_USUAL_TIMES * row.usual_gap_s))


def stillness(row: SourceStateRow) -> str:
    """Return the sentence that says so."""
    usual_days = max(1, round((row.usual_gap_s or 0) / 86_400))
    usual = "every day" if usual_days == 1 else f"every {usual_days} days"
    return f"Its runs succeed, but nothing was new since {row.last_change:%Y-%m-%d}; usually something is {usual}."


def _note_change(row: SourceStateRow, now: datetime) -> None:
    if row.last_change is not None and row.last_change < now:
        gap_s = (now - row.last_change).total_seconds()
        before_s = (row.usual_gap_s or 0) * 0.5 ** (gap_s / _HALF_LIFE_S)
        row.usual_gap_s = round(max(gap_s, before_s))
    row.last_change = now
    row.changes = (row.changes or 0) + 1


def _mail(session: Session, row: SourceStateRow, kind: str, message: str, *, clock: Clock) -> None:
    since = row.alert_since or clock.now()
    payload = {"source": row.source_id, "kind": kind, "message": message, "since": since.isoformat()}
    outbox.enqueue(session, MAIL_JOB, payload, clock=clock)
