"""Series without an end have their dates worked out for a while ahead; as time goes on, further dates are added."""

from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import InvalidInput
from col_core.catalogue import store
from col_core.catalogue.hooks import SearchIndex
from col_core.catalogue.occurrences import expand
from col_core.catalogue.review import HORIZON

_BATCH = 100


def move(database: Database, *, index: SearchIndex, clock: Clock) -> int:
    """Work out the dates of every series up to the present horizon; return how many offers got other dates."""
    until = clock.now() + HORIZON
    after, moved = 0, 0
    while True:
        with database.write() as session:
            batch = store.series(session, after_pk=after, limit=_BATCH)
            later = []
            for pk, each in batch:
                assert each.content.schedule is not None
                try:
                    dates = expand(each.content.schedule, until=until)
                except InvalidInput:
                    continue
                if dates != each.occurrences:
                    later.append((pk, each, dates))
            store.set_occurrences(session, later, index=index)
        moved += len(later)
        if len(batch) < _BATCH:
            return moved
        after = batch[-1][0]
