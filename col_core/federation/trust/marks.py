"""Trust marks: what the network says of a member for a short while, and whether it still says so.

Sources: OpenID Federation 1.0, sections 7 (trust marks; 7.3: validation) and 8.4 (status).
"""

from datetime import datetime
from typing import Any

from col_core.badges.credentials.records import Signer
from col_core.federation.trust import entities, tokens
from col_core.federation.trust.records import Mark, Reason, Rules, Statement, Status, Untrusted

# When the subject first got such a mark: marks are short-lived, membership is not.
_SINCE = "since"


def sign(
    *, type: str, issuer: str, subject: str, issued: datetime, expires: datetime, since: datetime, signer: Signer
) -> str:
    """Return a signed trust mark."""
    claims = {
        "iss": issuer,
        "sub": subject,
        "trust_mark_type": type,
        "iat": tokens.seconds(issued),
        "exp": tokens.seconds(expires),
        _SINCE: tokens.seconds(since),
        "ref": f"{issuer}/",
    }
    return tokens.sign(claims, signer, typ=tokens.MARK)


def verified(text: str, *, type: str, subject: str, anchor: Statement, rules: Rules) -> Mark:
    """Return the mark of `type` that `text` is, given to `subject` by the anchor itself.

    `anchor` is its configuration, verified. Raises Untrusted: marks by others than the anchor, and delegated ones, are
    not taken.
    """
    token = tokens.read(text, typ=tokens.MARK)
    claims = token.claims
    issuer = entities.checked(claims.get("iss"), plain_hosts=rules.plain_hosts)
    if claims.get("trust_mark_type") != type:
        raise Untrusted(Reason.MARK, f"it is a mark of another type than {type}")
    if claims.get("sub") != subject:
        raise Untrusted(Reason.OTHER_ENTITY, f"the mark was given to {str(claims.get('sub'))[:100]}, not to {subject}")
    if issuer != anchor.subject or issuer not in anchor.claims.get("trust_mark_issuers", {}).get(type, ()):
        raise Untrusted(Reason.MARK, f"{issuer} is not trusted to give marks of the type {type}")
    if type in anchor.claims.get("trust_mark_owners", {}) or "delegation" in claims:
        raise Untrusted(Reason.MARK, "the mark is delegated, which is not taken here")
    issued = tokens.instant(claims, "iat")
    expires = tokens.instant(claims, "exp") if "exp" in claims else None
    tokens.check_times(issued, expires, rules)
    tokens.verify(token, anchor.keys, whose=issuer)
    since = tokens.instant(claims, _SINCE) if _SINCE in claims else None
    return Mark(type=type, issuer=issuer, subject=subject, issued=issued, expires=expires, since=since, text=token.text)


def sign_status(*, mark: str, status: Status, issuer: str, issued: datetime, expires: datetime, signer: Signer) -> str:
    """Return what `issuer` says of the mark `mark`, signed; good until `expires`."""
    claims: dict[str, Any] = {
        "iss": issuer,
        "iat": tokens.seconds(issued),
        "exp": tokens.seconds(expires),
        "trust_mark": mark,
        "status": status.value,
    }
    return tokens.sign(claims, signer, typ=tokens.STATUS)


def verified_status(text: str | bytes, *, mark: Mark, anchor: Statement, rules: Rules) -> Status:
    """Return how the mark stands, as its issuer says. Raises Untrusted."""
    token = tokens.read(text, typ=tokens.STATUS)
    claims = token.claims
    if claims.get("iss") != mark.issuer:
        raise Untrusted(Reason.OTHER_ENTITY, f"the status is told by another than {mark.issuer}")
    if claims.get("trust_mark") != mark.text:
        raise Untrusted(Reason.MARK, "the status is that of another mark")
    issued = tokens.instant(claims, "iat")
    tokens.check_times(issued, tokens.instant(claims, "exp") if "exp" in claims else None, rules)
    tokens.verify(token, anchor.keys, whose=mark.issuer)
    try:
        return Status(str(claims.get("status")))
    except ValueError:
        # Others may be defined (section 8.4.2); none of them says that the mark is active.
        return Status.INVALID
