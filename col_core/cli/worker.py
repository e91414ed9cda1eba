"""`col worker`: do a city's background work until it is told to stop."""

import argparse
import gc
import os
import resource
import signal
import sys
import threading
from pathlib import Path

import structlog

from col_core.base import logs
from col_core.base.at_work import at_work
from col_core.cli.frame import DONE, Subcommands, city_of
from col_core.house import open_city


def register(sub: Subcommands) -> None:
    parser = sub.add_parser("worker", help="gather from the sources and do what waits, until SIGTERM")
    parser.add_argument("--once", action="store_true", help="do what is due now, and end")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Work; on SIGTERM or Ctrl-C finish what has begun, and end."""
    config = city_of(arguments)
    logs.set_up(city=config.id)
    with at_work(config), open_city(config) as city:
        worker = city.worker()
        # What stays for good is not looked through again and again for what could be forgotten, at each batch of items.
        gc.collect()
        gc.freeze()
        if arguments.once:
            worker.drain()
            return DONE
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        begin_anew = worker.run(stop, worn_out=lambda: _memory_mb() > config.limits.process_memory_mb)
    if begin_anew and not stop.is_set():
        # What hangs or leaks in this process ends with it; whoever started it sees the same process go on.
        structlog.get_logger().warning("worker.begins_anew", memory_mb=_memory_mb())
        sys.stdout.flush()
        os.execv(sys.executable, [sys.executable, "-m", "col_core", *sys.argv[1:]])  # noqa: S606 (our own program)
    return DONE


def _memory_mb() -> int:
    """Return what this process has in memory, in megabytes; 0 on systems that do not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * resource.getpagesize() // 1_000_000
