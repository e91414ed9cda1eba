"""Sets of public keys, as statements carry them.

Source: RFC 7517; OpenID Federation 1.0, section 3.1.1 (`jwks`): every key has a `kid` of its own, best its thumbprint.
"""

from collections.abc import Iterable
from typing import Any

from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.public_keys import PublicKey
from col_core.federation.trust.records import Keys, Reason, Untrusted

_MOST = 20
_LONGEST_KID = 200
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def read(jwks: object) -> Keys:
    """Return the keys of a JWK Set; those of a kind that we do not read are passed over.

    Raises Untrusted (`key`) for what is no such set, one without a key for us, a name that stands twice, or a key that
    shows its private half.
    """
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not keys:
        raise Untrusted(Reason.KEY, "there is no JWK Set with keys")
    if len(keys) > _MOST:
        raise Untrusted(Reason.KEY, f"the JWK Set holds more than {_MOST} keys")
    found: dict[str, PublicKey] = {}
    named: set[str] = set()
    for each in keys:
        kid = each.get("kid") if isinstance(each, dict) else None
        if not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST_KID:
            raise Untrusted(Reason.KEY, "a key has no kid")
        if kid in named:
            raise Untrusted(Reason.KEY, f"two keys are called {kid!r}")
        named.add(kid)
        if each.keys() & _PRIVATE:
            raise Untrusted(Reason.KEY, f"the key {kid!r} shows its private half")
        if each.get("use", "sig") != "sig":
            continue
        try:
            found[kid] = PublicKey.of_jwk(each)
        except Unreadable:
            continue
    if not found:
        raise Untrusted(Reason.KEY, "the JWK Set holds no key of a kind that is taken: P-256, Ed25519 or RSA")
    return found


def written(keys: Iterable[PublicKey]) -> dict[str, Any]:
    """Return keys as a JWK Set, each under its thumbprint."""
    return {"keys": [{"kid": each.thumbprint(), "use": "sig", **each.jwk()} for each in keys]}


def of_keys(keys: Keys) -> dict[str, Any]:
    """Return keys as a JWK Set, under the names that they have."""
    return {"keys": [{"kid": kid, "use": "sig", **each.jwk()} for kid, each in keys.items()]}
