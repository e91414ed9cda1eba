"""Asking entities for what they say, over the guarded client: little, quickly, and never from elsewhere.

Source: OpenID Federation 1.0, sections 8.1, 8.2, 8.4, 8.6 and 9.
"""

from urllib.parse import urlencode, urlsplit

from col_core.base import strict_json
from col_core.base.errors import FetchError, Malformed
from col_core.base.fetch import HttpClient, Response
from col_core.federation.trust import entities, tokens
from col_core.federation.trust.records import Mark, Reason, Rules, Untrusted

DEADLINE_S = 10.0
MOST_MEMBERS = 2_000
_LIST_BYTES = 700_000


class Moved(Exception):
    """An entity answers from another address than its own."""

    def __init__(self, asked: str, final: str) -> None:
        super().__init__(f"{asked} leads to {final[:200]}")
        self.message = str(self)


class Asking:
    """Asks servers for statements and marks. Every method raises FetchError; nothing that it returns is verified."""

    def __init__(self, http: HttpClient, *, deadline_s: float = DEADLINE_S) -> None:
        self._http = http
        self._deadline_s = deadline_s

    def configuration(self, entity: str) -> bytes:
        """Return what `entity` says of itself. Raises Moved, Untrusted (`type`)."""
        address = entities.configuration_address(entity)
        response = self._get(address, f"application/{tokens.STATEMENT}")
        if _place(response.final_url) != _place(address):
            raise Moved(entity, response.final_url)
        return _typed(response, tokens.STATEMENT)

    def statement(self, endpoint: str, subject: str) -> bytes:
        """Return what the entity with that fetch endpoint says of `subject`. Raises Untrusted (`type`)."""
        response = self._get(_with(endpoint, sub=subject), f"application/{tokens.STATEMENT}")
        return _typed(response, tokens.STATEMENT)

    def mark(self, endpoint: str, *, type: str, subject: str) -> bytes:
        """Return the mark of `type` that was given to `subject`. Raises Untrusted (`type`)."""
        response = self._get(_with(endpoint, trust_mark_type=type, sub=subject), f"application/{tokens.MARK}")
        return _typed(response, tokens.MARK)

    def status(self, endpoint: str, mark: Mark) -> bytes:
        """Return how `mark` stands. Raises Untrusted (`type`)."""
        response = self._http.post_form(
            endpoint,
            {"trust_mark": mark.text},
            max_bytes=2 * tokens.MAX_BYTES,
            deadline_s=self._deadline_s,
            accept=f"application/{tokens.STATUS}",
        )
        return _typed(response, tokens.STATUS)

    def members(self, endpoint: str, rules: Rules) -> list[str]:
        """Return the entities that a list endpoint tells. Raises Untrusted (`claims`, `entity`)."""
        response = self._http.get(
            endpoint, max_bytes=_LIST_BYTES, deadline_s=self._deadline_s, accept="application/json"
        )
        try:
            listed = strict_json.loads(response.body, max_depth=2)
        except Malformed as error:
            raise Untrusted(Reason.CLAIMS, f"the list of members cannot be read: {error}") from None
        if not isinstance(listed, list) or len(listed) > MOST_MEMBERS:
            raise Untrusted(Reason.CLAIMS, f"the list of members is no list of at most {MOST_MEMBERS}")
        return [entities.checked(each, plain_hosts=rules.plain_hosts) for each in listed]

    def document(self, address: str) -> bytes:
        """Return a JSON document that stands at `address`."""
        return self._get(address, "application/json").body

    def _get(self, address: str, accept: str) -> Response:
        return self._http.get(address, max_bytes=tokens.MAX_BYTES, deadline_s=self._deadline_s, accept=accept)


def said_no(error: FetchError) -> bool:
    """Return whether the server answered that there is no such thing, and not that it cannot answer now."""
    return error.answered in (404, 410)


def _with(endpoint: str, **parameters: str) -> str:
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(parameters)}"


def _typed(response: Response, kind: str) -> bytes:
    if response.media_type != f"application/{kind}":
        raise Untrusted(Reason.TYPE, f"the answer is {response.media_type}, not application/{kind}")
    return response.body


def _place(address: str) -> tuple[str, str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc.lower(), parts.path
