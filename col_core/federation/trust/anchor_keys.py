"""The keys of a network's anchor: a file that only its owner reads, and that may lie elsewhere than the network.

Statements and marks are signed with one kind of key, endorsements with another: the standard asks that keys of the
federation be used for nothing else. A new key is announced first, signs later, and the old one goes last.
"""

import base64
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from col_core.badges.credentials import dids, instants
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.private_keys import KeySigner, PrivateKey
from col_core.badges.credentials.records import KeyKind
from col_core.base.errors import ConfigError, Conflict
from col_core.federation.trust import key_sets


class State(StrEnum):
    ANNOUNCED = "announced"
    SIGNS = "signs"
    PAST = "past"


@dataclass(frozen=True, kw_only=True)
class AnchorKey:
    """One key of the anchor. P-256 keys sign statements, Ed25519 keys endorsements."""

    private: PrivateKey
    state: State
    created: datetime


@dataclass(frozen=True, kw_only=True)
class AnchorKeys:
    """All keys of an anchor."""

    keys: Sequence[AnchorKey]

    @property
    def jwks(self) -> dict[str, Any]:
        """The public keys of statements, as a JWK Set."""
        return key_sets.written(each.private.public for each in self.keys if each.private.kind is KeyKind.P256)

    @property
    def endorsing(self) -> AnchorKey:
        """The key of endorsements."""
        return next(each for each in self.keys if each.private.kind is KeyKind.ED25519)

    def signer(self) -> KeySigner:
        """Return what signs statements and marks now; its method is the key's `kid`."""
        key = next(each for each in self.keys if each.private.kind is KeyKind.P256 and each.state is State.SIGNS)
        return key.private.signer(key.private.public.thumbprint())

    def endorser(self, did: str) -> KeySigner:
        """Return what signs endorsements in the name of `did`."""
        private = self.endorsing.private
        return private.signer(dids.method_id(did, private.public))

    def announced(self, now: datetime) -> "AnchorKeys":
        """Return the keys with one more, which does not sign yet. Raises Conflict where one is announced already."""
        if any(each.state is State.ANNOUNCED for each in self.keys):
            raise Conflict("A new key is announced already; `--step switch` lets it sign.")
        new = AnchorKey(private=PrivateKey.made(KeyKind.P256), state=State.ANNOUNCED, created=now)
        return AnchorKeys(keys=[*self.keys, new])

    def switched(self) -> "AnchorKeys":
        """Return the keys with the announced one signing. Raises Conflict where none is announced."""
        if not any(each.state is State.ANNOUNCED for each in self.keys):
            raise Conflict("No new key is announced; `--step announce` comes first.")
        following = {State.ANNOUNCED: State.SIGNS, State.SIGNS: State.PAST}
        return AnchorKeys(
            keys=[
                replace(each, state=following.get(each.state, each.state))
                if each.private.kind is KeyKind.P256
                else each
                for each in self.keys
            ]
        )

    def dropped(self) -> "AnchorKeys":
        """Return the keys without those that sign no more. Raises Conflict where there are none."""
        kept = [each for each in self.keys if each.state is not State.PAST]
        if len(kept) == len(self.keys):
            raise Conflict("No key has been replaced; there is none to drop.")
        return AnchorKeys(keys=kept)


def made(now: datetime) -> AnchorKeys:
    """Return the first keys of an anchor."""
    kinds = (KeyKind.P256, KeyKind.ED25519)
    return AnchorKeys(keys=[AnchorKey(private=PrivateKey.made(each), state=State.SIGNS, created=now) for each in kinds])


def read(file: Path) -> AnchorKeys:
    """Return the keys in `file`. Raises ConfigError for one that cannot be read, or that others may read, too."""
    try:
        if file.stat().st_mode & 0o077:
            raise ConfigError(f"{file} holds the network's keys and others may read it: `chmod 600 {file}`.")
        keys = [_key(each) for each in json.loads(file.read_text(encoding="utf-8"))["keys"]]
    except FileNotFoundError:
        raise ConfigError(f"The network's keys are not in {file}; --keys FILE says where they are.") from None
    except (OSError, ValueError, KeyError, TypeError, Unreadable) as error:
        raise ConfigError(f"{file} does not hold the network's keys: {error}.") from None
    return AnchorKeys(keys=keys)


def write(file: Path, keys: AnchorKeys, *, new: bool = False) -> None:
    """Write the keys, for their owner alone; with `new`, only where there is no such file. Raises ConfigError."""
    if new and file.exists():
        raise ConfigError(f"{file} is there already; nothing was changed.")
    text = json.dumps({"keys": [_written(each) for each in keys.keys]}, indent=1)
    # mkstemp makes the file for its owner alone, before anything stands in it.
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".keys-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(f"{text}\n")
        out.flush()
        os.fsync(out.fileno())
    Path(name).replace(file)


def _written(key: AnchorKey) -> Mapping[str, str]:
    return {
        "kid": key.private.public.thumbprint(),
        "kind": key.private.kind.value,
        "state": key.state.value,
        "created": instants.written(key.created),
        "private": base64.b64encode(key.private.pkcs8()).decode(),
    }


def _key(said: Mapping[str, str]) -> AnchorKey:
    return AnchorKey(
        private=PrivateKey.of_pkcs8(base64.b64decode(said["private"], validate=True)),
        state=State(said["state"]),
        created=instants.read(said["created"]),
    )
