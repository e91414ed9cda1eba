"""Signs of life: each worker of a city says every few seconds that it is there, and how its plugins stand."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from col_core.base.database import DERIVED, Base, UtcDateTime, upsert

BEAT_S = 15
_KEPT = timedelta(days=1)

# How one hook of a plugin stands in a process, as `hooks.isolation.Fault` has it.
Trouble = Mapping[str, str | int | bool]


class WorkerRow(Base):
    """A worker process. `troubles` is a JSON list of how its plugins stand."""

    __tablename__ = "worker"
    __table_args__ = ({"info": DERIVED},)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    started: Mapped[datetime] = mapped_column(UtcDateTime)
    seen: Mapped[datetime] = mapped_column(UtcDateTime)
    troubles: Mapped[str] = mapped_column(Text)


def beat(session: Session, worker: str, *, started: datetime, now: datetime, troubles: Sequence[Trouble] = ()) -> None:
    """Note that `worker` is there; those that were not seen for a day are forgotten."""
    values = {"started": started, "seen": now, "troubles": json.dumps(list(troubles))}
    written = upsert(session, WorkerRow).values(id=worker, **values)
    session.execute(written.on_conflict_do_update(index_elements=[WorkerRow.id], set_=values))
    # What was seen in the future was seen by a clock that has been set back since.
    gone = (WorkerRow.seen < now - _KEPT) | (WorkerRow.seen > now + _KEPT)
    session.execute(delete(WorkerRow).where(gone, WorkerRow.id != worker))


def leave(session: Session, worker: str) -> None:
    """Note that `worker` ended in good order."""
    session.execute(delete(WorkerRow).where(WorkerRow.id == worker))


def last_seen(session: Session) -> datetime | None:
    """Return when any worker was seen last; None where there was none for a day."""
    return session.scalar(select(func.max(WorkerRow.seen)))


def troubles(session: Session, *, since: datetime) -> list[Trouble]:
    """Return how the plugins stand in the workers that were seen since then."""
    found = session.scalars(select(WorkerRow.troubles).where(WorkerRow.seen >= since))
    return [trouble for each in found for trouble in json.loads(each)]
