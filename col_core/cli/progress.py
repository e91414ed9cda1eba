"""Showing how long work goes on: a bar on a terminal, a line a step elsewhere."""

import sys
from typing import TextIO

_WIDTH = 30


class Bar:
    """A `Progress` that writes to `out`, by default standard error, so that what a command says can be piped."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._live = self._out.isatty()
        self._what = ""
        self._shown = -1

    def __call__(self, what: str, done: int, total: int) -> None:
        share = min(1.0, done / total) if total else 1.0
        percent = int(share * 100)
        if (what, percent) == (self._what, self._shown):
            return
        if self._live:
            bar = "#" * int(share * _WIDTH)
            end = "\n" if percent == 100 else ""
            self._out.write(f"\r{what:<10} [{bar:<{_WIDTH}}] {percent:3d} %{end}")
        elif what != self._what:
            self._out.write(f"{what} …\n")
        self._what, self._shown = what, percent
        self._out.flush()
