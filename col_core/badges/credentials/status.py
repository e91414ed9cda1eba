"""Whether an issuer took a badge back: every list that the badge names is asked, and none that fails counts as "no".

Sources: Bitstring Status List 1.0, section 3.2; StatusList2021 (W3C Credentials Community Group), its predecessor;
1EdTech Revocation List 1.0; Open Badges 3.0, section 9.1.
"""

from collections.abc import Sequence
from datetime import datetime

from col_core.badges.credentials import asking, json_text, status_lists
from col_core.badges.credentials.checks import absent, failed, passed, unknown
from col_core.badges.credentials.errors import Unreadable
from col_core.badges.credentials.input import read
from col_core.badges.credentials.issuers import Issuers
from col_core.badges.credentials.proving import prove_document, prove_token
from col_core.badges.credentials.reasons import Reason
from col_core.badges.credentials.records import (
    BitstringEntry,
    Check,
    Document,
    Documents,
    Got,
    NotReached,
    NotThere,
    Outcome,
    RevocationListEntry,
)
from col_core.badges.credentials.shapes import first_object, id_of, listed, objects, text, types_of

_MAX_ENTRIES = 6
_SET = {"revocation": Reason.REVOKED, "suspension": Reason.SUSPENDED}
# What such a bit says does not touch whether the badge holds (Bitstring Status List 1.0, section 2.1).
_BESIDE = frozenset({"message", "refresh"})
_OLDER_ENTRY, _NEWER_ENTRY = "StatusList2021Entry", "BitstringStatusListEntry"


class Statuses:
    """Asks the lists of one verification."""

    def __init__(self, documents: Documents, issuers: Issuers, *, now: datetime) -> None:
        self._documents = documents
        self._issuers = issuers
        self._now = now

    def check(self, credential: Document) -> Check:
        """Return how `credential`, whose proof holds, stands on all the lists that it names."""
        said = credential.get("credentialStatus")
        if said is None:
            return absent(Reason.STATUS_ABSENT)
        entries = objects(said)
        if len(entries) != len(listed(said)) or not 0 < len(entries) <= _MAX_ENTRIES:
            return unknown(Reason.STATUS_UNREADABLE)
        return _worst([self._check_entry(each, credential) for each in entries])

    def _check_entry(self, entry: Document, credential: Document) -> Check:
        try:
            found = status_lists.read_entry(_newer_entry(entry))
        except Unreadable:
            return unknown(Reason.STATUS_KIND)
        issuer_id = id_of(credential.get("issuer")) or ""
        try:
            if isinstance(found, RevocationListEntry):
                return self._check_revocations(found, issuer_id, id_of({"id": credential.get("id")}) or "")
            return self._check_bit(found, issuer_id)
        except NotThere:
            return unknown(Reason.STATUS_UNREACHABLE)
        except NotReached:
            return unknown(Reason.STATUS_UNREACHABLE)
        except Unreadable as error:
            return unknown(Reason.STATUS_UNREADABLE, found=error.message[:300])

    def _check_revocations(self, entry: RevocationListEntry, issuer_id: str, badge_id: str) -> Check:
        got = self._documents.get(entry.list_url, accept=asking.REVOCATION_LIST)
        found = json_text.parsed(got.body, json_text.REVOCATIONS)
        if id_of(found.get("issuer")) != issuer_id:
            return unknown(Reason.STATUS_UNPROVEN)
        return failed(Reason.REVOKED) if status_lists.is_revoked(found, badge_id) else _clear(got)

    def _check_bit(self, entry: BitstringEntry, issuer_id: str) -> Check:
        if entry.purpose in _BESIDE:
            return passed(Reason.STATUS_CLEAR)
        if entry.purpose not in _SET:
            return unknown(Reason.STATUS_KIND)
        got = self._documents.get(entry.list_url, accept=asking.STATUS_LIST)
        came = read(got.body)
        # A copy says how things stood then, and was in force then.
        now = got.as_of or self._now
        if came.token is not None:
            proven = prove_token(came.token, self._issuers)
        elif came.document is not None:
            proven = prove_document(came.document, self._issuers, now=now)
        else:
            return unknown(Reason.STATUS_UNREADABLE)
        bits = status_lists.read_bitstring(_newer_list(proven.document))
        over = bits.valid_until is not None and bits.valid_until <= now
        early = bits.valid_from is not None and bits.valid_from > now
        if not proven.holds or bits.issuer != issuer_id or over or early:
            return unknown(Reason.STATUS_UNPROVEN)
        try:
            is_set = status_lists.is_set(bits, entry)
        except Unreadable as error:
            return unknown(Reason.STATUS_PLACE, found=error.message[:300])
        return failed(_SET[entry.purpose]) if is_set else _clear(got)


def _clear(got: Got) -> Check:
    if got.as_of is None:
        return passed(Reason.STATUS_CLEAR)
    return passed(Reason.STATUS_CLEAR_THEN, as_of=got.as_of.isoformat())


def _newer_entry(entry: Document) -> Document:
    return {**entry, "type": _NEWER_ENTRY} if types_of(entry) == [_OLDER_ENTRY] else entry


def _newer_list(credential: Document) -> Document:
    """Return a StatusList2021 as the list that followed it: other names, and no sign of its base before the bits."""
    if "StatusList2021Credential" not in types_of(credential):
        return credential
    subject = first_object(credential.get("credentialSubject"))
    bits = text(subject.get("encodedList")).replace("+", "-").replace("/", "_").rstrip("=")
    dates = {"validFrom": "issuanceDate", "validUntil": "expirationDate"}
    return {
        **{name: credential[older] for name, older in dates.items() if older in credential},
        **credential,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "credentialSubject": {**subject, "type": "BitstringStatusList", "encodedList": f"u{bits}"},
    }


def _worst(checks: Sequence[Check]) -> Check:
    """Revoked before suspended, either before what nobody knows, and that before what is well, now or only once."""
    for wanted in (Reason.REVOKED, Reason.SUSPENDED):
        for each in checks:
            if each.reason == wanted:
                return each
    unclear = next((each for each in checks if each.outcome == Outcome.UNKNOWN), None)
    return unclear or next((each for each in checks if each.reason == Reason.STATUS_CLEAR_THEN), checks[0])
