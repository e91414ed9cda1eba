"""The one HTTP client: whatever address we are given, it leads to the public internet and back, in time and size.

The name is resolved once, every address is checked, and the connection goes to a checked address: a name that
answers differently the second time gains nothing. Each redirect is a new address and is checked again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from time import monotonic
from types import TracebackType
from urllib.parse import urlsplit

import httpcore
import httpx

from col_core.base.errors import FetchError, FetchRefused
from col_core.base.guarded_network import Deadline, GuardedNetwork, Resolver, resolve
from col_core.base.unpacking import Unpacked

MAX_HOPS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_GONE = (401, 403, 404, 405, 410, 451)


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """What a server answered: 200 with its whole body, unpacked, or 304. Names of `headers` are lower case."""

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
    """Fetch what others publish.

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
    ) -> Response:
        """Return what `url` gives, in at most `deadline_s` seconds from name to last byte.

        `max_bytes` bounds the body both as sent and unpacked. `etag` and `last_modified` make the request
        conditional. Raises FetchRefused where the guard says no, FetchError for every other failure, any status
        but 200 and 304 among them (`permanent` where trying again is of no use).
        """
        deadline = Deadline(monotonic() + deadline_s)
        network = GuardedNetwork(deadline, self._resolver, self._allow_hosts)
        headers = {"User-Agent": self._user_agent, "Accept": accept, "Accept-Encoding": "gzip, deflate"}
        if etag is not None:
            headers["If-None-Match"] = etag
        if last_modified is not None:
            headers["If-Modified-Since"] = last_modified
        with httpx.Client(
            transport=_Transport(network), trust_env=False, follow_redirects=False, timeout=deadline_s
        ) as client:
            for _hop in range(MAX_HOPS + 1):
                url = _checked(url)
                response = self._once(client, url, headers, max_bytes, deadline)
                if isinstance(response, Response):
                    return response
                url = response
        raise FetchRefused(f"{shown(url)} was reached by more than {MAX_HOPS} redirects.")

    def _once(
        self,
        client: httpx.Client,
        url: str,
        headers: Mapping[str, str],
        max_bytes: int,
        deadline: Deadline,
    ) -> Response | str:
        """Ask once; return the answer, or the address that it sends us on to."""
        try:
            with client.stream("GET", url, headers=dict(headers)) as answer:
                if answer.status_code in _REDIRECTS and answer.headers.get("location"):
                    return str(httpx.URL(url).join(answer.headers["location"]))
                # 206 is a part and 202 a promise; a 304 that nobody asked for has nothing to stand on.
                if answer.status_code not in (200, 203, 304 if _is_conditional(headers) else 200):
                    raise _bad_status(url, answer.status_code)
                return Response(
                    status=answer.status_code,
                    headers=dict(answer.headers),
                    body=b"" if answer.status_code == 304 else _body(answer, max_bytes, url),
                    final_url=url,
                )
        except httpx.TimeoutException as error:
            raise FetchError(f"{shown(url)} did not answer within the time it was given.") from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            if deadline.is_over():
                raise FetchError(f"{shown(url)} did not answer within the time it was given.") from error
            raise FetchError(f"{shown(url)} could not be read: {_plain(error)}.") from error


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


def _body(answer: httpx.Response, max_bytes: int, url: str) -> bytes:
    declared = answer.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > max_bytes:
        raise FetchError(f"{shown(url)} is larger than {max_bytes} bytes.")
    unpacked = Unpacked(answer.headers.get("content-encoding", "identity"), max_bytes)
    for chunk in answer.iter_raw():
        unpacked.feed(chunk)
    return unpacked.finish()


def _is_conditional(headers: Mapping[str, str]) -> bool:
    return "If-None-Match" in headers or "If-Modified-Since" in headers


def _bad_status(url: str, status: int) -> FetchError:
    error = FetchError(f"{shown(url)} answered with status {status}.")
    error.permanent = status in _GONE
    return error


def _plain(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__


class _Transport(httpx.BaseTransport):
    """httpx over an httpcore pool whose network is ours (httpx's own transport cannot be given one)."""

    def __init__(self, network: GuardedNetwork) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False), network_backend=network, retries=0
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            response = self._pool.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    extensions=request.extensions,
                )
            )
        except _NETWORK_ERRORS as error:
            raise _as_httpx(error) from error
        return httpx.Response(response.status, headers=response.headers, stream=_Stream(response))

    def close(self) -> None:
        self._pool.close()

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self):  # type: ignore[no-untyped-def]  # Iterator[bytes]; the base class leaves it open
        try:
            yield from self._response.iter_stream()
        except _NETWORK_ERRORS as error:
            raise _as_httpx(error) from error

    def close(self) -> None:
        self._response.close()


_NETWORK_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


def _as_httpx(error: Exception) -> httpx.TransportError:
    if isinstance(error, httpcore.TimeoutException):
        return httpx.ReadTimeout(str(error))
    if isinstance(error, httpcore.NetworkError):
        return httpx.NetworkError(str(error))
    return httpx.ProtocolError(str(error))
