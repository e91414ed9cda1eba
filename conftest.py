"""For every test of the repository.

An example of a property test has no deadline: how long something takes is measured, never tested. SQLite gives rows
for which no order was asked the other way round, so that a query which needs an order and asks for none is found here
and not on a city's PostgreSQL, which may give them in any.
"""

import sqlite3

from hypothesis import settings
from sqlalchemy import event
from sqlalchemy.engine import Engine

settings.register_profile("house", deadline=None)
settings.load_profile("house")


@event.listens_for(Engine, "connect")
def _give_unordered_rows_the_other_way_round(connection: object, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects=ON")
