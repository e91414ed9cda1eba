"""The network below the HTTP client: connections to checked addresses only, and one deadline for all of it."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from time import monotonic

import httpcore

from col_core.base.addresses import is_public
from col_core.base.errors import FetchError, FetchRefused

Resolver = Callable[[str, int], list[str]]
SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of `host`, as the machine's resolver gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Deadline:
    """A moment (of the monotonic clock) at which everything must be done."""

    def __init__(self, at: float) -> None:
        self._at = at

    def left_s(self, wanted_s: float | None = None) -> float:
        """Return the seconds that are left, at most `wanted_s`. Raises httpcore.ReadTimeout when none are."""
        left = self._at - monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time is up")
        return left if wanted_s is None else min(left, wanted_s)

    def is_over(self) -> bool:
        return monotonic() >= self._at


class GuardedNetwork(httpcore.NetworkBackend):
    """Opens connections for one fetch: the name stays with the request (Host, SNI), the socket gets an address."""

    def __init__(self, deadline: Deadline, resolver: Resolver, allow_hosts: frozenset[str]) -> None:
        self._deadline = deadline
        self._resolver = resolver
        self._allow_hosts = allow_hosts
        self._system = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._addresses(host, port)
        if not self._is_allowed(host, port) and not all(is_public(address) for address in addresses):
            raise FetchRefused(
                f"{host} lies in a private network, where this server does not go; "
                f"only [http] allow_hosts of city.toml lets {host}:{port} through."
            )
        failure: Exception = httpcore.ConnectError("the name has no address")
        for index, address in enumerate(addresses):
            share_s = self._deadline.left_s(timeout) / (len(addresses) - index)
            try:
                stream = self._system.connect_tcp(address, port, share_s, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self._deadline)
        raise failure

    def connect_unix_socket(
        self,
        path: str,  # noqa: ARG002 (the base class names them)
        timeout: float | None = None,  # noqa: ARG002
        socket_options: Iterable[SocketOption] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        raise FetchRefused("Sockets of this machine are not read.")

    def _is_allowed(self, host: str, port: int) -> bool:
        written = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return written.lower() in self._allow_hosts

    def _addresses(self, host: str, port: int) -> list[str]:
        """Resolve in a thread of its own: the system's resolver knows no timeout."""
        answer: list[list[str] | Exception] = []

        def ask() -> None:
            try:
                answer.append(self._resolver(host, port))
            except (OSError, UnicodeError) as error:
                answer.append(error)

        thread = threading.Thread(target=ask, daemon=True, name="resolve")
        thread.start()
        thread.join(self._deadline.left_s())
        if not answer:
            raise httpcore.ConnectTimeout("the name was not resolved in time")
        found = answer[0]
        if isinstance(found, Exception):
            raise FetchError(f"The name {host} is not known.") from found
        return found


class _DeadlineStream(httpcore.NetworkStream):
    """A connection on which each step gets what is left of the whole and no more: a slow drip ends in time."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left_s(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left_s(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left_s(timeout))
        return _DeadlineStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
