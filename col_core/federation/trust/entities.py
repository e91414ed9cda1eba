"""Names of entities: each is the https address of a server, and compared letter by letter.

Source: OpenID Federation 1.0, sections 1.2 (Entity Identifier) and 9 (where its configuration stands).
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from col_core.federation.trust.records import Reason, Untrusted

_LONGEST = 300
_WELL_KNOWN = "/.well-known/openid-federation"


def checked(name: object, *, plain_hosts: Collection[str] = ()) -> str:
    """Return `name` if it may name an entity. Raises Untrusted (`entity`)."""
    if not isinstance(name, str) or not _is_address(name, plain_hosts):
        shown = repr(name[:100]) if isinstance(name, str) else "what is no text"
        raise Untrusted(Reason.ENTITY, f"{shown} does not name an entity: that is an https address with a host")
    return name


def configuration_address(entity: str) -> str:
    """Return where an entity tells of itself."""
    return entity.removesuffix("/") + _WELL_KNOWN


def host_of(entity: str) -> str:
    """Return the host of an entity without its port, in small letters."""
    return urlsplit(entity).hostname or ""


def _is_address(name: str, plain_hosts: Collection[str]) -> bool:
    if len(name) > _LONGEST or any(each <= " " or each > "~" for each in name) or "?" in name or "#" in name:
        return False
    try:
        parts = urlsplit(name)
        _ = parts.port
    except ValueError:
        return False
    if not parts.hostname or parts.username is not None or parts.password is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.netloc.lower() in plain_hosts)
