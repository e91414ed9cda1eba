"""Signed statements as compact JSON Web Signatures: each kind has a type of its own, so that none passes for another.

Sources: RFC 7515; RFC 8725 (sections 3.1, 3.11); OpenID Federation 1.0, sections 3, 7 and 8.4. Which key signed is
told by `kid` alone, and only a key that the signer's superior vouches for counts: `jwk`, `jku`, `x5c` and `x5u` in a
header are never looked at.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from col_core.badges.credentials import base64url, jws
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.records import Signer
from col_core.base import strict_json
from col_core.base.errors import Malformed
from col_core.federation.trust.records import LEEWAY_S, Claims, Keys, Reason, Rules, Untrusted

STATEMENT = "entity-statement+jwt"
MARK = "trust-mark+jwt"
STATUS = "trust-mark-status-response+jwt"
MAX_BYTES = 200_000
_DEEPEST = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A token that was read, and is not verified yet."""

    claims: Claims
    alg: str
    kid: str
    signed: bytes
    signature: bytes
    text: str


def sign(claims: Claims, signer: Signer, *, typ: str) -> str:
    """Return `claims` signed as a token of the type `typ`; `signer.method` is its `kid`."""
    return jws.compact(claims, signer, typ=typ)


def read(text: str | bytes, *, typ: str) -> Token:
    """Return what a token of the type `typ` says.

    Raises Untrusted: `token`, `type`, `algorithm`, `key` (no `kid`), `critical` (an extension that must be understood).
    """
    if len(text) > MAX_BYTES:
        raise Untrusted(Reason.TOKEN, f"the token is longer than {MAX_BYTES} bytes")
    try:
        compact = (text.decode("ascii") if isinstance(text, bytes) else text).strip()
        head, body, signature = (base64url.decoded(each) for each in compact.split("."))
        header, claims = (strict_json.loads(each, max_depth=_DEEPEST, max_bytes=MAX_BYTES) for each in (head, body))
    except (ValueError, Unreadable):
        raise Untrusted(Reason.TOKEN, "it is no compact token with one signature") from None
    except Malformed as error:
        raise Untrusted(Reason.TOKEN, f"a part of the token cannot be read: {error}") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise Untrusted(Reason.TOKEN, "the token holds no objects")
    alg, kid = header.get("alg"), header.get("kid")
    if header.get("typ") != typ:
        raise Untrusted(Reason.TYPE, f"it is no {typ}, but {str(header.get('typ'))[:60]!r}")
    if not jws.is_taken(alg):
        raise Untrusted(Reason.ALGORITHM, f"the algorithm {str(alg)[:30]!r} is not taken")
    if not isinstance(kid, str) or not kid:
        raise Untrusted(Reason.KEY, "the token does not say by its kid which key signed it")
    if "crit" in header or "b64" in header:
        raise Untrusted(Reason.CRITICAL, "the header asks for an extension that is not understood")
    signed = compact.rpartition(".")[0].encode()
    return Token(claims=claims, alg=alg, kid=kid, signed=signed, signature=signature, text=compact)


def verify(token: Token, keys: Keys, *, whose: str) -> None:
    """Check that one of `keys` signed. Raises Untrusted (`key`, `algorithm`, `signature`)."""
    key = keys.get(token.kid)
    if key is None:
        raise Untrusted(Reason.KEY, f"it is signed with the key {token.kid[:60]!r}, which is none of {whose}")
    if not jws.fits(token.alg, key):
        raise Untrusted(Reason.ALGORITHM, f"the algorithm {token.alg} does not fit the key of {whose}")
    if not key.verifies(token.signature, token.signed):
        raise Untrusted(Reason.SIGNATURE, f"the signature is not one of {whose}")


def instant(claims: Claims, name: str) -> datetime:
    """Return a claim that is a time (RFC 7519, NumericDate). Raises Untrusted (`claims`)."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Untrusted(Reason.CLAIMS, f"{name} is no time")
    try:
        return datetime.fromtimestamp(value, tz=UTC)
    except (ValueError, OverflowError, OSError):
        raise Untrusted(Reason.CLAIMS, f"{name} is beyond the calendar") from None


def check_times(issued: datetime, expires: datetime | None, rules: Rules) -> None:
    """Check that something is valid now, give or take what clocks differ. Raises Untrusted (`early`, `expired`)."""
    leeway = timedelta(seconds=LEEWAY_S)
    # Compared by subtraction from now: a time at the end of the calendar has nothing after it.
    if issued > rules.now + leeway:
        raise Untrusted(
            Reason.EARLY, f"it was issued at {issued:%Y-%m-%d %H:%M} UTC, which is not yet: clocks are wrong somewhere"
        )
    if expires is not None and expires <= rules.now - leeway:
        raise Untrusted(Reason.EXPIRED, f"it ended at {expires:%Y-%m-%d %H:%M} UTC")


def seconds(instant: datetime) -> int:
    """Return an instant as a NumericDate."""
    return int(instant.timestamp())
