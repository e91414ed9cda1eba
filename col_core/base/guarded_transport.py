"""How httpx asks over a network of ours: its own transport cannot be given one."""

import ssl
from functools import cache
from types import TracebackType

import httpcore
import httpx

from col_core.base.guarded_network import GuardedNetwork


class GuardedTransport(httpx.BaseTransport):
    """httpx over an httpcore pool whose network is ours."""

    def __init__(self, network: GuardedNetwork) -> None:
        self._pool = httpcore.ConnectionPool(ssl_context=_ssl_context(), network_backend=network, retries=0)

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
                    content=request.read(),
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


@cache
def _ssl_context() -> ssl.SSLContext:
    """Return what every connection is checked by; reading all the authorities takes longer than most answers do."""
    return httpx.create_ssl_context(trust_env=False)


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
