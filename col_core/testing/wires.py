"""A wire between two servers on loopback that can be cut, held up and made to lose, as networks do."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum

_CHUNK = 4_096
_POLL_S = 0.05
_DROP_BYTES, _DROP_S = 256, 0.02


class Fault(StrEnum):
    """What happens to a connection: `NONE`; `CUT`: it is refused, and what is open breaks; `HANGING`: it is taken and
    nothing ever comes; `LOSSY`: some break after a few bytes; `SLOW`: bytes come in drops.
    """

    NONE = "none"
    CUT = "cut"
    HANGING = "hanging"
    LOSSY = "lossy"
    SLOW = "slow"


class Wire:
    """Stands before the server at `target` (a port of 127.0.0.1; it may be set later, and changed) under a port of its
    own. `lost` is the share of connections that break while it is `LOSSY`.
    """

    def __init__(self, listener: socket.socket, *, target: int, seed: int) -> None:
        self.port: int = listener.getsockname()[1]
        self.target = target
        self.lost = 0.4
        self.passed = 0
        self._listener, self._fault = listener, Fault.NONE
        self._chance = random.Random(seed)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def suffer(self, fault: Fault) -> None:
        """From now on, and for what is open, too."""
        self._fault = fault
        if fault in (Fault.CUT, Fault.HANGING):
            self._break_all()

    def heal(self) -> None:
        self._fault = Fault.NONE

    def run(self) -> None:
        """Take connections until `end`."""
        while not self._ended.is_set():
            try:
                near, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def end(self) -> None:
        self._ended.set()
        self._listener.close()
        self._break_all()

    def _break_all(self) -> None:
        with self._lock:
            broken, self._open = self._open, set()
        for each in broken:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _carry(self, near: socket.socket) -> None:
        with self._lock:
            self._open.add(near)
        fault = self._fault
        if fault is Fault.CUT:
            self._drop(near)
            return
        if fault is Fault.HANGING:
            return
        try:
            far = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            self._drop(near)
            return
        far.settimeout(None)
        with self._lock:
            self._open.add(far)
        breaks_after = self._chance.randrange(2_000) if self._is_lost(fault) else None
        back = threading.Thread(target=self._pump, args=(far, near, fault, breaks_after), daemon=True)
        back.start()
        self._pump(near, far, Fault.NONE, None)
        back.join()
        self._drop(near, far)

    def _is_lost(self, fault: Fault) -> bool:
        return fault is Fault.LOSSY and self._chance.random() < self.lost

    def _pump(self, source: socket.socket, sink: socket.socket, fault: Fault, breaks_after: int | None) -> None:
        left = breaks_after
        while not self._ended.is_set():
            try:
                chunk = source.recv(_DROP_BYTES if fault is Fault.SLOW else _CHUNK)
                if left is not None and len(chunk) >= left:
                    self._drop(source, sink)
                    return
                if not chunk:
                    break
                # Before it is sent: whoever got everything finds it counted. Several connections count at once.
                with self._lock:
                    self.passed += len(chunk)
                sink.sendall(chunk)
            except OSError:
                break
            left = None if left is None else left - len(chunk)
            if fault is Fault.SLOW:
                self._ended.wait(_DROP_S)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def _drop(self, *ends: socket.socket) -> None:
        with self._lock:
            self._open.difference_update(ends)
        for each in ends:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextmanager
def wire(target: int = 0, *, seed: int = 1) -> Iterator[Wire]:
    """Lay a wire to a port of 127.0.0.1 for as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(_POLL_S)
        made = Wire(listener, target=target, seed=seed)
        thread = threading.Thread(target=made.run)
        thread.start()
        try:
            yield made
        finally:
            made.end()
            thread.join()
