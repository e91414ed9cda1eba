"""What files tell of deletions when a backup is restored: the one in the state folder, and one from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from col_core.base import deletions_file
from col_core.base.deletions import Deletion
from col_core.base.errors import InvalidInput
from col_core.base.settings import CityConfig


@dataclass(frozen=True, kw_only=True)
class Told:
    """`is_known` is False where no file tells anything; `notes` say what the manager should know of them."""

    deletions: Sequence[Deletion]
    is_known: bool
    notes: Sequence[str]


def by_files(config: CityConfig, given: Path | None) -> Told:
    """Return what the file of the city and the one that was `given` tell.

    Raises InvalidInput where the given one cannot be read or has a line that is none of such a file.
    """
    own = config.var / deletions_file.FILE
    said = deletions_file.read(own) if own.exists() else None
    notes = []
    if said is not None and said.unreadable:
        notes.append(
            f"{len(said.unreadable)} lines of {own} cannot be read, such as line {said.unreadable[0]}: what they named "
            "may be back."
        )
    found = [*(said.deletions if said is not None else ()), *(_of_file(given) if given is not None else ())]
    return Told(deletions=found, is_known=said is not None or given is not None, notes=notes)


def _of_file(given: Path) -> Sequence[Deletion]:
    try:
        said = deletions_file.read(given)
    except FileNotFoundError:
        raise InvalidInput(f"There is no file {given}.") from None
    except OSError as error:
        raise InvalidInput(f"{given} cannot be read: {error.strerror}.") from error
    if said.unreadable:
        raise InvalidInput(
            f"{given}, line {said.unreadable[0]}, tells of no deletion. --deletions takes a copy of the file "
            f"{deletions_file.FILE} of this city. Nothing was touched."
        )
    return said.deletions
