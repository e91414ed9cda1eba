"""Expanding JSON-LD with pyld and the bundled contexts; whatever has no meaning there is refused."""

import json
from collections.abc import Mapping
from functools import cache
from threading import Lock
from typing import Any

from cachetools import LRUCache
from frozendict import frozendict
from pyld import jsonld
from pyld.resolved_context import ResolvedContext

from col_core.badges.credentials.contexts import bundled
from col_core.badges.credentials.errors import Unreadable

# Relative IRIs land here, where nothing can be.
NOWHERE = "https://relative.invalid/"
# What an active context holds beside the meaning of terms; the processing mode is always that of JSON-LD 1.1.
_BESIDES = frozenset({"_uuid", "previousContext", "processingMode", "@version"})


def expanded(document: Mapping[str, Any]) -> list[Any]:
    """Return `document` in expanded form (JSON-LD 1.1 API, section 5.1).

    Raises Unreadable: `context` for a context that is not bundled, `term` for a property without meaning.
    """
    return _expander().expand(document)


class _Expander:
    """pyld, which keeps what it worked out of contexts; neither its caches nor ours are made for several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._processor = jsonld.JsonLdProcessor(on_property_dropped=_dropped)
        self._options = {"base": NOWHERE, "documentLoader": _load, "contextResolver": _Resolver()}

    def expand(self, document: Mapping[str, Any]) -> list[Any]:
        with self._lock:
            try:
                made: list[Any] = self._processor.expand(document, self._options)
            except jsonld.JsonLdError as error:
                raise _own(error) or Unreadable("term", f"JSON-LD: {error.code or error}") from None
            except (TypeError, ValueError, KeyError, AttributeError, IndexError, RecursionError) as error:
                # pyld meets odd shapes (a number where it expects a name) with whatever Python says.
                raise Unreadable("term", f"JSON-LD: {type(error).__name__}") from None
            return made


class _Context(ResolvedContext):  # type: ignore[misc]  # pyld has no types
    """A context, and what came of it on top of others.

    For a type's own context, pyld puts a fresh copy of what held before beneath it, under a fresh name, and so never
    finds what it worked out. A copy that is still as what it was made from has that one's name here.
    """

    def __init__(self, document: Any) -> None:
        super().__init__(document)
        self.cache: LRUCache[tuple[str, bool], Any] = LRUCache(maxsize=50)

    def get_processed(self, active: Any) -> Any:
        return self.cache.get(_name(active))

    def set_processed(self, active: Any, processed: Any) -> None:
        self.cache[_name(active)] = processed


def _name(active: Mapping[str, Any]) -> tuple[str, bool]:
    before = active.get("previousContext")
    if type(active) is dict and isinstance(before, frozendict) and _content(active) == _content(before):
        return before["_uuid"], True
    return active["_uuid"], False


def _content(active: Mapping[str, Any]) -> dict[str, Any]:
    return {part: value for part, value in active.items() if part not in _BESIDES}


class _Resolver:
    """Finds contexts by what they are: pyld's own writes each of them out anew, to look it up by its text."""

    def __init__(self) -> None:
        self._by_url = {url: [_resolved(each["@context"])] for url, each in bundled().items()}
        # Contexts within contexts, by identity; each is kept beside its answer, so that no other gets its address.
        self._within: LRUCache[int, tuple[Any, Any]] = LRUCache(maxsize=1_000)
        self._by_text: LRUCache[str, Any] = LRUCache(maxsize=100)

    def resolve(self, active: Any, context: Any, base: str, cycles: Any = None) -> list[Any]:  # noqa: ARG002
        if isinstance(context, Mapping) and "@context" in context:
            context = context["@context"]
        found: list[Any] = []
        for each in context if isinstance(context, list | tuple) else [context]:
            if isinstance(each, str):
                if each not in self._by_url:
                    raise Unreadable("context", f"the context {each} is not known")
                found.extend(self._by_url[each])
            elif each is None or each is False:
                found.append(_Context(False))
            elif isinstance(each, frozendict):
                found.append(self._frozen(each))
            else:
                found.append(self._written(each))
        return found

    def _written(self, context: Mapping[str, Any]) -> Any:
        text = json.dumps(context, sort_keys=True)
        if text not in self._by_text:
            self._by_text[text] = _Context(context)
        return self._by_text[text]

    def _frozen(self, context: Any) -> Any:
        kept = self._within.get(id(context))
        if kept is None or kept[0] is not context:
            kept = self._within[id(context)] = (context, _Context(context))
        return kept[1]


def _resolved(context: Any) -> Any:
    if not isinstance(context, dict):
        raise TypeError("a bundled context is one object")
    return _Context(context)


def _load(url: str, options: Mapping[str, Any]) -> Any:  # noqa: ARG001 (pyld hands its options over)
    raise Unreadable("context", f"{url} is not fetched")


def _dropped(name: str | None) -> None:
    raise Unreadable("term", f"the term {name} means nothing in these contexts")


def _own(error: BaseException | None) -> Unreadable | None:
    while error is not None and not isinstance(error, Unreadable):
        error = error.__cause__
    return error


@cache
def _expander() -> _Expander:
    return _Expander()
