"""The one HTTP client: whatever address we are given, it leads to the public internet and back, in time and size.

The name is resolved once, every address is checked, and the connection goes to a checked address: a name that
answers differently the second time gains nothing. Each redirect is a new address and is checked again.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from col_core.base.errors import FetchError, FetchRefused
from col_core.base.guarded_network import Deadline, GuardedNetwork, Resolver, resolve
from col_core.base.guarded_transport import GuardedTransport
from col_core.base.html import plain_line
from col_core.base.unpacking import Unpacked

MAX_HOPS = 5
_ERRNO = re.compile(r"^\[Errno -?\d+\] ")
# Field names and values (RFC 9110, sections 5.1 and 5.5), without what is obsolete in them.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"(?:[!-~](?:[ \t!-~]*[!-~])?)?")
_REDIRECTS = (301, 302, 303, 307, 308)
_GONE = (401, 403, 404, 405, 410, 451)
# Of what is sent, these alone may be taken another time (RFC 9110, section 15.5.9; RFC 6585, section 4).
_LATER = (408, 429)
_MAX_REASON_BYTES = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """What a server answered: its whole body, unpacked, or 304. Names of `headers` are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    final_url: str

    @property
    def unchanged(self) -> bool:
        """Whether the server said that nothing changed since the ETag or date that was sent along."""
        return self.status == 304

    @property
    def etag(self) -> str | None:
        return self.headers.get("etag")

    @property
    def last_modified(self) -> str | None:
        return self.headers.get("last-modified")

    @property
    def media_type(self) -> str:
        """The media type without parameters, lower case; "application/octet-stream" where none is said."""
        return self._content_type().get_content_type()

    @property
    def charset(self) -> str | None:
        """The charset that the server named, if it did."""
        return self._content_type().get_content_charset()

    def _content_type(self) -> Message:
        message = Message()
        message["content-type"] = self.headers.get("content-type", "application/octet-stream")
        return message


