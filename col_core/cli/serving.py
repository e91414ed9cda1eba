"""The server that answers requests, whatever it is that answers them."""

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from col_core.base import logs

DRAIN_S = 20
_THREADS = 8
_HEADERS_MS = 10_000
_HEADERS_BYTES = 64_000


def run(target: str, *, host: str, port: int, workers: int = 1, memory_mb: int | None = None) -> None:
    """Serve the application that `target` ("module:factory") makes, until SIGTERM; what has begun is finished first."""
    Server(
        target,
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        blocking_threads=_THREADS,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADERS_MS, max_buffer_size=_HEADERS_BYTES),
        workers_max_rss=memory_mb,
        workers_kill_timeout=DRAIN_S,
        respawn_failed_workers=True,
        log_access=False,
        log_dictconfig=logs.THROUGH_ROOT,
        websockets=False,
    ).serve()
