"""The anchor as a city sees it: which keys count for it, what it says now, and what it said last while it is away.

Its keys come from the file that was handed over, else from the anchor itself when it was first met. New ones count once
it announces them under those that count (OpenID Federation 1.0, section 11.2); none are taken any other way.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import FetchError
from col_core.base.html import plain_line
from col_core.base.settings import CityConfig
from col_core.federation.trust import checking, key_sets, statements
from col_core.federation.trust.asking import Asking, Moved
from col_core.federation.trust.records import FEDERATION_TYPE, Keys, Reason, Rules, Statement, Untrusted
from col_core.federation.trust.tables import AnchorRow


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """The anchor with its configuration, which holds now. `fresh` says that it answered just now."""

    configuration: Statement
    keys: Keys
    fresh: bool


@dataclass(frozen=True, kw_only=True)
class AnchorState:
    """How the anchor was met, for those who look after the city. `given`: its keys came from a file of the city."""

    url: str
    given: bool
    asked: datetime | None
    seen: datetime | None
    error: str | None


class Anchors:
    """Meets the anchor of one city."""

    def __init__(self, config: CityConfig, *, database: Database, clock: Clock, asking: Asking) -> None:
        self._config, self._database, self._clock, self._asking = config, database, clock, asking

    @property
    def url(self) -> str | None:
        return self._config.network.anchor

    def rules(self) -> Rules:
        """Return by what is judged now."""
        return Rules(now=self._clock.now(), plain_hosts=self._config.http_allow_hosts)

    def meet(self) -> Anchor | None:
        """Ask the anchor what it says of itself; where it does not answer or lies, return what it said last, if that
        still holds. None where the city has no anchor, or nothing of it that holds."""
        url = self.url
        if url is None:
            return None
        try:
            _, digest = self._given()
            told = checking.anchor_of(self._asking, url, rules=self.rules(), keys=self._keys())
        except (FetchError, Moved) as error:
            return self._last(str(error))
        except Untrusted as error:
            return self._last(f"{url} is not believed: {error.message}.")
        with self._database.write() as session:
            row = self._row(session)
            row.keys, row.configuration = json.dumps(key_sets.of_keys(told.keys)), told.text
            row.given, row.error = digest, None
            row.seen = row.asked = self._clock.now()
        return Anchor(configuration=told, keys=told.keys, fresh=True)

    def last(self) -> Anchor | None:
        """Return the anchor by what it said last, without asking; None where nothing of it holds now."""
        with self._database.read() as session:
            row = session.get(AnchorRow, self.url) if self.url is not None else None
            text = row.configuration if row is not None else None
        if text is None or self.url is None:
            return None
        try:
            keys = self._keys()
            told = statements.configuration(text, entity=self.url, rules=self.rules(), keys=keys)
        except Untrusted:
            return None
        return Anchor(configuration=told, keys=told.keys, fresh=False)

    def name(self) -> str:
        """Return what the network calls itself, as it was told last; "" where that is not known."""
        anchor = self.last()
        said = anchor.configuration.metadata(FEDERATION_TYPE).get("organization_name") if anchor is not None else None
        return plain_line(said[:1000], max_chars=200) if isinstance(said, str) else ""

    def state(self, session: Session) -> AnchorState | None:
        """Return how the anchor was met; None where the city has none or never asked it."""
        row = session.get(AnchorRow, self.url) if self.url is not None else None
        if row is None:
            return None
        return AnchorState(url=row.url, given=row.given is not None, asked=row.asked, seen=row.seen, error=row.error)

    def says_of_us(self) -> Statement | None:
        """Return what the anchor said last of this city; None where it said nothing that holds."""
        anchor = self.last()
        with self._database.read() as session:
            row = session.get(AnchorRow, self.url) if anchor is not None else None
            text = row.about_us if row is not None else None
        if anchor is None or text is None:
            return None
        try:
            return statements.subordinate(
                text, superior=anchor.configuration, subject=self._config.base_url, rules=self.rules()
            )
        except Untrusted:
            return None

    def note_about_us(self, statement: Statement | None) -> None:
        """Keep what the anchor says of this city."""
        with self._database.write() as session:
            self._row(session).about_us = None if statement is None else statement.text

    def note_fault(self, error: str) -> None:
        """Keep what was wrong with what the anchor gave, for those who look after the city."""
        with self._database.write() as session:
            self._row(session).error = error[:1000]

    def _keys(self) -> Keys | None:
        """Return the keys that count for the anchor; None where it was never met. Raises Untrusted for a bad file."""
        given, digest = self._given()
        with self._database.read() as session:
            row = session.get(AnchorRow, self.url)
            kept, known = (row.keys, row.given) if row is not None else ("", None)
        if given is not None and known != digest:
            return key_sets.read(given)
        return key_sets.read(json.loads(kept)) if kept else None

    def _given(self) -> tuple[Mapping[str, Any] | None, str | None]:
        file = self._config.network.trust
        if file is None:
            return None, None
        try:
            data = file.read_bytes()
            said: Mapping[str, Any] = json.loads(data)
        except (OSError, ValueError):
            raise Untrusted(Reason.KEY, f"the file {file} with its keys cannot be read") from None
        return said, hashlib.sha256(data).hexdigest()

    def _last(self, error: str) -> Anchor | None:
        with self._database.write() as session:
            row = self._row(session)
            row.asked, row.error = self._clock.now(), error[:1000]
        return self.last()

    def _row(self, session: Session) -> AnchorRow:
        row = session.get(AnchorRow, self.url, with_for_update=True)
        if row is None:
            row = AnchorRow(url=self.url, keys="")
            session.add(row)
        return row
