"""Signing anew by itself, for a network whose keys lie with it: at half of the life of what was signed, and when a
member changed.
"""

import time
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from col_core.badges.credentials import instants
from col_core.base.clock import Clock, SystemClock
from col_core.base.errors import ColError
from col_core.federation.trust import admitting, anchor_keys, signing
from col_core.federation.trust.asking import Asking
from col_core.federation.trust.folder import NetworkFolder, read_json
from col_core.federation.trust.records import Rules

_LOOK_S = 5.0
_REFRESH = timedelta(minutes=10)
_log = structlog.get_logger()


class Renewing:
    """Keeps what a network published young. `keys` is the file of its keys."""

    def __init__(
        self,
        folder: NetworkFolder,
        keys: Path,
        *,
        asking: Asking,
        plain_hosts: tuple[str, ...] = (),
        clock: Clock | None = None,
    ) -> None:
        self._folder, self._keys, self._asking = folder, keys, asking
        self._plain_hosts = plain_hosts
        self._clock = clock or SystemClock()
        self._refreshed = self._clock.now()

    def go_on(self) -> None:
        """Look again and again, for as long as the process lives."""
        while True:
            try:
                self.once()
            except (ColError, OSError) as error:
                _log.warning("network.not_signed", error=str(error))
            time.sleep(_LOOK_S)

    def once(self) -> bool:
        """Read members again where that is due, and sign where something is due; return whether it was signed."""
        now = self._clock.now()
        with self._folder.alone():
            if now - self._refreshed >= _REFRESH:
                self._refreshed = now
                rules = Rules(now=now, plain_hosts=self._plain_hosts)
                for fault in admitting.refresh(self._folder, self._asking, rules=rules):
                    _log.warning("network.member", error=fault)
            if not is_due(self._folder, now=now):
                return False
            signing.sign(self._folder, anchor_keys.read(self._keys), now=now)
        return True


def is_due(folder: NetworkFolder, *, now: datetime) -> bool:
    """Return whether half of the life of what was signed is over, or the network changed since."""
    index = folder.public / signing.INDEX_FILE
    if not index.is_file():
        return True
    said = read_json(index)
    signed, until = instants.read(said["signed"]), instants.read(said["until"])
    return now >= signed + (until - signed) / 2 or folder.changed_since(index.stat().st_mtime_ns)
