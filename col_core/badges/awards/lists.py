"""The lists in which anyone sees whether a badge holds, signed by its issuer and served to everybody alike.

A signed list is kept until its bits change or half of its life is over: signing costs more than serving. A list of ids
is kept for a minute, or until another badge ends.
"""

from datetime import datetime, timedelta

import orjson

from col_core.badges.awards import ending, endorsing, status
from col_core.badges.awards.making import address
from col_core.badges.credentials import data_integrity, status_lists
from col_core.badges.credentials.records import KeyKind
from col_core.badges.credentials.status_lists import Bitstring
from col_core.badges.keyring.identities import CITY, CITY_SLUG, Identities
from col_core.badges.keyring.keyring import Keyring
from col_core.base.clock import Clock
from col_core.base.database import Database
from col_core.base.errors import NotFound
from col_core.base.kept import KeptUntil
from col_core.base.settings import CityConfig

_LIFE = timedelta(hours=24)
# Clocks differ, and whoever began to check a moment ago asks for a list that is signed only now.
_BEFORE = timedelta(minutes=1)
_MOST_BYTES = 5_000_000
_REVOCATIONS_KEPT = timedelta(minutes=1)


class Lists:
    """The status lists of one city as they are served."""

    def __init__(self, config: CityConfig, *, database: Database, clock: Clock, keyring: Keyring) -> None:
        self._config, self._database, self._clock, self._keyring = config, database, clock, keyring
        self._identities = Identities(config)
        self._kept: KeptUntil[tuple[str, str, bytes, str], bytes] = KeptUntil(_MOST_BYTES, weight=len)
        self._kept_revocations: KeptUntil[tuple[str, int, datetime | None, tuple[str, ...]], bytes] = KeptUntil(
            _MOST_BYTES, weight=len
        )

    def bitstring(self, list_id: str, purpose: str) -> bytes:
        """Return the signed Bitstring status list. `purpose` is `revocation` or `suspension`. Raises NotFound."""
        now = self._clock.now().replace(microsecond=0)
        with self._database.read() as session:
            found = status.bits(session, list_id)
            issuer = self._identities.of(session, found.issuer) if found is not None else None
            if found is None or issuer is None:
                raise NotFound("There is no such status list.")
            key = self._keyring.current(session, issuer=issuer.key, kind=KeyKind.ED25519)
        bits = found.revoked if purpose == "revocation" else found.suspended
        kept_as = (list_id, purpose, bits, key.id if key is not None else "")
        body = self._kept.get(kept_as, now)
        if body is None:
            url = f"{self._config.base_url}/status/{list_id}{'' if purpose == 'revocation' else '/suspension'}"
            unsigned = status_lists.bitstring_credential(
                url=url,
                issuer=issuer.did,
                purpose=purpose,
                bits=Bitstring(bits),
                valid_from=now - _BEFORE,
                valid_until=now + _LIFE,
            )
            # The first key of an issuer may have to be made.
            with self._database.write() as session:
                signer, _ = self._keyring.signer(session, issuer=issuer.key, did=issuer.did, kind=KeyKind.ED25519)
            body = orjson.dumps(data_integrity.sign(unsigned, signer, created=now - _BEFORE))
            self._kept.put(kept_as, body, since=now, until=now + _LIFE / 2)
        return body

    def revocations(self, slug: str) -> bytes:
        """Return an issuer's 1EdTech revocation list: ids alone, no reason and nobody's name. Raises NotFound."""
        now = self._clock.now()
        base = self._config.base_url
        with self._database.read() as session:
            issuer = self._identities.city() if slug == CITY_SLUG else self._identities.by_slug(session, slug)
            if issuer is None:
                raise NotFound("There is no such issuer.")
            withdrawn = endorsing.withdrawn_ids(session) if issuer.key == CITY else ()
            kept_as = (issuer.key, *ending.revoked_mark(session, issuer.key), tuple(withdrawn))
            body = self._kept_revocations.get(kept_as, now)
            if body is None:
                revoked = [address(base, each) for each in ending.revoked_ids(session, issuer.key)]
                revoked += [endorsing.address(base, each) for each in withdrawn]
                url = f"{base}/revocations/{slug}"
                listed = status_lists.revocation_list(url=url, issuer=issuer.did, revoked=revoked)
                body = orjson.dumps(listed)
                self._kept_revocations.put(kept_as, body, since=now, until=now + _REVOCATIONS_KEPT)
        return body
