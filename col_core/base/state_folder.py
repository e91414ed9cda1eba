"""The folder in which a city keeps its state."""

from pathlib import Path

# The database in it holds what people wrote, and the badges of minors; SQLite makes its files readable to everybody.
_FOR_ITS_OWNER_ALONE = 0o700


def make(folder: Path) -> None:
    """Make `folder` for its owner alone; one that is there keeps the mode that somebody gave it. Raises OSError."""
    folder.mkdir(mode=_FOR_ITS_OWNER_ALONE, parents=True, exist_ok=True)
