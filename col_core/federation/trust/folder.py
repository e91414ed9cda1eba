"""A network as a folder: who it is, who its members are, and what it published. JSON that people can read.

network.json      name and address of the network, and for how long it signs
members/          one file a member, with the keys that it showed when it was admitted
issued.json       the trust marks that have not ended yet
public/           what is served, signed: a host needs this folder alone, and no key
anchor.keys       the keys, for their owner alone, where they are not kept elsewhere (--keys)
"""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from col_core.badges.credentials import instants
from col_core.badges.credentials.errors import Unreadable
from col_core.base.errors import ConfigError, NotFound
from col_core.base.file_lock import alone

KEYS_FILE = "anchor.keys"
_NETWORK, _MEMBERS, _ISSUED, _PUBLIC, _LOCK = "network.json", "members", "issued.json", "public", ".lock"
_INSTANTS = frozenset({"created", "member_since", "recognised_since", "suspended", "seen", "expires", "revoked"})

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Network:
    """`url` is the address and name of the anchor, `days` how long statements and marks hold."""

    url: str
    name: str
    days: int
    created: datetime


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member as its file tells. `jwks` are the keys that count for it, `did` the issuer that the network endorses."""

    entity: str
    city_id: str
    names: Mapping[str, str] = field(default_factory=dict)
    country: str | None = None
    did: str | None = None
    jwks: Mapping[str, Any]
    member_since: datetime
    recognised_since: datetime | None = None
    suspended: datetime | None = None
    suspended_because: str | None = None
    seen: datetime

    def name(self) -> str:
        return self.names.get("en") or next(iter(self.names.values()), self.entity)


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A mark that the network gave and that has not ended. One that is `revoked` stays so."""

    type: str
    subject: str
    expires: datetime
    revoked: datetime | None = None
    text: str


class NetworkFolder:
    """The folder of one network."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.public = path / _PUBLIC

    @property
    def exists(self) -> bool:
        return (self.path / _NETWORK).is_file()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until nobody else changes the network, and let nobody until the block ends."""
        self.path.mkdir(parents=True, exist_ok=True)
        with alone(self.path / _LOCK):
            yield

    def network(self) -> Network:
        """Return what the network is. Raises ConfigError."""
        return _record(Network, self.path / _NETWORK)

    def begin(self, network: Network) -> None:
        """Write the network down. Raises ConfigError where there is one already."""
        if self.exists:
            raise ConfigError(f"{self.path} is a network already: {self.network().url}.")
        (self.path / _MEMBERS).mkdir(parents=True, exist_ok=True)
        write_json(self.path / _NETWORK, _plain(network))

    def members(self) -> list[Member]:
        """Return all members, suspended ones too, by their address. Raises ConfigError."""
        files = sorted((self.path / _MEMBERS).glob("*.json"))
        return sorted((_record(Member, each) for each in files), key=lambda each: each.entity)

    def member(self, entity: str) -> Member:
        """Return one member. Raises NotFound."""
        file = self._file(entity)
        if not file.is_file():
            raise NotFound(f"{entity} is no member of this network; `col network list` shows those there are.")
        member = _record(Member, file)
        if member.entity != entity:
            raise NotFound(f"{entity} is no member of this network, but {member.entity} is.")
        return member

    def has(self, entity: str) -> bool:
        return self._file(entity).is_file()

    def put(self, member: Member) -> None:
        """Write a member's file."""
        write_json(self._file(member.entity), _plain(member))

    def issued(self) -> list[Issued]:
        """Return the marks that were given and have not ended, as far as is known."""
        file = self.path / _ISSUED
        if not file.is_file():
            return []
        return [_made(Issued, each, file) for each in read_json(file)["marks"]]

    def put_issued(self, marks: list[Issued]) -> None:
        write_json(self.path / _ISSUED, {"marks": [_plain(each) for each in marks]})

    def changed_since(self, mtime_ns: int) -> bool:
        """Return whether the network or a member was written after that time (nanoseconds, as files tell it)."""
        files = [self.path / _NETWORK, *(self.path / _MEMBERS).glob("*.json")]
        return any(each.stat().st_mtime_ns > mtime_ns for each in files)

    def _file(self, entity: str) -> Path:
        return self.path / _MEMBERS / f"{file_name(entity)}.json"


def file_name(entity: str) -> str:
    """Return the name under which files about `entity` lie, without an ending."""
    parts = urlsplit(entity)
    return quote(parts.netloc.lower() + parts.path.rstrip("/"), safe="")


def suspended(member: Member, *, reason: str, now: datetime) -> Member:
    """Return the member suspended, because of `reason`."""
    return replace(member, suspended=member.suspended or now, suspended_because=reason)


def readmitted(member: Member) -> Member:
    """Return the member no longer suspended."""
    return replace(member, suspended=None, suspended_because=None)


def write_json(file: Path, value: Any) -> None:
    """Write JSON that people read into `file`, wholly or not at all."""
    write_text(file, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def write_text(file: Path, text: str) -> None:
    """Write `text` into `file`, wholly or not at all; everybody may read it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    Path(name).chmod(0o644)
    Path(name).replace(file)


def _plain(record: Any) -> dict[str, Any]:
    said = asdict(record)
    return {name: instants.written(value) if isinstance(value, datetime) else value for name, value in said.items()}


def read_json(file: Path) -> Any:
    """Return the JSON in `file`. Raises ConfigError."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"There is no {file}; `col network init` makes a network.") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file} cannot be read: {error}.") from None


def _record(kind: type[T], file: Path) -> T:
    return _made(kind, read_json(file), file)


def _made(kind: type[T], said: Any, file: Path) -> T:
    try:
        return kind(**{
            name: instants.read(value) if name in _INSTANTS and value is not None else value
            for name, value in said.items()
        })  # fmt: skip
    except (TypeError, AttributeError, Unreadable) as error:
        raise ConfigError(f"{file} is not as it was written: {error}.") from None
