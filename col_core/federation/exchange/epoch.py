"""What the numbers of the feed count from. It is another one after a restore, since they may count from elsewhere."""

import secrets

from col_core.base.database import Database, upsert
from col_core.federation.exchange.tables import EPOCH_KEY, FeedEpochRow

_PRESENT = f"SELECT epoch FROM feed_epoch WHERE key = {EPOCH_KEY}"  # noqa: S608 (a number of ours)


def present(database: Database) -> str:
    """Return the epoch of this city's feed; it is drawn when it is first asked for."""
    row = database.glance(_PRESENT)
    if row is None:
        with database.write() as session:
            drawn = upsert(session, FeedEpochRow).values(key=EPOCH_KEY, epoch=secrets.token_hex(6))
            # Two processes may draw at once: the first one's stays.
            session.execute(drawn.on_conflict_do_nothing(index_elements=[FeedEpochRow.key]))
        row = database.glance(_PRESENT)
    assert row is not None
    return str(row[0])