class HttpClient:
    """Fetch what others publish, and send them what they take.

    `allow_hosts` are exact "host:port" pairs that are let through the guard (a second city on this machine).
    """

    def __init__(self, *, allow_hosts: tuple[str, ...] = (), user_agent: str, resolver: Resolver = resolve) -> None:
        self._allow_hosts = frozenset(each.lower() for each in allow_hosts)
        self._user_agent = user_agent
        self._resolver = resolver

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        max_bytes: int = 50_000_000,
        deadline_s: float = 60,
        accept: str = "*/*",
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Return what `url` gives, in at most `deadline_s` seconds from name to last byte.

        `max_bytes` bounds the body both as sent and unpacked. `etag` and `last_modified` make the request
        conditional. `headers`, such as `Authorization`, go to the host of `url` alone and not where it leads.
        Raises FetchRefused where the guard says no, FetchError for every other failure, any status but 200 and 304
        among them (`permanent` where trying again is of no use).
        """
        asked = url
        deadline = Deadline(monotonic() + deadline_s)
        common = self._headers(accept)
        if etag is not None:
            common["If-None-Match"] = etag
        if last_modified is not None:
            common["If-Modified-Since"] = last_modified
        own = common | _sendable(headers or {})
        with self._client(deadline, deadline_s) as client:
            for _hop in range(MAX_HOPS + 1):
                try:
                    url = _checked(url)
                    sent = own if _origin(url) == _origin(asked) else common
                    response = self._once(client, url, sent, max_bytes, deadline)
                except FetchRefused as error:
                    raise error if url == asked else FetchRefused(f"{shown(asked)} leads elsewhere: {error}") from error
                if isinstance(response, Response):
                    return response
                url = response
        raise FetchRefused(f"{shown(url)} was reached by more than {MAX_HOPS} redirects.")

    def post(
        self,
        url: str,
        body: Any,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = 5_000_000,
        deadline_s: float = 30,
        accept: str = "application/json",
    ) -> Response:
        """Send `body` as JSON to `url` once, and return the answer, whose status is any from 200 to 299.

        `headers` go along, such as `Authorization`. No redirect is followed: what was meant for one server is not told
        to another. `deadline_s` and `max_bytes` bound the answer as in `get`. Raises FetchRefused where the guard says
        no, FetchError for every other failure: `permanent` for a redirect and for each status from 400 to 499 but 408
        and 429. Its message holds what the server says in a problem document (RFC 9457). Where nothing was answered,
        the server may have taken it all the same.
        """
        content = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        sent = self._headers(accept) | _sendable(headers or {}) | {"Content-Type": "application/json"}
        return self._sent(url, content, sent, max_bytes=max_bytes, deadline_s=deadline_s)

    def post_form(
        self,
        url: str,
        fields: Mapping[str, str],
        *,
        max_bytes: int = 5_000_000,
        deadline_s: float = 30,
        accept: str = "*/*",
    ) -> Response:
        """Send `fields` as a form to `url` once, and return the answer, as `post` does."""
        sent = self._headers(accept) | {"Content-Type": "application/x-www-form-urlencoded"}
        return self._sent(url, urlencode(fields).encode(), sent, max_bytes=max_bytes, deadline_s=deadline_s)

    def _sent(
        self, url: str, content: bytes, headers: Mapping[str, str], *, max_bytes: int, deadline_s: float
    ) -> Response:
        deadline = Deadline(monotonic() + deadline_s)
        url = _checked(url)
        with (
            self._client(deadline, deadline_s) as client,
            _in_words(url, deadline),
            client.stream("POST", url, headers=dict(headers), content=content) as answer,
        ):
            if not 200 <= answer.status_code < 300:
                raise _not_taken(url, answer)
            return _response(answer, _body(answer, max_bytes, url), url)

    def send(
        self,
        url: str,
        content: bytes,
        *,
        headers: Mapping[str, str],
        max_bytes: int = 20_000,
        deadline_s: float = 10,
        accept: str = "*/*",
    ) -> Response:
        """Send `content` as it is to `url` once, and return the answer, whatever its status.

        For what is signed byte by byte, and for who has to know what exactly was answered. `headers` hold its
        `Content-Type`. No redirect is followed. Of the answer no more than `max_bytes` are read, and a longer one is
        left empty. Raises FetchRefused where the guard says no, FetchError where nothing was answered in time.
        """
        deadline = Deadline(monotonic() + deadline_s)
        url = _checked(url)
        sent = self._headers(accept) | _sendable(headers)
        with (
            self._client(deadline, deadline_s) as client,
            _in_words(url, deadline),
            client.stream("POST", url, headers=sent, content=content) as answer,
        ):
            try:
                body = _body(answer, max_bytes, url)
            except FetchError:
                body = b""
            return _response(answer, body, url)

    def _client(self, deadline: Deadline, deadline_s: float) -> httpx.Client:
        network = GuardedNetwork(deadline, self._resolver, self._allow_hosts)
        return httpx.Client(
            transport=GuardedTransport(network), trust_env=False, follow_redirects=False, timeout=deadline_s
        )

    def _headers(self, accept: str) -> dict[str, str]:
        return {"User-Agent": self._user_agent, "Accept": accept, "Accept-Encoding": "gzip, deflate"}

    def _once(
        self,
        client: httpx.Client,
        url: str,
        headers: Mapping[str, str],
        max_bytes: int,
        deadline: Deadline,
    ) -> Response | str:
        """Ask once; return the answer, or the address that it sends us on to."""
        with _in_words(url, deadline), client.stream("GET", url, headers=dict(headers)) as answer:
            if answer.status_code in _REDIRECTS and answer.headers.get("location"):
                return str(httpx.URL(url).join(answer.headers["location"]))
            # 206 is a part and 202 a promise; a 304 that nobody asked for has nothing to stand on.
            if answer.status_code not in (200, 203, 304 if _is_conditional(headers) else 200):
                raise _bad_status(url, answer)
            return _response(answer, b"" if answer.status_code == 304 else _body(answer, max_bytes, url), url)


def shown(url: str) -> str:
    """Return `url` without what may be secret in it (a query, a name and password), for messages and logs."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "the address"
    return f"{parts.scheme}://{host}{parts.path}"[:300] if host else url.partition("?")[0][:300]


