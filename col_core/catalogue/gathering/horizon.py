"""Dates are worked out for a while ahead; as time goes on, further ones come: of a series, and what was far off."""

from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import InvalidInput
from col_core.catalogue import store
from col_core.catalogue.gathering.review import HORIZON
from col_core.catalogue.hooks import SearchIndex
from col_core.catalogue.occurrences import expand

_BATCH = 100


def move(database: Database, *, index: SearchIndex, clock: Clock) -> int:
    """Work out the dates of what has further ones up to the present horizon; return how many offers got other dates."""
    now = clock.now()
    after, moved = 0, 0
    while True:
        with database.write() as session:
            batch = store.with_dates_to_come(session, after_pk=after, limit=_BATCH)
            later = []
            for pk, each in batch:
                assert each.content.schedule is not None
                try:
                    dates = expand(each.content.schedule, now=now, until=now + HORIZON)
                except InvalidInput:
                    continue
                if dates != each.occurrences:
                    later.append((pk, each, dates))
            store.set_occurrences(session, later, index=index)
        moved += len(later)
        if len(batch) < _BATCH:
            return moved
        after = batch[-1][0]
