"""Reading a partner's list of issuers: only what is its own, and only so much of it."""

from collections.abc import Mapping
from typing import Any

from col_core.base import strict_json
from col_core.base.errors import Malformed
from col_core.base.fetch import HttpClient
from col_core.federation import peers
from col_core.federation.recognition.issuers import belongs
from col_core.federation.recognition.records import Kind, ListedIssuer
from col_core.federation.records import Peer

PATH = "/api/v1/network/issuers"
_MOST_PAGES = 40
_MOST_ISSUERS = 2_000
_MOST_LISTS = 200
_PAGE_BYTES = 500_000
_DEADLINE_S = 15.0
_LONGEST_URL = 500
_LONGEST_NAME = 300


def issuers_of(peer: Peer, http: HttpClient) -> list[ListedIssuer]:
    """Return the issuers that `peer` lists as its own; what stands on another host, or is another's, is left out.

    Raises FetchError, Malformed where a page cannot be had or read.
    """
    found: dict[str, ListedIssuer] = {}
    url: str | None = f"{peer.base_url}{PATH}"
    asked: set[str] = set()
    while url is not None and url not in asked and len(asked) < _MOST_PAGES and len(found) < _MOST_ISSUERS:
        asked.add(url)
        answer = http.get(url, max_bytes=_PAGE_BYTES, deadline_s=_DEADLINE_S, accept="application/json")
        page = strict_json.loads(answer.body, max_depth=6, max_bytes=_PAGE_BYTES)
        if not isinstance(page, dict) or not isinstance(page.get("items"), list):
            raise Malformed(f"{peer.host} lists its issuers in a form that cannot be read.")
        for each in page["items"]:
            issuer = _issuer(each, peer) if isinstance(each, dict) else None
            if issuer is not None and len(found) < _MOST_ISSUERS:
                found[issuer.id] = issuer
        url = _own_address(page.get("next"), peer)
    return list(found.values())


def documents(issuer: ListedIssuer) -> list[tuple[str, Kind]]:
    """Return what is kept of an issuer, its keys first."""
    return [
        (issuer.document, Kind.KEYS),
        *((each, Kind.REVOCATIONS) for each in issuer.revocation_lists),
        *((each, Kind.STATUS) for each in issuer.status_lists),
        *((each, Kind.PROFILE) for each in issuer.profiles),
    ]


def _issuer(said: Mapping[str, Any], peer: Peer) -> ListedIssuer | None:
    id_, document = said.get("id"), _own_address(said.get("document"), peer)
    if not isinstance(id_, str) or len(id_) > _LONGEST_URL or document is None:
        return None
    if not belongs(id_, base_url=peer.base_url, did=peer.did):
        return None
    name = said.get("name")
    return ListedIssuer(
        id=id_,
        name=name[:_LONGEST_NAME] if isinstance(name, str) else "",
        document=document,
        status_lists=_own_addresses(said.get("status_lists"), peer),
        revocation_lists=_own_addresses(said.get("revocation_lists"), peer),
        profiles=_own_addresses(said.get("profiles"), peer),
    )


def _own_addresses(said: object, peer: Peer) -> list[str]:
    listed = said[:_MOST_LISTS] if isinstance(said, list) else []
    return [url for each in listed if (url := _own_address(each, peer)) is not None]


def _own_address(said: object, peer: Peer) -> str | None:
    """Return an address on the very host of `peer`, by the scheme that it speaks."""
    if not isinstance(said, str) or len(said) > _LONGEST_URL or not said.startswith(peer.base_url.partition(":")[0]):
        return None
    return said if peers.is_on(said, peer.host) and "#" not in said else None
