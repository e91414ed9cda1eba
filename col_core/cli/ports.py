"""Where a server of ours is about to listen, looked at before it begins."""

import errno
import ipaddress
import socket

from col_core.base.errors import ColError
from col_core.cli.frame import WrongUse

LAST_PORT = 65_535


def refuse_unusable(host: str, port: int, *, way_out: str) -> None:
    """Raise ColError where nobody can listen on `port` of `host`, and WrongUse where one of them is none.

    The web server shares a port with whatever listens on it already: each would get half of the visits. `way_out`
    says how another port is chosen.
    """
    if not 1 <= port <= LAST_PORT:
        raise WrongUse(f"{port} is no port: it must be a number from 1 to {LAST_PORT}. Choose one: {way_out}.")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise WrongUse(
            f"{host} is no address to listen on: write the number of one, such as 127.0.0.1, or 0.0.0.0 for all."
        ) from None
    with socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET) as probe:
        # What a server that has ended left behind is no hindrance, one that listens is.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise ColError(
                    f"Something answers on port {port} already. Stop it, or choose another: {way_out}."
                ) from error
            raise ColError(
                f"Nothing can listen on port {port} of {host}: {error.strerror}. Choose another: {way_out}."
            ) from error
