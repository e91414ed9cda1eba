"""How much one verification may ask of others: so many documents, so many seconds, each address once."""

from collections.abc import Callable
from datetime import datetime
from time import monotonic

from col_core.badges.credentials.records import Documents, Got, NotReached, NotThere

MAX_DOCUMENTS = 16
MAX_TIME_S = 12.0


class Budget:
    """`Documents` for one verification. `elapsed_s` is a clock that only runs forward."""

    def __init__(
        self,
        documents: Documents,
        *,
        most: int = MAX_DOCUMENTS,
        time_s: float = MAX_TIME_S,
        elapsed_s: Callable[[], float] = monotonic,
    ) -> None:
        self._documents = documents
        self._left = most
        self._elapsed_s = elapsed_s
        self._until_s = elapsed_s() + time_s
        self._got: dict[tuple[str, str], Got | NotThere | NotReached] = {}

    @property
    def as_of(self) -> datetime | None:
        """The moment of the oldest copy that was used, None where every document came from its host."""
        return min((each.as_of for each in self._got.values() if isinstance(each, Got) and each.as_of), default=None)

    @property
    def in_doubt(self) -> bool:
        """Whether a copy was used because its host answers with what cannot follow from it."""
        return any(isinstance(each, Got) and each.in_doubt for each in self._got.values())

    def get(self, url: str, *, accept: str) -> Got:
        """Return what stands at `url`; raises NotReached too where the budget is used up."""
        key = (url, accept)
        if key not in self._got:
            self._got[key] = self._ask(url, accept)
        found = self._got[key]
        if isinstance(found, Got):
            return found
        raise found

    def _ask(self, url: str, accept: str) -> Got | NotThere | NotReached:
        if self._left <= 0:
            return NotReached("too many documents were needed")
        if self._elapsed_s() > self._until_s:
            return NotReached("the time for it is up")
        self._left -= 1
        try:
            return self._documents.get(url, accept=accept)
        except (NotThere, NotReached) as error:
            return error
