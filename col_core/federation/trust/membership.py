"""A city's own place in its network: the papers that the anchor gives it, and what it says of itself.

Papers live for days and are asked for anew when half of that is over; while the anchor is away, they hold to their end.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from col_core.badges.credentials import dids
from col_core.badges.credentials.records import KeyKind
from col_core.badges.keyring.records import IssuerKey
from col_core.base.errors import Conflict, FetchError, Malformed
from col_core.base.strict_json import loads
from col_core.catalogue.sharing import FEED_PATH
from col_core.federation.ground import ACTOR_PATH, NETWORK_KEYS, Ground
from col_core.federation.trust import checking, key_sets, marks, metadata, statements
from col_core.federation.trust.anchor import Anchor, Anchors
from col_core.federation.trust.asking import Asking, said_no
from col_core.federation.trust.folder import file_name
from col_core.federation.trust.metadata import CityMetadata
from col_core.federation.trust.records import CITY_TYPE, FEDERATION_TYPE, MarkKind, Statement, Untrusted
from col_core.federation.trust.tables import PaperRow

ENDORSEMENT = "endorsement"
# So long others may go by what the city said of itself, before they ask again.
_HOLDS = timedelta(days=2)
# Without an anchor nobody tells when all have heard of a new key.
_OVERLAP = timedelta(days=14)
_MARK_ENDPOINT = "federation_trust_mark_endpoint"
# An anchor that does not give what is asked for is not asked again at once.
_PATIENCE = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """A trust mark or an endorsement that the network gave to this city."""

    kind: str
    body: str
    since: datetime | None
    issued: datetime
    expires: datetime


class Membership:
    """The membership of one city."""

    def __init__(self, ground: Ground, *, anchors: Anchors, asking: Asking) -> None:
        self._ground, self._anchors, self._asking = ground, anchors, asking
        self._config, self._clock = ground.config, ground.clock
        self._tried: datetime | None = None

    def configuration(self) -> str:
        """Return what the city says of itself, signed now."""
        ground, config, now = self._ground, self._config, self._clock.now()
        with ground.database.read() as session:
            shown = {} if self._anchors.url is None else {each.kind: each for each in self.papers(session)}
            live = ground.keyring.live(session, issuer=NETWORK_KEYS, kind=KeyKind.P256)
        with ground.database.write() if not live else ground.database.read() as session:
            signer, _ = ground.keyring.signer(session, issuer=NETWORK_KEYS, did=config.base_url, kind=KeyKind.P256)
            live = ground.keyring.live(session, issuer=NETWORK_KEYS, kind=KeyKind.P256)
        # Statements name keys by their thumbprints, as the standard recommends.
        signer.method = live[0].public.thumbprint()
        anchor = self._anchors.url
        more: dict[str, Any] = {"metadata": self._metadata()}
        if anchor is not None:
            more["authority_hints"] = [anchor]
            more["trust_marks"] = [
                {"trust_mark_type": kind.type_of(anchor), "trust_mark": shown[kind.value].body}
                for kind in MarkKind
                if kind.value in shown
            ]
        return statements.sign(
            issuer=config.base_url,
            subject=config.base_url,
            issued=now,
            expires=now + _HOLDS,
            jwks=key_sets.written(each.public for each in live),
            signer=signer,
            more=more,
        )

    def papers(self, session: Session) -> list[Paper]:
        """Return what the network gave to this city and what holds now."""
        chosen = select(PaperRow).where(
            PaperRow.anchor == (self._anchors.url or ""), PaperRow.expires > self._clock.now()
        )
        return [
            Paper(kind=row.kind, body=row.body, since=row.since, issued=row.issued, expires=row.expires)
            for row in session.scalars(chosen.order_by(PaperRow.kind))
        ]

    def endorsements(self, session: Session) -> Sequence[Mapping[str, Any]]:
        """Return the network's endorsement of the city as an issuer of badges while it holds, for its profile."""
        return [json.loads(each.body) for each in self.papers(session) if each.kind == ENDORSEMENT]

    def renew(self, *, force: bool = False) -> None:
        """Ask the anchor for papers that the city lacks or that are past half of their life, and for what it says of
        the city; with `force`, for all of them. A paper that the anchor does not give any more is not shown any more.
        """
        if self._anchors.url is None or not (force or self._is_due()):
            return
        self._tried = self._clock.now()
        anchor = self._anchors.meet()
        if anchor is None or not anchor.fresh:
            return
        self._hear_about_us(anchor)
        for kind in MarkKind:
            self._renew_mark(kind, anchor)
        self._renew_endorsement(anchor)

    def announce_key(self, session: Session) -> IssuerKey:
        """Announce the key with which the city speaks to others next, and return it."""
        keyring = self._ground.keyring
        if not keyring.live(session, issuer=NETWORK_KEYS, kind=KeyKind.P256):
            raise Conflict("The city has not spoken to others yet: its first key is made when it does.")
        return keyring.announce(session, issuer=NETWORK_KEYS, kind=KeyKind.P256)

    def switch_key(self) -> bool:
        """Sign with the announced key once the anchor says of the city that it has it; without an anchor, after a
        fortnight. Return whether that is so now."""
        keyring = self._ground.keyring
        with self._ground.database.read() as session:
            if len(keyring.live(session, issuer=NETWORK_KEYS, kind=KeyKind.P256)) < 2:
                return False
        said = self._anchors.says_of_us()
        with self._ground.database.write() as session:
            live = keyring.live(session, issuer=NETWORK_KEYS, kind=KeyKind.P256)
            if len(live) < 2:
                return False
            present, following = live[0], live[1]
            if self._anchors.url is None:
                ready = self._clock.now() - following.created >= _OVERLAP
            else:
                ready = said is not None and following.public in said.keys.values()
            if ready:
                keyring.retire(session, present.id)
        return ready

    def _metadata(self) -> dict[str, Any]:
        config = self._config
        city = CityMetadata(
            city_id=config.id,
            names=dict(config.name),
            country=config.country,
            languages=config.languages,
            actor=f"{config.base_url}{ACTOR_PATH}",
            feed=f"{config.base_url}{FEED_PATH}",
            did=dids.web_did(config.base_url),
            software_version=version("city-of-learning"),
        )
        entity = {
            "organization_name": config.operator.name or config.city_name(config.default_language),
            "organization_uri": config.operator.url or f"{config.base_url}/",
        }
        return {FEDERATION_TYPE: entity, CITY_TYPE: metadata.written(city)}

    def _is_due(self) -> bool:
        now = self._clock.now()
        if self._tried is not None and timedelta() <= now - self._tried < _PATIENCE:
            return False
        with self._ground.database.read() as session:
            papers = self.papers(session)
            waiting = len(self._ground.keyring.live(session, issuer=NETWORK_KEYS, kind=KeyKind.P256)) > 1
        if waiting or not any(each.kind == MarkKind.MEMBER.value for each in papers):
            return True
        return any(now >= each.issued + (each.expires - each.issued) / 2 for each in papers)

    def _hear_about_us(self, anchor: Anchor) -> None:
        said: Statement | None = None
        try:
            said = checking.superior_says(
                self._asking, anchor.configuration, self._config.base_url, rules=self._anchors.rules()
            )
        except checking.NotListed:
            pass
        except (FetchError, Untrusted) as error:
            self._anchors.note_fault(f"What it says of this city cannot be had: {error}")
            return
        self._anchors.note_about_us(said)

    def _renew_mark(self, kind: MarkKind, anchor: Anchor) -> None:
        url = anchor.configuration.subject
        try:
            endpoint = statements.endpoint(anchor.configuration, _MARK_ENDPOINT)
            if endpoint is None:
                return
            type_ = kind.type_of(url)
            text = self._asking.mark(endpoint, type=type_, subject=self._config.base_url)
            mark = marks.verified(
                text.decode("ascii", "replace"),
                type=type_,
                subject=self._config.base_url,
                anchor=anchor.configuration,
                rules=self._anchors.rules(),
            )
        except FetchError as error:
            if said_no(error):
                self._forget(kind.value)
            return
        except Untrusted as error:
            self._anchors.note_fault(f"The mark {kind.value!r} that it gave does not hold: {error.message}.")
            return
        self._keep(
            kind.value,
            mark.text,
            since=mark.since,
            issued=mark.issued,
            expires=mark.expires or anchor.configuration.expires,
        )

    def _renew_endorsement(self, anchor: Anchor) -> None:
        """Fetch the portable copy of the mark; who relies on it verifies it as a badge, not here."""
        url = anchor.configuration.subject
        try:
            body = self._asking.document(f"{url}/endorsements/{file_name(self._config.base_url)}")
            said = loads(body, max_depth=20, max_bytes=200_000)
        except FetchError as error:
            if said_no(error):
                self._forget(ENDORSEMENT)
            return
        except Malformed as error:
            self._anchors.note_fault(f"The endorsement that it gave cannot be read: {error}")
            return
        about = said.get("credentialSubject") if isinstance(said, dict) else None
        if not isinstance(about, dict) or about.get("id") != dids.web_did(self._config.base_url):
            self._anchors.note_fault("The endorsement that it gave is about somebody else.")
            return
        conf = anchor.configuration
        self._keep(
            ENDORSEMENT, json.dumps(said, ensure_ascii=False), since=None, issued=conf.issued, expires=conf.expires
        )

    def _keep(self, kind: str, body: str, *, since: datetime | None, issued: datetime, expires: datetime) -> None:
        with self._ground.database.write() as session:
            session.merge(
                PaperRow(
                    kind=kind, anchor=self._anchors.url or "", body=body, since=since, issued=issued, expires=expires
                )
            )

    def _forget(self, kind: str) -> None:
        with self._ground.database.write() as session:
            session.execute(delete(PaperRow).where(PaperRow.kind == kind))
