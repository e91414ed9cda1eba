"""Migrations: the database is brought up from whatever version it has, in one transaction a step."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from col_core.base.database import Database

FOLDER = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Bring `database` to the newest form. What is there stays; an interrupted step is undone by the engine."""
    config = _config()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def pending(database: Database) -> list[str]:
    """Return the names of the migrations that `database` still lacks, oldest first."""
    script = ScriptDirectory.from_config(_config())
    with database.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    steps = [] if present == script.get_current_head() else list(script.iterate_revisions("head", present))
    return [f"{each.revision} ({each.doc})" for each in reversed(steps)]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config
