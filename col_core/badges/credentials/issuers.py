"""The keys of issuers, from nowhere but the issuers' own documents.

Sources: Decentralized Identifiers 1.0; Controlled Identifiers 1.0; Open Badges 3.0, section 8 (the `id` of a Profile
may be an address at which its keys stand).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from col_core.badges.credentials import asking, dids, issuer_documents, json_text
from col_core.badges.credentials.checks import failed, passed, unknown
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.issuer_documents import ListedKey
from col_core.badges.credentials.reasons import Reason
from col_core.badges.credentials.records import Check, Documents, Got, NotReached, NotThere

_WEB = ("https://", "http://")


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuerKeys:
    """What was found about an issuer; `keys` is empty unless `check` passed."""

    keys: Mapping[str, ListedKey]
    check: Check


class Issuers:
    """Issuers' keys for one verification."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def keys(self, issuer_id: str) -> IssuerKeys:
        """Return the keys that the document of `issuer_id` lists, or why there are none."""
        try:
            if dids.is_of_itself(issuer_id):
                return IssuerKeys(
                    keys=issuer_documents.keys_in(dids.own_document(issuer_id), issuer=issuer_id),
                    check=passed(Reason.ISSUER_IS_A_KEY),
                )
            address = _address(issuer_id)
            if address is None:
                return _nothing(unknown(Reason.ISSUER_KIND))
            got = self._documents.get(address, accept=asking.ISSUER)
            return IssuerKeys(keys=self._published(issuer_id, address, got), check=_confirmed(got))
        except NotThere:
            return _nothing(unknown(Reason.ISSUER_GONE))
        except NotReached:
            return _nothing(unknown(Reason.ISSUER_UNREACHABLE))
        except Unreadable as error:
            of_another = error.reason == "issuer"
            return _nothing(failed(Reason.ISSUER_OTHER) if of_another else unknown(Reason.ISSUER_UNREADABLE))

    def _published(self, issuer_id: str, address: str, got: Got) -> Mapping[str, ListedKey]:
        document = json_text.parsed(got.body)
        keys = issuer_documents.keys_in(document, issuer=issuer_id)
        set_address = document.get("jwks_uri")
        if not keys and isinstance(set_address, str) and _same_host(set_address, address):
            found = json_text.parsed(self._documents.get(set_address, accept=asking.ISSUER).body)
            return issuer_documents.keys_in_set(found, issuer=issuer_id)
        return keys


def _address(issuer_id: str) -> str | None:
    if issuer_id.startswith("did:web:"):
        return dids.document_address(issuer_id)
    return issuer_id if issuer_id.startswith(_WEB) else None


def _same_host(one: str, other: str) -> bool:
    def place(url: str) -> tuple[Any, ...]:
        parts = urlsplit(url)
        return parts.scheme, parts.netloc.lower()

    try:
        return place(one) == place(other)
    except ValueError:
        return False


def _confirmed(got: Got) -> Check:
    if got.as_of is None:
        return passed(Reason.ISSUER_CONFIRMED)
    reason = Reason.ISSUER_DOUBTED if got.in_doubt else Reason.ISSUER_COPY
    return passed(reason, as_of=got.as_of.isoformat())


def _nothing(check: Check) -> IssuerKeys:
    return IssuerKeys(keys={}, check=check)
