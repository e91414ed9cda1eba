"""Signing many badges of one achievement: what is the same in all of them is brought into canonical form once.

Badges of one achievement differ in a few values only. The first is expanded with marks in their places; in the others
the values go where the marks were, the blank nodes get the names that follow from their first-degree hashes, and the
lines are put in order. Where a value could change more than its own place, or nodes look alike, the badge goes the long
way.
Every so often a badge goes both ways; should they ever differ, the long way is taken from then on.
"""

import hashlib
import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from threading import Lock
from typing import Any

from cachetools import LRUCache

from col_core.badges.credentials import building, canonical_form, data_integrity, instants, json_text, jsonld
from col_core.badges.credentials.canonical_form import Quad
from col_core.badges.credentials.records import Badge, Signer

_log = logging.getLogger(__name__)
_MARK = "urn:x-place:"
_MARKED = re.compile(f'<{_MARK}(\\d+)>|"{_MARK}(\\d+)"(.*)')
_QUOTED = re.compile(f'"{_MARK}(\\d+)"')
# As addresses they mean themselves in our contexts, whatever follows.
_SCHEMES = ("https://", "http://", "urn:", "did:")
_KEPT = 64
_SOME_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
_QUOTE = json.JSONEncoder(ensure_ascii=False).encode


class Templates:
    """Signs badges, and remembers the canonical forms of their achievements.

    `check_every` says how often a badge made from a template is compared with the long way; 1 compares each.
    """

    def __init__(self, *, check_every: int = 100) -> None:
        self._check_every = check_every
        self._made = 0
        self._trusted = True
        self._lock = Lock()
        self._kept: LRUCache[tuple[object, ...], Template] = LRUCache(maxsize=_KEPT)

    def sign(self, badges: Sequence[Badge], signer: Signer) -> list[bytes]:
        """Return each of `badges` as JSON with an embedded proof, which says that it was made when the badge begins.

        So the same badge, signed again by the same key, gives the same bytes. Raises Unreadable for a badge that cannot
        be signed (see `data_integrity.sign`), ValueError for a key of another kind.
        """
        options = _Options(signer)
        return [self._sign(each, signer, options) for each in badges]

    def _sign(self, badge: Badge, signer: Signer, options: "_Options") -> bytes:
        written, canonical = self._forms(badge)
        created = instants.written(badge.valid_from)
        signature = signer.sign(options.hashed(created) + hashlib.sha256(canonical).digest())
        proof = data_integrity.with_value({**options.said, "created": created}, signature)
        return b'%s,"proof":%s}' % (written[:-1], json_text.written(proof))

    def _forms(self, badge: Badge) -> tuple[bytes, bytes]:
        """Return the JSON and the canonical form of `badge`."""
        quick = self._from_template(badge) if self._trusted else None
        self._made += 1
        if quick is not None and self._made % self._check_every:
            return quick
        document = building.unsigned(badge)
        long = json_text.written(document), jsonld.canonical(document)
        if quick not in (None, long):
            self._trusted = False
            _log.error("a badge made from a template differs from itself; templates are not used any more")
        return long

    def _from_template(self, badge: Badge) -> tuple[bytes, bytes] | None:
        kind = (badge.achieved.id, badge.issuer.id, len(badge.evidence), len(badge.status), len(badge.endorsements))
        skeleton = building.unsigned(badge)
        values = _taken_out(skeleton)
        with self._lock:
            template = self._kept.get(kind)
        if template is None or template.skeleton != skeleton:
            template = Template(skeleton, len(values))
            with self._lock:
                self._kept[kind] = template
        canonical = template.canonical(values)
        return None if canonical is None else (template.written(values), canonical)


class _Options:
    """What the proofs of one signer say; only the moment differs."""

    def __init__(self, signer: Signer) -> None:
        self.said = data_integrity.proof_options(signer, created=_SOME_MOMENT)
        config = {**self.said, "created": f"{_MARK}0", "@context": list(building.CONTEXTS)}
        self._before, self._after = jsonld.canonical(config).split(f"{_MARK}0".encode())

    def hashed(self, created: str) -> bytes:
        return hashlib.sha256(self._before + created.encode() + self._after).digest()


