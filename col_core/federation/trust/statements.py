"""Entity statements: what an entity says of itself, and what its superior says of it.

Source: OpenID Federation 1.0, section 3, above all 3.2 (validation).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from col_core.badges.credentials.records import Signer
from col_core.federation.trust import entities, key_sets, tokens
from col_core.federation.trust.records import Claims, Keys, Reason, Rules, Statement, Untrusted

_MOST_HINTS, _MOST_MARKS = 20, 50
_ONLY_OF_ITSELF = ("authority_hints", "trust_anchor_hints", "trust_marks", "trust_mark_issuers", "trust_mark_owners")
_ONLY_OF_OTHERS = ("constraints", "metadata_policy", "metadata_policy_crit", "source_endpoint")
# Those that this specification gives to explicit registration alone.
_NEVER = ("aud", "trust_anchor")


def sign(
    *,
    issuer: str,
    subject: str,
    issued: datetime,
    expires: datetime,
    jwks: Mapping[str, Any],
    signer: Signer,
    more: Claims,
) -> str:
    """Return a signed statement of `issuer` about `subject`; `more` are its further claims."""
    claims = {
        "iss": issuer,
        "sub": subject,
        "iat": tokens.seconds(issued),
        "exp": tokens.seconds(expires),
        "jwks": dict(jwks),
        **more,
    }
    return tokens.sign(claims, signer, typ=tokens.STATEMENT)


def configuration(text: str | bytes, *, entity: str, rules: Rules, keys: Keys | None = None) -> Statement:
    """Return what `entity` says of itself, signed with one of the keys that it says it has; with `keys`, one of these.

    Raises Untrusted.
    """
    token = tokens.read(text, typ=tokens.STATEMENT)
    statement = _statement(token, rules)
    if not statement.is_configuration:
        raise Untrusted(Reason.OTHER_ENTITY, f"{statement.issuer} speaks of {statement.subject}, not of itself")
    if statement.subject != entity:
        raise Untrusted(Reason.OTHER_ENTITY, f"it is {statement.subject} that answers there, not {entity}")
    if keys is not None:
        tokens.verify(token, keys, whose=entity)
    tokens.verify(token, statement.keys, whose=entity)
    return statement


def subordinate(text: str | bytes, *, superior: Statement, subject: str, rules: Rules) -> Statement:
    """Return what `superior` says of `subject`. Raises Untrusted."""
    token = tokens.read(text, typ=tokens.STATEMENT)
    statement = _statement(token, rules)
    if statement.issuer != superior.subject:
        raise Untrusted(Reason.OTHER_ENTITY, f"{statement.issuer} says it, not {superior.subject}")
    if statement.subject != subject or statement.is_configuration:
        raise Untrusted(Reason.OTHER_ENTITY, f"it speaks of {statement.subject}, not of {subject}")
    tokens.verify(token, superior.keys, whose=superior.subject)
    return statement


def marks_of(statement: Statement) -> Mapping[str, str]:
    """Return the trust marks that a configuration shows, by their type; none of them is verified."""
    return {each["trust_mark_type"]: each["trust_mark"] for each in statement.claims.get("trust_marks", ())}


def endpoint(statement: Statement, name: str) -> str | None:
    """Return an address from the `federation_entity` metadata of a configuration; None where it names none."""
    found = statement.metadata("federation_entity").get(name)
    if found is None:
        return None
    if not isinstance(found, str) or not _is_endpoint(found):
        raise Untrusted(Reason.CLAIMS, f"{name} is no address")
    return found


def _is_endpoint(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and not parts.fragment and len(text) <= 1000


def _statement(token: tokens.Token, rules: Rules) -> Statement:
    claims = token.claims
    issuer, subject = (entities.checked(claims.get(each), plain_hosts=rules.plain_hosts) for each in ("iss", "sub"))
    issued, expires = tokens.instant(claims, "iat"), tokens.instant(claims, "exp")
    tokens.check_times(issued, expires, rules)
    if issuer != subject:
        _refuse(claims, _ONLY_OF_ITSELF, "in what a superior says")
    else:
        _refuse(claims, _ONLY_OF_OTHERS, "in what an entity says of itself")
    _refuse(claims, _NEVER, "outside of a registration")
    if "crit" in claims:
        raise Untrusted(Reason.CRITICAL, f"it holds critical claims that are not understood: {_shown(claims['crit'])}")
    for name, check in _CHECKS.items():
        if name in claims:
            check(claims[name], rules)
    return Statement(
        issuer=issuer,
        subject=subject,
        issued=issued,
        expires=expires,
        keys=key_sets.read(claims.get("jwks")),
        kid=token.kid,
        claims=claims,
        text=token.text,
    )


def _refuse(claims: Claims, names: tuple[str, ...], where: str) -> None:
    for each in names:
        if each in claims:
            raise Untrusted(Reason.CLAIMS, f"{each} has no place {where}")


def _shown(value: object) -> str:
    return ", ".join(str(each)[:40] for each in value[:5]) if isinstance(value, list) else "no list"


def _hints(value: object, rules: Rules) -> None:
    if not isinstance(value, list) or not 0 < len(value) <= _MOST_HINTS:
        raise Untrusted(Reason.CLAIMS, f"the hints are no list of one to {_MOST_HINTS} entities")
    for each in value:
        entities.checked(each, plain_hosts=rules.plain_hosts)


def _metadata(value: object, _: Rules) -> None:
    if not isinstance(value, dict):
        raise Untrusted(Reason.CLAIMS, "metadata is no object")
    for kind, parameters in value.items():
        if not isinstance(parameters, dict):
            raise Untrusted(Reason.CLAIMS, f"metadata of {kind[:40]!r} is no object")
        if any(each is None for each in parameters.values()):
            raise Untrusted(Reason.CLAIMS, f"metadata of {kind[:40]!r} holds null, which says nothing")


def _marks(value: object, _: Rules) -> None:
    if not isinstance(value, list) or len(value) > _MOST_MARKS:
        raise Untrusted(Reason.CLAIMS, f"trust_marks is no list of at most {_MOST_MARKS} marks")
    for each in value:
        kind, text = (each.get("trust_mark_type"), each.get("trust_mark")) if isinstance(each, dict) else (None, None)
        if not isinstance(kind, str) or not isinstance(text, str):
            raise Untrusted(Reason.CLAIMS, "a trust mark lacks trust_mark_type or trust_mark")
        # Of marks of others nothing is read but what the standard has every reader compare.
        if tokens.read(text, typ=tokens.MARK).claims.get("trust_mark_type") != kind:
            raise Untrusted(Reason.CLAIMS, "a trust mark is of another type than it is shown as")


def _issuers(value: object, rules: Rules) -> None:
    if not isinstance(value, dict) or not all(isinstance(each, list) for each in value.values()):
        raise Untrusted(Reason.CLAIMS, "trust_mark_issuers is no object of lists")
    for each in value.values():
        for entity in each[:100]:
            entities.checked(entity, plain_hosts=rules.plain_hosts)


def _object(value: object, _: Rules) -> None:
    if not isinstance(value, dict):
        raise Untrusted(Reason.CLAIMS, "a claim that is an object is none")


def _constraints(value: object, _: Rules) -> None:
    if not isinstance(value, dict):
        raise Untrusted(Reason.CLAIMS, "constraints is no object")
    longest = value.get("max_path_length", 0)
    naming = value.get("naming_constraints", {})
    types = value.get("allowed_entity_types", [])
    if isinstance(longest, bool) or not isinstance(longest, int) or longest < 0:
        raise Untrusted(Reason.CLAIMS, "max_path_length is no whole number from 0")
    if not isinstance(naming, dict) or not all(_are_texts(naming.get(each, [])) for each in ("permitted", "excluded")):
        raise Untrusted(Reason.CLAIMS, "naming_constraints are no lists of names")
    if not _are_texts(types):
        raise Untrusted(Reason.CLAIMS, "allowed_entity_types is no list of names")


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


_CHECKS: Mapping[str, Callable[[object, Rules], None]] = {
    "authority_hints": _hints,
    "trust_anchor_hints": _hints,
    "metadata": _metadata,
    "trust_marks": _marks,
    "trust_mark_issuers": _issuers,
    "trust_mark_owners": _object,
    "metadata_policy": _object,
    "constraints": _constraints,
}
