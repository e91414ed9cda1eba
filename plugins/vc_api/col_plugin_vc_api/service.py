"""What is said to the service. Source: VCALM 1.0 (W3C), formerly the VC API: issuing, reading one, updating a status.

The draft has no word for a repeated request, so two things make sure that none issues twice: the `Idempotency-Key`
header (IETF HTTPAPI draft) for services that know it, and the id of the credential, by which the others find that they
issued it already (409); then it is read from there.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from col_core.plugin import City, Document, FetchError, Loaded, Unreadable, json_text

_CONFLICT = 409
_NOT_THERE = (404, 410)


class Service:
    """One issuer instance at `url`."""

    def __init__(self, city: City, *, url: str, token: str) -> None:
        self._city = city
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def issue(self, credential: Document) -> dict[str, Any]:
        """Return `credential` as the service signed it, now or before. Raises FetchError."""
        body = {"credential": credential, "options": {}}
        # A String of Structured Fields stands in quotes (RFC 8941, section 3.3.3).
        key = {"Idempotency-Key": f'"{credential["id"]}"'}
        try:
            answered = self._city.send(f"{self._url}/credentials/issue", body, self._headers | key)
        except FetchError as error:
            if error.answered != _CONFLICT:
                raise
            address = f"{self._url}/credentials/{quote(credential['id'], safe='')}"
            answered = self._city.load(address, headers=self._headers)
        return _credential(answered)

    def revoke(self, credential_id: str, status: Mapping[str, str]) -> None:
        """Have the service say that a credential does not hold any more. Raises FetchError.

        What the service does not know of, or not any more, needs no telling.
        """
        body = {"credentialId": credential_id, "credentialStatus": status, "status": True}
        try:
            self._city.send(f"{self._url}/credentials/status", body, self._headers)
        except FetchError as error:
            if error.answered not in _NOT_THERE:
                raise


def _credential(answered: Loaded) -> dict[str, Any]:
    try:
        said = json_text.parsed(answered.body)
    except Unreadable as error:
        raise FetchError(
            f"The badge service answered with something else than a credential: {error.message}."
        ) from error
    # Some services answer a reading with the credential alone.
    found = said.get("verifiableCredential", said)
    if not isinstance(found, dict) or "proof" not in found:
        raise FetchError("The badge service answered without a credential that has a proof of its own.")
    return found
