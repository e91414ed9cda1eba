"""The threads of a worker. Work that does not come back within its time is left behind, and another hand grows.

A thread cannot be ended from outside. What hangs keeps its own until the process ends, and takes no place from others.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import structlog

from col_core.base.outbox import Task

# With as many threads that hang, the process should begin anew.
MOST_LEFT_BEHIND = 8
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Work:
    """Something to be done. `task` is set where it came from the outbox."""

    name: str
    do: Callable[[], None]
    lease_s: float
    task: Task | None = None


@dataclass(kw_only=True)
class _Begun:
    work: Work
    thread: threading.Thread
    until_s: float
    is_left_behind: bool = False


class Hands:
    """Does up to `count` things at once.

    `done` is set whenever one of them is finished; several `Hands` may share it.
    """

    def __init__(self, count: int, *, done: threading.Event | None = None) -> None:
        self._count = count
        self._begun: list[_Begun] = []
        self._done = done or threading.Event()

    @property
    def begun(self) -> list[Work]:
        """What has begun and is not finished, also what hangs."""
        self._look()
        return [each.work for each in self._begun]

    @property
    def busy(self) -> frozenset[str]:
        """The names of what has begun and is not finished."""
        return frozenset(work.name for work in self.begun)

    @property
    def free(self) -> int:
        """How many things may be begun now."""
        self._look()
        return self._count - sum(not each.is_left_behind for each in self._begun)

    @property
    def are_tied(self) -> bool:
        """Whether so much hangs that this process should begin anew."""
        self._look()
        return sum(each.is_left_behind for each in self._begun) >= MOST_LEFT_BEHIND

    def begin(self, work: Work) -> None:
        """Do `work` in a thread of its own."""
        thread = threading.Thread(target=self._do, args=(work,), name=f"work {work.name}", daemon=True)
        self._begun.append(_Begun(work=work, thread=thread, until_s=monotonic() + work.lease_s))
        thread.start()

    def wait(self, timeout_s: float, stop: threading.Event) -> None:
        """Wait until something is finished, `timeout_s` seconds at most; not at all once `stop` is set."""
        if not stop.is_set():
            self._done.wait(timeout_s)
        self._done.clear()

    def leave_behind(self) -> list[Work]:
        """Let go of what did not come back within its time; return what was not let go of before."""
        self._look()
        hanging = [each for each in self._begun if not each.is_left_behind and monotonic() > each.until_s]
        for each in hanging:
            each.is_left_behind = True
        return [each.work for each in hanging]

    def finish(self, within_s: float) -> list[Work]:
        """Wait for what has begun and does not hang; return what of it did not come to its end in time."""
        until_s = monotonic() + within_s
        for each in self._begun:
            if not each.is_left_behind:
                each.thread.join(max(0.0, until_s - monotonic()))
        self._look()
        return [each.work for each in self._begun if not each.is_left_behind]

    def _do(self, work: Work) -> None:
        try:
            work.do()
        except BaseException:
            # The database went away before the end could be written down: the lease runs out, and it is done again.
            _log.exception("worker.unfinished", work=work.name)
        finally:
            self._done.set()

    def _look(self) -> None:
        self._begun = [each for each in self._begun if each.thread.is_alive()]
