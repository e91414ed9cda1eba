"""Which database and Redis servers the tests may use: named, found on their usual local ports, or started here."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy.engine import URL, make_url

_USERS = ("root", "postgres")
_FIRST_PORT, _PORTS = 20_000, 12_000


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server to test against; `process` is ours to end, if we started it."""

    url: str
    process: "subprocess.Popen[bytes] | None" = None
    folder: Path | None = None

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def postgres(environ: Mapping[str, str] = os.environ) -> Server | str:
    """Return a PostgreSQL server, or why there is none."""
    if url := environ.get("COL_TEST_POSTGRES"):
        return Server(url=url)
    for user in (*_USERS, environ.get("USER") or "postgres"):
        local = URL.create("postgresql+psycopg", username=user, host="127.0.0.1", port=5432, database="postgres")
        if _answers(local):
            return Server(url=local.render_as_string())
    return _own_postgres()


def redis(environ: Mapping[str, str] = os.environ) -> Server | str:
    """Return a Redis server, or why there is none."""
    if url := environ.get("COL_TEST_REDIS"):
        return Server(url=url)
    if _is_open(6379):
        return Server(url="redis://127.0.0.1:6379/0")
    program = shutil.which("redis-server")
    if program is None:
        return "no Redis on 127.0.0.1:6379, COL_TEST_REDIS is not set, and redis-server is not installed"
    port = free_port()
    process = subprocess.Popen(
        [program, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    return Server(url=f"redis://127.0.0.1:{port}/0", process=process) if _wait(port) else "redis-server did not start"


def new_database(server: Server) -> str:
    """Make an empty database and return its URL."""
    name = f"col_test_{secrets.token_hex(6)}"
    url = make_url(server.url)
    with psycopg.connect(_dsn(url), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return url.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)


def drop_database(server: Server, database_url: str) -> None:
    """Drop what `new_database` made."""
    name = make_url(database_url).database
    with psycopg.connect(_dsn(make_url(server.url)), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _dsn(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _answers(url: URL) -> bool:
    try:
        psycopg.connect(_dsn(url), connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


def _own_postgres() -> Server | str:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [
        Path(p).parent for p in [shutil.which("initdb")] if p
    ]
    if not folders:
        return "no PostgreSQL on 127.0.0.1:5432, COL_TEST_POSTGRES is not set, and its server is not installed"
    if os.geteuid() == 0:
        return "no PostgreSQL on 127.0.0.1:5432, and its server refuses to be started by root"
    data = Path(tempfile.mkdtemp(prefix="col-postgres-"))
    subprocess.run(
        [folders[-1] / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N"], check=True, capture_output=True
    )
    port = free_port()
    process = subprocess.Popen(
        [folders[-1] / "postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-k", data],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if not _wait(port):
        process.terminate()
        return "the PostgreSQL server that the suite started did not answer"
    return Server(url=f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres", process=process, folder=data)


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on.

    It is none of those that systems give away by themselves, so that nobody has it when it is used a moment later.
    """
    while True:
        port = _FIRST_PORT + secrets.randbelow(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _wait(port: int) -> bool:
    for _ in range(100):
        if _is_open(port):
            return True
        time.sleep(0.1)
    return False