def _checked(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise FetchRefused(f"{shown(url)} is not a web address.") from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise FetchRefused(f"{shown(url)} is not a web address: only http and https are read.")
    if parsed.userinfo:
        raise FetchRefused(f"{shown(url)} carries a name and password, which are not sent.")
    return str(parsed.copy_with(fragment=None))


def _origin(url: str) -> tuple[str, str, int | None]:
    parsed = httpx.URL(url)
    return parsed.scheme, parsed.host, parsed.port


def _body(answer: httpx.Response, max_bytes: int, url: str) -> bytes:
    declared = answer.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > max_bytes:
        raise FetchError(f"{shown(url)} is larger than {max_bytes} bytes.")
    unpacked = Unpacked(answer.headers.get("content-encoding", "identity"), max_bytes)
    for chunk in answer.iter_raw():
        unpacked.feed(chunk)
    return unpacked.finish()


@contextmanager
def _in_words(url: str, deadline: Deadline) -> Iterator[None]:
    """Turn what the network and HTTP raise into a FetchError that names the address."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise FetchError(f"{shown(url)} did not answer within the time it was given.") from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        if deadline.is_over():
            raise FetchError(f"{shown(url)} did not answer within the time it was given.") from error
        raise FetchError(f"{shown(url)} could not be read: {_plain(error)}.") from error


def _response(answer: httpx.Response, body: bytes, url: str) -> Response:
    return Response(status=answer.status_code, headers=dict(answer.headers), body=body, final_url=url)


def _sendable(headers: Mapping[str, str]) -> dict[str, str]:
    """Return `headers`; raises FetchRefused for one that no header may be, without showing what it holds."""
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise FetchRefused(f"The header {name[:50]!r} holds characters that no header may have.")
    return dict(headers)


def _not_taken(url: str, answer: httpx.Response) -> FetchError:
    if answer.status_code in _REDIRECTS:
        error = FetchError(f"{shown(url)} answered with status {answer.status_code}: it leads elsewhere.")
        error.answered, error.permanent = answer.status_code, True
        return error
    said = _reason(answer, url)
    error = FetchError(f"{shown(url)} answered with status {answer.status_code}{f': {said}' if said else '.'}")
    error.answered, error.retry_after_s = answer.status_code, _retry_after_s(answer)
    error.permanent = 400 <= answer.status_code < 500 and answer.status_code not in _LATER
    return error


def _reason(answer: httpx.Response, url: str) -> str:
    """Return what a problem document says, on one line; nothing where the answer is none."""
    if "json" not in answer.headers.get("content-type", ""):
        return ""
    try:
        problem = json.loads(_body(answer, _MAX_REASON_BYTES, url))
    except (FetchError, ValueError, RecursionError):
        return ""
    told = [problem.get(each) for each in ("detail", "title")] if isinstance(problem, dict) else []
    return next((plain_line(each, max_chars=300) for each in told if isinstance(each, str) and each.strip()), "")


def _is_conditional(headers: Mapping[str, str]) -> bool:
    return "If-None-Match" in headers or "If-Modified-Since" in headers


def _bad_status(url: str, answer: httpx.Response) -> FetchError:
    status = answer.status_code
    error = FetchError(f"{shown(url)} answered with status {status}.")
    error.answered, error.retry_after_s = status, _retry_after_s(answer)
    error.permanent = status in _GONE
    return error


def _retry_after_s(answer: httpx.Response) -> int | None:
    """Return the seconds that Retry-After says; a date is not taken, since their clock may be wrong."""
    said = answer.headers.get("retry-after", "").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 8 else None


def _plain(error: Exception) -> str:
    return _ERRNO.sub("", str(error)).rstrip(".") or type(error).__name__
