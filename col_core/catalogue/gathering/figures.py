"""What the metrics tell of the catalogue: offers by status, how each source stands."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from col_core.base.settings import CityConfig
from col_core.catalogue.gathering import runs
from col_core.catalogue.gathering.runs import Outcome
from col_core.catalogue.tables import OpportunityRow, SourceRunRow
from col_core.catalogue.vocabulary import Status
from col_core.web.metrics import Figure, Figures

_ENDED = tuple(each for each in Outcome if each is not Outcome.RUNNING)


def of_catalogue(config: CityConfig) -> Figures:
    """Return what tells the figures of the catalogue, for the sources that the city has now."""
    sources = [each.id for each in config.sources]

    def figures(session: Session, now: datetime) -> Iterator[Figure]:
        yield _by_status(session)
        yield _of_other_cities(session)
        yield from _of_sources(session, sources, now)

    return figures


def _by_status(session: Session) -> Figure:
    ours = select(OpportunityRow.status, func.count()).where(OpportunityRow.origin.is_(None))
    rows = session.execute(ours.group_by(OpportunityRow.status))
    counts = {row[0]: row[1] for row in rows}
    return Figure(
        name="col_opportunities",
        help="Opportunities of this city by status.",
        labels=("status",),
        samples=[((each.value,), counts.get(each.value, 0)) for each in Status],
    )


def _of_other_cities(session: Session) -> Figure:
    theirs = select(OpportunityRow.source_id, OpportunityRow.status, func.count())
    rows = session.execute(
        theirs.where(OpportunityRow.origin.is_not(None)).group_by(OpportunityRow.source_id, OpportunityRow.status)
    )
    return Figure(
        name="col_remote_opportunities",
        help="Opportunities of other cities by where they came from and status.",
        labels=("source", "status"),
        samples=[((source_id or "", status), number) for source_id, status, number in rows],
    )


def _of_sources(session: Session, sources: Sequence[str], now: datetime) -> Iterator[Figure]:
    states = {id_: state for id_, state in runs.states(session).items() if id_ in sources}
    newest = (
        select(func.max(SourceRunRow.id)).where(SourceRunRow.source_id.in_(sources)).group_by(SourceRunRow.source_id)
    )
    last = session.execute(
        select(SourceRunRow.source_id, SourceRunRow.outcome).where(SourceRunRow.id.in_(newest))
    ).all()
    yield Figure(
        name="col_source_last_good_run_age_seconds",
        help="How long ago the last good run of a source began; absent for one that never had any.",
        labels=("source",),
        samples=[
            ((id_,), max(0.0, (now - state.last_good).total_seconds()))
            for id_, state in states.items()
            if state.last_good is not None
        ],
    )
    yield Figure(
        name="col_source_last_run",
        help="1 at the outcome of the last run of a source.",
        labels=("source", "outcome"),
        samples=[((id_, each.value), float(outcome == each.value)) for id_, outcome in last for each in _ENDED],
    )
    yield Figure(
        name="col_source_failures",
        help="Runs of a source that failed one after the other until now.",
        labels=("source",),
        samples=[((id_,), state.failures) for id_, state in states.items()],
    )
    yield Figure(
        name="col_source_alert",
        help="1 where a source is broken or quiet.",
        labels=("source",),
        samples=[((id_,), float(state.alert is not None)) for id_, state in states.items()],
    )