class Template:
    """The JSON and the canonical form of documents that differ from `skeleton` in marked values only.

    `places` is how many marks there are.
    """

    def __init__(self, skeleton: Mapping[str, Any], places: int) -> None:
        self.skeleton = skeleton
        written = json_text.written(skeleton).decode()
        pieces = _QUOTED.split(written)
        self._text, self._places = pieces[::2], [int(each) for each in pieces[1::2]]
        # A text of the badge could itself look like a mark.
        self._is_of_use = len(self._places) == written.count(_MARK) == places
        quads = set(jsonld.quads(skeleton))
        self._fixed = [canonical_form.line(str, quad) for quad in quads if not _varies(quad) and not _has_node(quad)]
        self._open = [_open(quad) for quad in quads if _varies(quad) or _has_node(quad)]
        of = canonical_form.mentions(quads)
        still = {node for node, each in of.items() if not any(_varies(quad) for quad in each)}
        self._hashes = {node: canonical_form.first_hash(node, of[node]) for node in still}
        self._moving = {node: [_open(quad) for quad in each] for node, each in of.items() if node not in still}
        terms = {term for quad in quads for term in quad}
        self._addresses = {int(match[1]) for term in terms if (match := _MARKED.fullmatch(term)) and match[1]}
        self._literals = {int(match[2]) for term in terms if (match := _MARKED.fullmatch(term)) and match[2]}
        self._known = {term[1:-1] for term in terms if term.startswith("<")}

    def written(self, values: Sequence[str]) -> bytes:
        """Return the JSON with `values` in it."""
        said = (_QUOTE(values[place]) for place in self._places)
        return "".join(chain(*zip(self._text, said, strict=False), self._text[-1:])).encode()

    def canonical(self, values: Sequence[str]) -> bytes | None:
        """Return the canonical form with `values` in it, or None where it has to be worked out the long way."""
        if not self._is_of_use or not self._are_plain(values):
            return None
        terms = _Terms({f"a{place}": f"<{values[place]}>" for place in self._addresses})
        terms.update({f"l{place}": canonical_form.literal(values[place]) for place in self._literals})
        names = canonical_form.names_by({node: self._hash(node, terms) for node in chain(self._hashes, self._moving)})
        if names is None:
            return None
        terms.update(names)
        return canonical_form.joined({*self._fixed, *[line % terms for line in self._open]})

    def _hash(self, node: str, terms: "_Terms") -> str:
        """Return the first-degree hash of `node`, with the values of this badge around it."""
        if node in self._hashes:
            return self._hashes[node]
        around = {line % terms.seen_from(node) for line in self._moving[node]}
        return hashlib.sha256(canonical_form.joined(around)).hexdigest()

    def _are_plain(self, values: Sequence[str]) -> bool:
        """Return whether each value stays in its place: text that all read alike, addresses that mean themselves."""
        for place, value in enumerate(values):
            if json_text.has_controls(value):
                return False
            if place in self._addresses and not (value.startswith(_SCHEMES) and jsonld.is_iri(value)):
                return False
        itself = values[0]
        return itself not in values[1:] and itself not in self._known


class _Terms(dict[str, str]):
    """What goes into open lines. A blank node that has no name yet is `_:z`, as first-degree hashes want it."""

    def __missing__(self, name: str) -> str:
        return "_:z"

    def seen_from(self, node: str) -> "_Terms":
        return _Terms({**self, node: "_:a"})


def _varies(quad: Quad) -> bool:
    return any(_MARK in term for term in quad)


def _has_node(quad: Quad) -> bool:
    return quad[0].startswith("_") or quad[2].startswith("_") or quad[3].startswith("_")


def _open(quad: Quad) -> str:
    """Return a line whose places and blank nodes are to be filled in with `%`."""
    subject, predicate, thing, graph = (_opened(term) if term else "" for term in quad)
    return canonical_form.line(str, (subject, predicate, thing, graph))


def _opened(term: str) -> str:
    match = _MARKED.fullmatch(term)
    if match is None:
        return f"%({term})s" if term.startswith("_") else term.replace("%", "%%")
    return f"%(a{match[1]})s" if match[1] else f"%(l{match[2]})s" + match[3].replace("%", "%%")


def _taken_out(document: dict[str, Any]) -> list[str]:
    """Put marks into `document` where badges of one achievement differ, and return what stood there; first its id."""
    values: list[str] = []
    for holder, name in _places(document):
        if isinstance(holder.get(name), str):
            values.append(holder[name])
            holder[name] = f"{_MARK}{len(values) - 1}"
    return values


def _places(document: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    yield document, "id"
    yield document, "validFrom"
    yield document, "validUntil"
    subject = document["credentialSubject"]
    yield subject, "id"
    yield subject, "narrative"
    for each in subject.get("identifier", ()):
        yield each, "identityHash"
        yield each, "salt"
    for each in document.get("evidence", ()):
        yield each, "id"
        yield each, "name"
        yield each, "narrative"
    status = document.get("credentialStatus", [])
    for each in status if isinstance(status, list) else [status]:
        yield each, "id"
        yield each, "statusListIndex"
        yield each, "statusListCredential"
