"""A city's server and worker as the processes that they are for real, for what only real processes show."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from col_core.testing.servers import free_port

_LOOK_S = 0.05


@dataclass(frozen=True, kw_only=True)
class Running:
    """A process of ours, in a group of its own; what it says goes to `log`. `port` is 0 where it serves nothing."""

    process: "subprocess.Popen[bytes]"
    log: Path
    port: int = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def said(self) -> str:
        """Return everything that it wrote so far."""
        return self.log.read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it and its children at once, as a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(60)

    def terminate(self, *, within_s: float = 60) -> int:
        """Ask it to end, and return its exit code."""
        self.process.terminate()
        return self.process.wait(within_s)


@contextmanager
def running(folder: Path, *words: str, environ: Mapping[str, str], port: int = 0) -> Iterator[Running]:
    """Run `col --city folder words…` for as long as the block lasts; `serve` answers when the block begins.

    It serves at `port`, or at a free one.
    """
    port = (port or free_port()) if words[0] == "serve" else 0
    options = ("--port", str(port)) if port else ()
    log = folder.parent / f"{words[0]}-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "col_core", "--city", str(folder), *words, *options],
            env={**os.environ, **environ},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    made = Running(process=process, log=log, port=port)
    try:
        if port:
            until(lambda: _answers(made))
        yield made
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                made.kill()


def until(is_so: Callable[[], bool], *, within_s: float = 180) -> None:
    """Wait until `is_so()` is true. Raises AssertionError when the time is up."""
    end = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(_LOOK_S)


def _answers(server: Running) -> bool:
    assert server.process.poll() is None, f"the server ended: {server.said()}"
    try:
        with urllib.request.urlopen(server.url("/healthz"), timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False
