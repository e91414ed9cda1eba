"""Chains of statements, from an entity to the anchor whose keys are known by other means.

Sources: OpenID Federation 1.0, sections 4 (what a chain is), 6.2 (constraints), 10.2 (how it is validated).
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from col_core.federation.trust import entities, statements, tokens
from col_core.federation.trust.records import FEDERATION_TYPE, Chain, Claims, Keys, Reason, Rules, Statement, Untrusted

_LONGEST = 6


def verified(texts: Sequence[str], *, subject: str, anchor: str, anchor_keys: Keys, rules: Rules) -> Chain:
    """Return the chain that `texts` are: the configuration of `subject`, what each superior says of the one below, and
    the configuration of `anchor`.

    Raises Untrusted with the first reason that is found, from the anchor down.
    """
    if not 3 <= len(texts) <= _LONGEST:
        raise Untrusted(Reason.CHAIN, f"a chain has 3 to {_LONGEST} statements, this one {len(texts)}")
    *below, own = texts[1:]
    top = statements.configuration(own, entity=anchor, rules=rules, keys=anchor_keys)
    found: list[Statement] = []
    superior = top
    for text in reversed(below):
        said = statements.subordinate(text, superior=superior, subject=_subject_of(text, rules), rules=rules)
        found.insert(0, said)
        superior = said
    if found[0].subject != subject:
        raise Untrusted(Reason.CHAIN, f"the chain speaks of {found[0].subject}, not of {subject}")
    leaf = statements.configuration(texts[0], entity=subject, rules=rules, keys=found[0].keys)
    for lower, upper in pairwise([*found, top]):
        if lower.issuer != upper.subject:
            raise Untrusted(Reason.CHAIN, f"{lower.issuer} and {upper.subject} are no neighbours")
    if found[0].issuer not in leaf.claims.get("authority_hints", ()):
        raise Untrusted(Reason.CHAIN, f"{subject} does not name {found[0].issuer} as above it (authority_hints)")
    for each in found:
        if "metadata_policy" in each.claims:
            raise Untrusted(Reason.POLICY, f"{each.issuer} asks for a metadata policy, which is not understood here")
    return Chain(
        subject=leaf,
        superior=found[0],
        anchor=top,
        metadata=_resolved(leaf, found),
        expires=min(each.expires for each in (leaf, *found, top)),
    )


def _subject_of(text: str, rules: Rules) -> str:
    return entities.checked(tokens.read(text, typ=tokens.STATEMENT).claims.get("sub"), plain_hosts=rules.plain_hosts)


def _resolved(leaf: Statement, above: Sequence[Statement]) -> Mapping[str, Claims]:
    """Return the metadata of `leaf` with that of its superior laid over it; raises Untrusted (`constraint`)."""
    said = above[0].claims.get("metadata", {})
    types = {kind: {**own, **said.get(kind, {})} for kind, own in leaf.claims.get("metadata", {}).items()}
    for between, each in enumerate(above):
        constraints = each.claims.get("constraints", {})
        if between > constraints.get("max_path_length", between):
            raise Untrusted(Reason.CONSTRAINT, f"{each.issuer} allows no chain of that length")
        _check_names(each, [leaf.subject, *(lower.subject for lower in above[:between])])
        if (allowed := constraints.get("allowed_entity_types")) is not None:
            types = {kind: own for kind, own in types.items() if kind == FEDERATION_TYPE or kind in allowed}
    return types


def _check_names(statement: Statement, names: Sequence[str]) -> None:
    naming = statement.claims.get("constraints", {}).get("naming_constraints", {})
    for name in (statement.subject, *names):
        host = entities.host_of(name)
        if any(_fits(host, each) for each in naming.get("excluded", ())):
            raise Untrusted(Reason.CONSTRAINT, f"{statement.issuer} excludes {name}")
        if "permitted" in naming and not any(_fits(host, each) for each in naming["permitted"]):
            raise Untrusted(Reason.CONSTRAINT, f"{statement.issuer} does not permit {name}")


def _fits(host: str, constraint: str) -> bool:
    """Return whether `host` lies in a subtree (RFC 5280, section 4.2.1.10, for URIs)."""
    wanted = constraint.lower()
    return host.endswith(wanted) and host != wanted if wanted.startswith(".") else host == wanted
