"""The steps that lead from one form of the database to the next, as Alembic knows them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from col_core.base.errors import ConfigError

FOLDER = Path(__file__).parent / "migrations"


def take(connection: Connection, revision: str = "head") -> None:
    """Bring the database up to `revision` on `connection`, in the transaction that it is in, if it is in one."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def is_known(revision: str) -> bool:
    """Tell whether this version knows the migration `revision`; a newer version may have others."""
    return any(each.revision == revision for each in ScriptDirectory.from_config(_config()).walk_revisions())


def missing(revision: str | None) -> list[str]:
    """Return the names of the migrations that lead from `revision` to the newest form, oldest first.

    Raises ConfigError for a revision that only a newer version knows.
    """
    if revision is not None and not is_known(revision):
        raise ConfigError(
            f"The database was written by a newer version of this program (its form is {revision}): install that "
            "version again, or restore a backup of before."
        )
    script = ScriptDirectory.from_config(_config())
    steps = [] if revision == script.get_current_head() else list(script.iterate_revisions("head", revision))
    return [f"{each.revision} ({each.doc})" for each in reversed(steps)]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config
